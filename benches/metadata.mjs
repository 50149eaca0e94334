// Opens 100 MB of consolidated metadata with 100 000 arrays through the built package, in Node or in headless Chromium:
//
//     node benches/metadata.mjs [--format 2|3] [--arrays 100000] [--groups 100] [--browser]
//
// Prints the time that `open` takes, and what it adds to memory at most: of the process in Node, of the tab's process in
// Chromium. The server is a process of its own, so that neither counts what it does.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pathOf, writeConsolidated } from "./consolidated.mjs";

const { values } = parseArgs({
	options: {
		format: { type: "string", default: "2" },
		arrays: { type: "string", default: "100000" },
		groups: { type: "string", default: "100" },
		browser: { type: "boolean", default: false },
		serve: { type: "string" },
	},
});
const [format, arrays, groups] = [values.format, values.arrays, values.groups].map(Number);
const MB = 1e6;

async function serve(root) {
	const { startRangeServer } = await import("../tests/server/range-server.mjs");
	const server = await startRangeServer({ root });
	process.send(server.url);
	// It ends with the process that wanted it.
	process.on("disconnect", () => process.exit());
}

/** A range server for a folder, in another process. */
async function served(root) {
	const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--serve", root], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	const url = await new Promise((resolve) => child.once("message", resolve));
	return { url, close: () => child.kill() };
}

async function measure() {
	const folder = mkdtempSync(join(tmpdir(), "zarrscope-metadata-"));
	try {
		const size = writeConsolidated(join(folder, "many.zarr"), { format, arrays, groups });
		writeConsolidated(join(folder, "few.zarr"), { format, arrays: 3, groups: 1 });
		console.log(`Zarr v${format}: ${arrays} arrays in ${groups} groups, ${(size / MB).toFixed(1)} MB`);
		const data = await served(folder);
		const report = values.browser ? await inBrowser(data.url) : await inNode(data.url);
		data.close();
		for (const [name, value] of Object.entries(report)) console.log(`  ${name.padEnd(28)} ${value}`);
	} finally {
		rmSync(folder, { recursive: true });
	}
	process.exit(0);
}

/** The most memory that a process has held since the mark was reset, and what it holds now. */
function memoryOf(pid) {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	const kilobytes = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0);
	return { most: kilobytes("VmHWM") * 1024, now: kilobytes("VmRSS") * 1024 };
}
const resetMark = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, "5");

async function inNode(url) {
	const { open } = await import("../js/dist/index.js");
	const { session } = await import("../js/dist/api/session.js");
	// A small store first: the core is compiled, and a worker runs.
	await open(`${url}/few.zarr`);
	const coordinator = await session().coordinator();
	const before = memoryOf("self").now;
	resetMark("self");
	const cpu = process.cpuUsage();
	const report = await timed(open, `${url}/many.zarr`);
	const { user, system } = process.cpuUsage(cpu);
	const { most } = memoryOf("self");
	const wasm = await coordinator.call("memoryBytes");
	const spent = Math.round((user + system) / 1000);
	return {
		...report,
		"processor, ms": spent,
		"wasm memory, MB": mb(wasm),
		"process at most, MB more": mb(most - before),
	};
}

/** Runs in Node and on the page alike. */
async function timed(open, url) {
	const from = performance.now();
	const dataset = await open(url);
	const opened = performance.now();
	const last = dataset.get(globalThis.lastPath);
	const asked = performance.now();
	return {
		"open, ms": Math.round(opened - from),
		"get the last array, ms": (asked - opened).toFixed(1),
		"its attributes": Object.keys(last.attrs).length,
	};
}
globalThis.lastPath = pathOf(arrays - 1, groups);

async function inBrowser(url) {
	const { blankPage, root, startBrowser } = await import("../tests/browser/harness.mjs");
	const { startRangeServer } = await import("../tests/server/range-server.mjs");
	const site = await startRangeServer({ root });
	const context = await startBrowser();
	const { page } = await blankPage(context, site);
	await page.evaluate(async (address) => {
		globalThis.zarrscope = await import("/js/dist/index.js");
		await zarrscope.open(address);
	}, `${url}/few.zarr`);
	const pid = rendererOf(process.pid);
	const before = memoryOf(pid).now;
	resetMark(pid);
	const call = `(${timed})(zarrscope.open, ${JSON.stringify(`${url}/many.zarr`)})`;
	const report = await page.evaluate(`globalThis.lastPath = ${JSON.stringify(globalThis.lastPath)}; ${call}`);
	const { most } = memoryOf(pid);
	const wasm = await page.evaluate(async () => {
		const { session } = await import("/js/dist/api/session.js");
		return (await session().coordinator()).call("memoryBytes");
	});
	await context.close();
	await site.close();
	return { ...report, "wasm memory, MB": mb(wasm), "tab's process at most, MB more": mb(most - before) };
}

/** The descendant that draws pages and runs their workers: of those, the one that holds most. */
function rendererOf(ancestor) {
	const parents = new Map();
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
			parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]));
		} catch {
			// It has ended meanwhile.
		}
	}
	const descends = (pid) => pid === ancestor || (parents.has(pid) && descends(parents.get(pid)));
	const isRenderer = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
	const renderers = [...parents.keys()].filter((pid) => descends(pid) && isRenderer(pid));
	return renderers.sort((a, b) => memoryOf(b).now - memoryOf(a).now)[0];
}

function mb(bytes) {
	return Math.round(bytes / MB);
}

if (values.serve) await serve(values.serve);
else await measure();
