// What explain tells, beside what servers and runs then say: requests, bytes, shapes, memory.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { close, init, open, registerFiles } from "../../js/dist/index.js";
import { session } from "../../js/dist/api/session.js";
import { startBucketServer } from "../server/bucket-server.mjs";
import { startRangeServer } from "../server/range-server.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const samples = join(root, "www/samples");
const OSTIA = "ostia.v3.sharded.zarr";
const CHUNKS = 300;

const files = new Map();
const generate = (at) => {
	const bytes = files.get(at);
	return bytes && { length: bytes.length, bytes: (start, end) => bytes.subarray(start, end) };
};
let server;

before(async () => {
	server = await startRangeServer({ root: samples, generate });
	await init({ workers: 2, keepPartials: false });
	makeStore();
});
beforeEach(() => {
	server.reset();
	server.setFaults(undefined);
});
after(async () => {
	close();
	await server.close();
});

/** Chunks of noise of which some share is zeros, so that they compress differently; every tenth is missing. */
function makeStore() {
	const zarray = { zarr_format: 2, shape: [CHUNKS * 1000], chunks: [1000], dtype: "<f4", order: "C", fill_value: 0 };
	files.set("/made.zarr/.zgroup", Buffer.from(JSON.stringify({ zarr_format: 2 })));
	const compressor = { id: "zlib", level: 1 };
	files.set("/made.zarr/v/.zarray", Buffer.from(JSON.stringify({ ...zarray, compressor, filters: null })));
	let seed = 1;
	const noise = () => {
		seed = (seed * 48271) % 2147483647;
		return seed / 2147483647;
	};
	for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
		if (chunk % 10 === 0) continue;
		const cells = Float32Array.from({ length: 1000 }, () => (noise() < 0.3 ? 0 : noise()));
		files.set(`/made.zarr/v/${chunk}`, deflateSync(new Uint8Array(cells.buffer)));
	}
}

/** Explains and runs; what is no estimate must be what the run says. */
async function both(array) {
	const cost = await array.explain();
	const result = await array.compute();
	const { requests, bytesFetched, bytesDecoded } = result.stats;
	if (!cost.requestsAreEstimate) assert.equal(cost.requests, requests);
	if (!cost.bytesToFetchIsEstimate) {
		assert.equal(cost.bytesToFetch, bytesFetched);
		assert.equal(cost.bytesToDecode, bytesDecoded);
	}
	assert.deepEqual(cost.outputShape, result.shape);
	return { cost, result };
}

const within = (told, actual, share) =>
	assert.ok(Math.abs(told / actual - 1) <= share, `${told} is not within ${share} of ${actual}`);

test("shards: what their indexes say is what is fetched", async () => {
	const dataset = await open(`${server.url}/${OSTIA}`);
	const all = dataset.get("surface_temperature");
	const [first, second, third] = all.dims;
	for (const array of [
		all.mean(),
		all.isel({ [first]: 0 }).max(),
		all.isel({ [second]: { start: 3, stop: 5 }, [third]: { start: 0, stop: 40 } }),
		all.isel({ [third]: [0, -1] }).mean(second),
		all.histogram({ bins: 5 }),
	]) {
		const { cost } = await both(array);
		assert.ok(!cost.requestsAreEstimate && !cost.bytesToFetchIsEstimate);
	}
});

test("a few chunks are asked for their sizes, and no chunk is fetched", async () => {
	const array = (await (await open(`${server.url}/made.zarr`)).find("v")).mean();
	server.reset();
	const cost = await array.explain();
	const asked = server.log.filter(({ path }) => /\/v\/\d+$/.test(path));
	assert.ok(asked.length > 0 && asked.length <= 16, `${asked.length} questions`);
	assert.ok(asked.every(({ method }) => method === "HEAD"));
	assert.equal(cost.bytesToFetchIsEstimate, true);
	const { result } = await both(array);
	within(cost.bytesToFetch, result.stats.bytesFetched, 0.2);
	within(cost.bytesToDecode, result.stats.bytesDecoded, 0.2);
});

test("of few chunks all are asked", async () => {
	const array = (await open(`${server.url}/e1.v2.zstd.zarr`)).get("air_temperature");
	for (const one of [array.mean(), array.isel({ time: { start: 0, stop: 3 } }).mean("time")]) {
		const { cost } = await both(one);
		assert.equal(cost.bytesToFetchIsEstimate, false);
	}
});

test("a server that does not answer these questions gets an estimate", async () => {
	const all = await (await open(`${server.url}/made.zarr/`)).find("v");
	server.setFaults(({ method }) => (method === "HEAD" ? { kind: "status", status: 405 } : undefined));
	for (const chunks of [10, 200]) {
		const array = all.isel({ dim_0: { start: 1000, stop: 1000 * chunks + 1000 } });
		const { cost } = await both(array.max());
		assert.deepEqual([cost.bytesToFetch, cost.bytesToFetchIsEstimate], [(chunks * 4000) / 2, true]);
	}
});

