// Who is compared, each in its best documented configuration: docs/performance.md says which and why.
import { join } from "node:path";
import { root } from "../scripts/tools.mjs";
import { startPage, startProcess } from "./harness/hosts.mjs";
import { places } from "./harness/setup.mjs";

const ALL = ["mean", "map", "area", "std", "histogram", "quantiles", "climatology", "point"];
const ARRAYS = ["mean", "std", "histogram", "point"];
/** Requests at a time over the slow link, for those that are told how many: as many connections as it takes to fill it. */
const SLOW_REQUESTS = 16;

function inChromium(workers) {
	return {
		tasks: ALL,
		workers,
		start: ({ page }) =>
			startPage({ page, module: "/contenders/zarrscope.mjs", options: { dist: "/js/dist", workers } }),
	};
}

/** Names, with what each can do and how it is started: `link` is where it reads from, as some are set up for latency. */
export function contendersFor(cores) {
	const python = join(root, "benches/contenders/with_xarray.py");
	const all = Math.min(cores, 8);
	const native = (program, tasks, threads) => ({
		tasks,
		workers: threads("local"),
		question: ({ link }) => ({ threads: threads(link) }),
		start: () => startProcess({ command: places.native(program), args: [] }),
	});
	const list = {
		zarrscope: inChromium(all),
		"zarrscope-1": inChromium(1),
		"zarrscope-2": inChromium(2),
		"zarrscope-node": {
			tasks: ALL,
			workers: all,
			start: () =>
				startProcess({
					command: process.execPath,
					args: [join(root, "benches/contenders/zarrscope-node.mjs"), join(root, "js/dist"), String(all)],
				}),
		},
		zarrita: {
			tasks: ARRAYS,
			workers: 1,
			start: ({ page }) => startPage({ page, module: "/peers/zarrita/zarrita.mjs", options: {} }),
		},
		fizarrita: {
			tasks: ARRAYS,
			// It reads a shard as if it were a chunk.
			layouts: (layout) => layout !== "sharded",
			workers: all,
			start: ({ page }) => startPage({ page, module: "/peers/fizarrita/fizarrita.mjs", options: { workers: all } }),
		},
		xarray: {
			tasks: ALL,
			workers: cores,
			// Over the slow link each task reads many chunks at once.
			question: ({ link }) => ({ daskChunks: link === "slow" ? "auto" : {} }),
			start: ({ link }) =>
				startProcess({
					command: places.python,
					args: [python, JSON.stringify({ threads: cores, requests: link === "slow" ? 64 : 16 })],
				}),
		},
		zarrs: native("with-zarrs", ["mean"], (link) => (link === "slow" ? SLOW_REQUESTS : cores)),
		"floor-1": native("floor", ["mean"], () => 1),
		floor: native("floor", ["mean"], (link) => (link === "slow" ? SLOW_REQUESTS : cores)),
	};
	// On two cores all workers are two.
	if (all === 2) delete list["zarrscope-2"];
	return list;
}

/** What is small enough for CI. */
export const SMALL = ["zarrscope", "zarrita", "xarray"];
