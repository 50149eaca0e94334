// fizarrita: zarrita.js whose decoding is done by a pool of workers, into shared memory; then plain loops on the page's thread.
import { getWorker } from "@fideus-labs/fizarrita";
import { WorkerPool } from "@fideus-labs/worker-pool";
import * as zarr from "zarrita";
import { LOOPS, packingOf } from "./loops.mjs";
import { told } from "./told.mjs";

/** Of a larger array so much at once: a browser gives no array of more than 2 GiB. */
const MOST_BYTES = 2 ** 30;

/** Gives a function that answers a question. */
export function start({ workers }) {
	const pool = new WorkerPool(workers);
	const options = { pool, useSharedArrayBuffer: true, opts: { cache: "no-store" } };

	async function reduce(array, task, ask) {
		const statistic = LOOPS[task](ask);
		const packing = packingOf(array.attrs);
		const [times, ...others] = array.shape;
		const step = array.chunks[0];
		const perStep = others.reduce((a, b) => a * b, step * 4);
		const most = Math.max(1, Math.floor(MOST_BYTES / perStep)) * step;
		for (let from = 0; from < times; from += most) {
			const to = Math.min(times, from + most);
			const { data } = await getWorker(array, [zarr.slice(from, to), null, null], options);
			statistic.add(data, packing);
		}
		return statistic.values();
	}

	async function point(array, { point: { lat, lon } }) {
		const { data } = await getWorker(array, [null, lat, lon], options);
		return Float64Array.from(data);
	}

	async function run({ url, array: name, task, ask }) {
		const asked = performance.now();
		const store = new zarr.FetchStore(url, { overrides: { cache: "no-store" } });
		const array = await zarr.open.v3(zarr.root(store).resolve(name), { kind: "array" });
		const opened = performance.now();
		const values = task === "point" ? await point(array, ask) : await reduce(array, task, ask);
		const done = performance.now();
		return { open: (opened - asked) / 1e3, compute: (done - opened) / 1e3, answer: told(values) };
	}
	return { run };
}