for (const [source, endpoint] of [
	["s3://bucket/coads.v3.gzip-transpose.zarr", "s3"],
	["gs://bucket/coads.v3.gzip-transpose.zarr", "google"],
	["az://account/container/coads.v3.gzip-transpose.zarr", "azure"],
]) {
	test(`${source.slice(0, 2)}: a listing tells all sizes`, async () => {
		const bucket = await startBucketServer({ root: samples, pageSize: 1000 });
		try {
			const dataset = await open(source, { storage: { endpoint: `${bucket.url}/${endpoint}` } });
			const array = dataset.get("SST").mean();
			const before = bucket.log.length;
			const { cost } = await both(array);
			assert.equal(cost.bytesToFetchIsEstimate, false);
			const asked = bucket.log.slice(before).map(({ method, url }) => `${method} ${url}`);
			assert.ok(asked.length > cost.requests, "something was asked, too");
			assert.ok(asked.length <= cost.requests + 9, asked.join("\n"));
		} finally {
			await bucket.close();
		}
	});
}

test("files at hand tell their sizes", async () => {
	const folder = join(samples, "coads.v3.gzip-transpose.zarr");
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
	const bytes = new Map(
		entries.map((e) => {
			const path = join(e.parentPath ?? e.path, e.name);
			return [path.slice(folder.length + 1), new Uint8Array(readFileSync(path))];
		}),
	);
	for (const source of [folder, await registerFiles(bytes)]) {
		const { cost } = await both((await open(source)).get("SST").mean("TIME"));
		assert.equal(cost.bytesToFetchIsEstimate, false, source);
	}
});

test("references: batches of the workers that there are", async () => {
	files.set("/data.bin", Buffer.from(Array.from({ length: 200 }, (_, i) => i)));
	const zarray = { zarr_format: 2, shape: [200], chunks: [1], dtype: "|u1", order: "C", fill_value: 0 };
	const refs = { "v/.zarray": JSON.stringify({ ...zarray, compressor: null, filters: null }) };
	refs[".zgroup"] = JSON.stringify({ zarr_format: 2 });
	for (let i = 0; i < 200; i += 1) if (i % 7) refs[`v/${i}`] = ["data.bin", i, 1];
	files.set("/refs.json", Buffer.from(JSON.stringify({ version: 1, refs })));
	const array = (await open(`${server.url}/refs.json`)).get("v");
	for (const one of [array.mean(), array.isel({ dim_0: { step: 3 } }), array.median()]) {
		const { cost } = await both(one);
		assert.ok(!cost.requestsAreEstimate && !cost.bytesToFetchIsEstimate);
	}
});

test("shapes are the results', after all steps and with other documents", async () => {
	const array = (await open(`${server.url}/e1.v2.zstd.zarr`)).get("air_temperature");
	const trend = await both(array.trend("time"));
	assert.deepEqual(trend.cost.outputVariables, Object.keys(trend.result.toJSON().variables));
	assert.equal(trend.cost.outputBytes, 4 * 8 * trend.cost.outputShape.reduce((a, b) => a * b, 1));
	for (const one of [
		array.groupby("time.season").mean(),
		array.rolling({ time: 3 }).mean().quantile([0.1, 0.9], "time"),
		array.subtract(array.mean("time")).isel({}),
		array.add(array.isel({ time: { start: 2, stop: 5 } })).mean("latitude"),
		array.coarsen({ latitude: 5 }, { boundary: "trim" }).max(),
	]) {
		const { cost, result } = await both(one);
		assert.deepEqual(cost.outputVariables, []);
		assert.equal(cost.outputBytes, result.data.length * (result.dtype === "float32" ? 4 : 8));
	}
});

test("memory is what workers then take, within a factor of two", async () => {
	const cells = 4_000_000;
	const meta = (chunks) => ({
		zarr_format: 2,
		shape: [cells],
		chunks: [chunks],
		dtype: "<f4",
		order: "C",
		fill_value: 1,
	});
	const put = (name, chunks) =>
		files.set(
			`/large.zarr/${name}/.zarray`,
			Buffer.from(JSON.stringify({ ...meta(chunks), compressor: null, filters: null })),
		);
	files.set("/large.zarr/.zgroup", Buffer.from(JSON.stringify({ zarr_format: 2 })));
	put("whole", cells);
	put("parts", 250_000);
	files.set("/large.zarr/whole/0", Buffer.alloc(4 * cells, 1));
	for (let i = 0; i < 16; i += 1) files.set(`/large.zarr/parts/${i}`, Buffer.alloc(1_000_000, 1));
	for (const [name, what] of [
		["whole", (array) => array.mean()],
		["parts", (array) => array.mean()],
		["parts", (array) => array.median()],
		["parts", (array) => array.cumsum().max()],
		["parts", (array) => array],
	]) {
		close();
		await init({ workers: 1, keepPartials: false });
		const array = what(await (await open(`${server.url}/large.zarr`)).find(name));
		const { cost } = await both(array);
		const members = [await session().coordinator(), await session().computing(0)];
		const taken = Math.max(...(await Promise.all(members.map((m) => m.call("memoryBytes")))));
		const ratio = cost.memoryBytes / taken;
		assert.ok(ratio > 0.5 && ratio < 2, `${what} of ${name}: told ${cost.memoryBytes}, taken ${taken}`);
	}
});
