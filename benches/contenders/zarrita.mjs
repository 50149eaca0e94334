// zarrita.js with numcodecs and plain loops on the page's thread, eight chunks in flight; a point's chunks 64.
import * as zarr from "zarrita";
import { LOOPS, packingOf } from "./loops.mjs";
import { told } from "./told.mjs";

const IN_FLIGHT = 8;
const SMALL_IN_FLIGHT = 64;

/** Coordinates of all chunks. */
function* grid(shape, chunks) {
	const counts = shape.map((n, i) => Math.ceil(n / chunks[i]));
	const total = counts.reduce((a, b) => a * b, 1);
	for (let i = 0; i < total; i++) {
		let rest = i;
		yield counts.map((_, d) => {
			const stride = counts.slice(d + 1).reduce((a, b) => a * b, 1);
			const at = Math.floor(rest / stride);
			rest %= stride;
			return at;
		});
	}
}

/** So many at a time until there are no more. */
async function inFlight(count, items, each) {
	const iterator = items[Symbol.iterator]();
	const lane = async () => {
		for (let next = iterator.next(); !next.done; next = iterator.next()) await each(next.value);
	};
	await Promise.all(Array.from({ length: count }, lane));
}

async function reduce(array, task, ask) {
	const statistic = LOOPS[task](ask);
	const packing = packingOf(array.attrs);
	await inFlight(IN_FLIGHT, grid(array.shape, array.chunks), async (at) => {
		const { data } = await array.getChunk(at);
		statistic.add(data, packing);
	});
	return statistic.values();
}

async function point(array, { point: { lat, lon } }) {
	// The library's queue has no bound, and ten thousand requests at once are refused by the browser.
	const createQueue = () => {
		const waiting = [];
		return {
			add: (task) => waiting.push(task),
			onIdle: () => inFlight(SMALL_IN_FLIGHT, waiting, (task) => task()),
		};
	};
	const { data } = await zarr.get(array, [null, lat, lon], { createQueue });
	return Float64Array.from(data);
}

/** Gives a function that answers a question. */
export function start() {
	async function run({ url, array: name, task, ask, sharded }) {
		const asked = performance.now();
		// Without the browser's cache, which serves one range of an address at a time; ranges of a shard that are asked for together
		// are fetched together.
		const plain = new zarr.FetchStore(url, { overrides: { cache: "no-store" } });
		const store = sharded ? zarr.withRangeCoalescing(plain) : plain;
		const array = await zarr.open.v3(zarr.root(store).resolve(name), { kind: "array" });
		const opened = performance.now();
		const values = task === "point" ? await point(array, ask) : await reduce(array, task, ask);
		const done = performance.now();
		return { open: (opened - asked) / 1e3, compute: (done - opened) / 1e3, answer: told(values) };
	}
	return { run };
}
