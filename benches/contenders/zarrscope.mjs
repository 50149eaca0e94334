// zarrscope as a user would call it, on a page and in Node alike. Nothing of a run is kept for the next: no partials, and not
// what is known of sources.
import { told } from "./told.mjs";

const TASKS = {
	mean: (t) => t.mean(),
	map: (t) => t.mean("time"),
	area: (t) => t.mean(["lat", "lon"], { weights: "area" }),
	std: (t) => t.std(),
	histogram: (t, ask) => t.histogram({ bins: ask.bins, range: ask.range }),
	quantiles: (t, ask) => t.quantile(ask.q),
	climatology: (t) => t.groupby("time.month").mean(),
	point: (t, ask) => t.isel(ask.point),
};

/** `dist` is where the package's modules are. Gives a function that answers a question, and one that tells of memory. */
export async function start({ dist, workers }) {
	const { forgetPartials, init, open } = await import(`${dist}/index.js`);
	const { session } = await import(`${dist}/api/session.js`);
	let last;

	async function run({ url, array, task, ask }) {
		// Memory of wasm never shrinks: every case has workers of its own, which its first round, that does not count, starts.
		const asking = `${url} ${array} ${task}`;
		if (last !== asking) await init({ workers, keepPartials: false });
		last = asking;
		await forgetPartials();
		const asked = performance.now();
		const dataset = await open(url);
		const opened = performance.now();
		const result = await TASKS[task](dataset.get(array), ask).compute();
		const done = performance.now();
		return { open: (opened - asked) / 1e3, compute: (done - opened) / 1e3, answer: told(result.data) };
	}

	/** Bytes of each worker's wasm memory: the most since the case began. */
	async function memory() {
		const running = await Promise.all(Array.from({ length: workers }, (_, i) => session().running(i)));
		const bytes = (member) => member.call("memoryBytes");
		return {
			computing: await Promise.all(running.filter(Boolean).map(bytes)),
			coordinating: await bytes(await session().coordinator()),
		};
	}
	return { run, memory };
}
