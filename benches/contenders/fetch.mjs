// What Chromium takes to bring the bytes: workers fetch every chunk and look at none of them. Whoever decodes and adds up takes
// longer; no page can be faster.
const WORKER = `
onmessage = async ({ data: { parts, fresh } }) => {
	let next = 0;
	async function lane() {
		let lent = new ArrayBuffer(1 << 20);
		while (next < parts.length) {
			const { url, range } = parts[next++];
			const headers = range ? { range } : {};
			const response = await fetch(url, { cache: "no-store", credentials: "omit", headers });
			if (fresh) lent = new ArrayBuffer(1 << 20);
			if (!response.ok) throw new Error(String(response.status));
			const reader = response.body.getReader({ mode: "byob" });
			for (;;) {
				const { value, done } = await reader.read(new Uint8Array(lent));
				lent = value.buffer;
				if (done) break;
			}
		}
	}
	await Promise.all([lane(), lane(), lane(), lane()]);
	postMessage("done");
};`;

/** Keys of a v3 array's chunks. */
function* keys(shape, chunks) {
	const counts = shape.map((n, d) => Math.ceil(n / chunks[d]));
	const total = counts.reduce((a, b) => a * b, 1);
	for (let i = 0; i < total; i++) {
		let rest = i;
		const at = counts.toReversed().map((n) => {
			const digit = rest % n;
			rest = Math.floor(rest / n);
			return digit;
		});
		yield `c/${at.toReversed().join("/")}`;
	}
}

async function chunksOf(array) {
	const { shape, chunk_grid: grid } = await (await fetch(`${array}/zarr.json`, { cache: "no-store" })).json();
	return Array.from(keys(shape, grid.configuration.chunk_shape), (key) => ({ url: `${array}/${key}` }));
}

export function start({ workers }) {
	const script = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
	const pool = Array.from({ length: workers }, () => new Worker(script));

	/** Fetches an array's chunks, or else the given `parts`, `{url, range}`; with `fresh`, into a new buffer for each. */
	async function run({ url, array, parts: given, fresh = false }) {
		const asked = performance.now();
		const parts = given ?? (await chunksOf(`${url}/${array}`));
		const opened = performance.now();
		const work = pool.map((worker, w) => {
			const own = parts.filter((_, i) => i % workers === w);
			return new Promise((resolve, reject) => {
				worker.onmessage = resolve;
				worker.onerror = (event) => reject(new Error(event.message));
				worker.postMessage({ parts: own, fresh });
			});
		});
		await Promise.all(work);
		const done = performance.now();
		return { open: (opened - asked) / 1e3, compute: (done - opened) / 1e3 };
	}
	return { run };
}
