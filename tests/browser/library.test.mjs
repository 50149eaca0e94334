// The library in web workers of a real browser, against a real range server that can misbehave.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { generatedStore } from "../server/generated.mjs";
import { runInPage, startBrowser, startServers } from "./harness.mjs";

const big = generatedStore({ shape: [256, 512, 1024], chunks: [8, 512, 512], name: "t", prefix: "/big.zarr" });
// Addresses that no other test has put into the browser's cache.
const fresh = generatedStore({ shape: [256, 512, 1024], chunks: [8, 512, 512], name: "t", prefix: "/fresh.zarr" });
let context;
let servers;

before(async () => {
	servers = await startServers({ generate: (path) => big(path) ?? fresh(path) });
	context = await startBrowser();
});
after(async () => {
	await context.close();
	await servers.close();
});
beforeEach(() => {
	servers.store.reset();
	servers.store.setFaults(undefined);
});

/** Runs a function in a fresh page, which is given the data server's address, too. */
async function inPage(body, ...rest) {
	const data = `(tools) => ({ ...tools, data: ${JSON.stringify(servers.store.url)} })`;
	return (await runInPage(context, servers.site, body, rest, data)).value;
}

test("a mean over HTTP in workers is xarray's, without a preflight", async () => {
	const result = await inPage(async ({ z, data }) => {
		const ds = await z.open(`${data}/www/samples/coads.v3.gzip-transpose.zarr`);
		return (await (await ds.find("SST")).mean().compute()).toJSON();
	});
	assert.equal(result.data[0], 18.09534161389649);
	assert.equal(result.stats.workers >= 1, true);
	assert.equal(servers.store.log.filter((r) => r.method === "OPTIONS").length, 0);
});

test("a shard's index is fetched once, inner chunks by range, without a preflight", async () => {
	const mean = await inPage(async ({ z, data }) => {
		const ds = await z.open(`${data}/www/samples/ostia.v3.sharded.zarr`);
		return (
			await ds
				.get("surface_temperature")
				.isel({ time: { start: 0, stop: 6 } })
				.mean()
				.compute()
		).value;
	});
	assert.ok(mean > 280 && mean < 310);
	const chunks = servers.store.log.filter((r) => r.path.includes("surface_temperature/c/"));
	const gets = chunks.filter((r) => r.method === "GET");
	assert.ok(gets.every((r) => r.status === 206 || r.status === 404));
	const indexReads = gets.filter((r) => r.range && r.bytes === 16 * 96 + 4);
	assert.equal(new Set(indexReads.map((r) => r.path)).size, indexReads.length);
	assert.equal(servers.store.log.filter((r) => r.method === "OPTIONS").length, 0);
});

test("the same bits with one, two and four workers, and with random delays", async () => {
	const run = (workers) =>
		inPage(async ({ z, data }, workers) => {
			await z.init({ workers });
			const ds = await z.open(`${data}/www/samples/nemo.v3.packed.zarr`);
			const of = async (lazy) => Array.from(new BigUint64Array((await lazy.compute()).data.buffer), String);
			const tos = ds.get("tos");
			return [
				await of(tos.mean()),
				await of(tos.std("time_counter")),
				await of(tos.sum(undefined, { weights: "area" })),
			];
		}, workers);
	const reference = await run(1);
	for (const workers of [2, 4]) {
		servers.store.setFaults(({ count, path }) => ({ kind: "delay", ms: (path.length * 7 + count * 13) % 40 }));
		assert.deepEqual(await run(workers), reference);
	}
});

test("cancelling rejects with the signal's reason, closes sockets, and leaves the workers usable", async () => {
	const outcome = await inPage(async ({ z, data }) => {
		const ds = await z.open(`${data}/big.zarr`);
		const controller = new AbortController();
		let chunks = 0;
		const running = ds
			.get("t")
			.mean()
			.compute({
				signal: controller.signal,
				onProgress: (p) => {
					chunks = p.chunksDone;
					if (chunks > 0) controller.abort(new DOMException("enough", "AbortError"));
				},
			});
		const error = await running.catch((e) => e);
		const after = performance.now();
		const next = await ds.get("t").isel({ time: 0, lat: 0, lon: 0 }).compute();
		return { name: error.name, message: error.message, chunks, next: next.value, took: performance.now() - after };
	});
	assert.equal(outcome.name, "AbortError");
	assert.equal(outcome.message, "enough");
	assert.ok(outcome.chunks > 0 && outcome.chunks < 64);
	await servers.store.idle();
	assert.equal(servers.store.openSockets(), 0);
	assert.ok([0.5, 2].includes(outcome.next));
});

test("cancelling before the workers are up settles at once, too", async () => {
	servers.store.setFaults(({ path }) => (path.includes("/t/") ? { kind: "stall", afterBytes: 10 } : undefined));
	const outcomes = await inPage(async ({ z, data }) => {
		const outcomes = [];
		for (const ms of [0, 10, 60, 120]) {
			await z.init({ workers: 2 });
			const ds = await z.open(`${data}/fresh.zarr`);
			const controller = new AbortController();
			setTimeout(() => controller.abort(new DOMException("enough", "AbortError")), ms);
			const started = performance.now();
			const running = ds.get("t").mean().compute({ signal: controller.signal });
			outcomes.push([(await running.catch((e) => e)).name, performance.now() - started < 3000]);
		}
		return outcomes;
	});
	for (const outcome of outcomes) assert.deepEqual(outcome, ["AbortError", true]);
});

test("a worker that traps in mid-run is replaced, and the answer is the same", async () => {
	const outcome = await inPage(async ({ z, session, data, trap }) => {
		await z.init({ workers: 2 });
		const ds = await z.open(`${data}/big.zarr`);
		let trapped = false;
		const result = await ds
			.get("t")
			.mean()
			.compute({
				onProgress: () => {
					if (trapped) return;
					trapped = true;
					session().computing(0).then(trap);
				},
			});
		return { trapped, replaced: session().replaced, mean: result.value, chunks: result.stats.chunks };
	});
	assert.equal(outcome.trapped, true);
	assert.ok(outcome.replaced >= 1);
	assert.equal(outcome.mean, big.mean);
});

test("a coordinator that traps rejects nothing for good: the next call finds a new one", async () => {
	const outcome = await inPage(async ({ z, session, data, trap }) => {
		const ds = await z.open(`${data}/www/samples/e1.v2.zstd.zarr`);
		const coordinator = await session().coordinator();
		const error = await trap(coordinator);
		const mean = await ds.get("air_temperature").mean().compute();
		return { code: error.code, mean: mean.value };
	});
	assert.deepEqual(outcome, { code: "worker_crashed", mean: 286.0357961101641 });
});

/** The code and details with which a mean of a sample's variable fails under a fault. */
const failure = (path, variable) =>
	inPage(
		async ({ z, data }, path, variable) => {
			const ds = await z.open(`${data}/${path}`);
			const error = await (await ds.find(variable))
				.mean()
				.compute()
				.catch((e) => e);
			return error.details ?? { code: String(error) };
		},
		path,
		variable,
	);

test("a server that ignores ranges is named", async () => {
	servers.store.setFaults(({ range }) => (range ? { kind: "ignore-range" } : undefined));
	const details = await failure("www/samples/ostia.v3.sharded.zarr", "surface_temperature");
	assert.equal(details.code, "range_ignored");
	assert.match(details.url, /surface_temperature\/c\//);
	assert.match(details.chunk, /^\d+\.\d+\.\d+$/);
});

test("a range from the wrong place, a short one and a damaged one are never numbers", async () => {
	const store = "www/samples/ostia.v3.sharded.zarr";
	servers.store.setFaults(({ range }) => (range ? { kind: "wrong-range", shift: 3 } : undefined));
	assert.equal((await failure(store, "surface_temperature")).code, "range_ignored");
	servers.store.setFaults(({ range }) => (range ? { kind: "short206", bytes: 100 } : undefined));
	assert.equal((await failure(store, "surface_temperature")).code, "short_read");
	servers.store.setFaults(({ range, method }) =>
		range && method === "GET" ? { kind: "corrupt", offset: 40 } : undefined,
	);
	assert.ok(["checksum", "corrupt_chunk"].includes((await failure(store, "surface_temperature")).code));
});

test("500 on one chunk is an error with its place, 404 is fill, 503 is tried again", async () => {
	const store = "www/samples/coads.v3.gzip-transpose.zarr";
	const isOne = (path) => path.endsWith("/SST/c.1.1.1");
	servers.store.setFaults(({ path }) => (isOne(path) ? { kind: "status", status: 500 } : undefined));
	const details = await failure(store, "SST");
	assert.equal(details.code, "http");
	assert.equal(details.status, 500);
	assert.equal(details.chunk, "1.1.1");
	servers.store.reset();
	servers.store.setFaults(({ path, count }) =>
		isOne(path) && count < 3 ? { kind: "status", status: 503 } : undefined,
	);
	const mean = await inPage(async ({ z, data }, store) => {
		const ds = await z.open(`${data}/${store}`);
		return (await (await ds.find("SST")).mean().compute()).value;
	}, store);
	assert.equal(mean, 18.09534161389649);
	servers.store.setFaults(({ path }) => (isOne(path) ? { kind: "status", status: 404 } : undefined));
	const missing = await inPage(async ({ z, data }, store) => {
		const ds = await z.open(`${data}/${store}`);
		return (await (await ds.find("SST")).mean().compute()).stats.chunksMissing;
	}, store);
	assert.ok(missing >= 1);
	// Last, since browsers keep a 410 in their cache.
	servers.store.setFaults(({ path }) => (isOne(path) ? { kind: "status", status: 410 } : undefined));
	assert.equal((await failure(store, "SST")).status, 410);
});

test("no CORS headers and no server are told apart; 404 says what was looked for", async () => {
	const code = (url) => inPage(async ({ z }, url) => (await z.open(url).catch((e) => e)).code, url);
	servers.store.setFaults(() => ({ kind: "status", status: 200, cors: false }));
	assert.equal(await code(`${servers.store.url}/www/samples/e1.v2.zstd.zarr`), "cors");
	servers.store.setFaults(undefined);
	assert.equal(await code("http://127.0.0.1:9/nothing.zarr"), "offline");
	assert.equal(await code(`${servers.store.url}/nothing.zarr`), "not_found");
});

test("no cookie and no referrer leaves the page", async () => {
	await inPage(async ({ z, data }) => {
		document.cookie = "secret=1";
		await z.open(`${data}/www/samples/e1.v2.zstd.zarr`);
	});
	assert.ok(servers.store.log.length > 0);
	assert.ok(servers.store.log.every((r) => !r.cookie && !r.referer));
});
