// What was computed is kept: a second run of the same or of a sharing operation fetches nothing, and is right; what may have
// changed is read anew. In Node, against a real server's log.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { session } from "../../js/dist/api/session.js";
import { close, forgetPartials, init, open, ZarrscopeError } from "../../js/dist/index.js";
import { isOutdated, KeptInMemory, MAX_AGE_MS } from "../../js/dist/pool/kept.js";
import { startRangeServer } from "../server/range-server.mjs";

/** An array of 24 × 8 in chunks of 2 × 4: as many units as chunks. */
const [TIMES, WIDTH] = [24, 8];
const valueAt = (t, x, offset = 0) => Math.sin(t * WIDTH + x) * 100 + offset;
const CHUNKS = 24;

const files = new Map();
const etags = new Map();
let stores = 0;
const server = await startRangeServer({
	generate: (path) => {
		const bytes = files.get(path);
		const etag = etags.get(path);
		return bytes && { length: bytes.length, bytes: (a, b) => bytes.subarray(a, b), ...(etag ? { etag } : {}) };
	},
});

beforeEach(async () => {
	close();
	await init({ workers: 2, keepPartials: true });
	server.setFaults(undefined);
	server.reset();
});
after(async () => {
	close();
	await server.close();
});

const zarray = (shape, chunks) =>
	JSON.stringify({
		...{ zarr_format: 2, shape, chunks, dtype: "<f8", order: "C" },
		...{ fill_value: null, compressor: null, filters: null },
	});
const doubles = (values) => Buffer.from(new Float64Array(values).buffer);
const put = (name, content) => files.set(name, Buffer.from(content));

/** Chunks of the array. */
function putChunks(at, offset) {
	for (let ct = 0; ct < TIMES / 2; ct += 1) {
		for (let cx = 0; cx < WIDTH / 4; cx += 1) {
			const cells = [0, 1].flatMap((t) => [0, 1, 2, 3].map((x) => valueAt(ct * 2 + t, cx * 4 + x, offset)));
			put(`${at}/v/${ct}.${cx}`, doubles(cells));
		}
	}
}

/** A store with labels along both dimensions, the second a latitude. */
function store({ consolidated = false } = {}) {
	stores += 1;
	const at = `/${stores}`;
	const metadata = {
		".zgroup": JSON.stringify({ zarr_format: 2 }),
		"v/.zarray": zarray([TIMES, WIDTH], [2, 4]),
		"v/.zattrs": JSON.stringify({ _ARRAY_DIMENSIONS: ["t", "lat"] }),
		"t/.zarray": zarray([TIMES], [TIMES]),
		"t/.zattrs": JSON.stringify({ _ARRAY_DIMENSIONS: ["t"], units: "days since 2000-01-01" }),
		"lat/.zarray": zarray([WIDTH], [WIDTH]),
		"lat/.zattrs": JSON.stringify({ _ARRAY_DIMENSIONS: ["lat"], units: "degrees_north" }),
	};
	for (const [key, text] of Object.entries(metadata)) put(`${at}/${key}`, text);
	if (consolidated) {
		const all = Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, JSON.parse(text)]));
		put(`${at}/.zmetadata`, JSON.stringify({ zarr_consolidated_format: 1, metadata: all }));
	}
	put(`${at}/t/0`, doubles(Array.from({ length: TIMES }, (_, i) => i * 10)));
	put(`${at}/lat/0`, doubles(Array.from({ length: WIDTH }, (_, i) => i * 10 - 35)));
	putChunks(at, 0);
	return at;
}

const variable = async (at) => (await open(`${server.url}${at}`)).find("v");
const chunkReads = () => server.log.filter(({ path }) => path.includes("/v/") && !path.includes("/.z")).length;
const all = Array.from({ length: TIMES * WIDTH }, (_, i) => valueAt(Math.floor(i / WIDTH), i % WIDTH));
const assertClose = (a, b) => assert.ok(Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);

/** Computes without a single request, and says what it gave. */
async function silently(array, options) {
	server.reset();
	const result = await array.compute(options);
	assert.deepEqual(
		server.log.map(({ method, path }) => `${method} ${path}`),
		[],
	);
	assert.equal(result.stats.requests, 0);
	assert.equal(result.stats.bytesFetched, 0);
	assert.equal(result.stats.chunks, 0);
	return result;
}

for (const consolidated of [false, true]) {
	test(`a second run makes no request${consolidated ? ", nor in a consolidated store" : ""}`, async () => {
		const v = await variable(store({ consolidated }));
		const first = await v.mean("t").compute();
		assert.equal(first.stats.chunks, CHUNKS);
		assert.equal(first.stats.chunksReused, 0);
		const seen = [];
		const second = await silently(v.mean("t"), { onProgress: (p) => seen.push(p) });
		assert.equal(second.stats.chunksReused, CHUNKS);
		assert.deepEqual(second.data, first.data);
		assert.deepEqual(second.coords, first.coords);
		assert.equal(seen.at(-1).chunksDone, CHUNKS);
		// A second opening of the same store asks for nothing, either.
		assert.deepEqual((await silently((await variable(`/${stores}`)).mean("t"))).data, first.data);
	});
}

test("operations that share their statistics share what was read, and are right", async () => {
	const v = await variable(store());
	await v.mean().compute();
	assertClose(
		(await silently(v.sum())).value,
		all.reduce((a, b) => a + b),
	);
	assertClose((await silently(v.mean().scale({ factor: 2 }))).value, (2 * all.reduce((a, b) => a + b)) / all.length);
	await v.std().compute();
	const mean = all.reduce((a, b) => a + b) / all.length;
	const squares = all.reduce((sum, x) => sum + (x - mean) ** 2, 0);
	assertClose((await silently(v.var(undefined, { ddof: 1 }))).value, squares / (all.length - 1));
	const histogram = { bins: [-100, 0, 100] };
	const counts = Array.from((await v.histogram(histogram).compute()).data);
	const densities = Array.from((await silently(v.histogram({ ...histogram, density: true }))).data);
	for (const [i, d] of densities.entries()) assertClose(d, counts[i] / 100 / all.length);
	// Values at hand, whatever is done with them.
	assert.deepEqual(Array.from((await v.compute()).data), all);
	const sums = Array.from((await silently(v.cumsum(["t", "lat"]))).data);
	assertClose(
		sums.at(-1),
		all.reduce((a, b) => a + b),
	);
});

test("weights, groups, and whatever takes several passes are read once", async () => {
	const v = await variable(store());
	for (const array of [
		v.mean(undefined, { weights: "area" }),
		v.groupby("t.month").mean("t"),
		v.resample({ time: "MS" }).mean(),
		v.histogram({ bins: 5 }),
		v.median(),
		v.quantile([0.1, 0.9], "t"),
		v.argmin("t"),
		v.subtract(v.mean("t")).mean(),
	]) {
		const first = await array.compute();
		assert.deepEqual((await silently(array)).data, first.data);
	}
});

test("of another selection only what it adds is fetched", async () => {
	const v = await variable(store());
	const half = { t: { start: 0, stop: TIMES / 2 } };
	await v.isel(half).mean("lat").compute();
	server.reset();
	const result = await v.mean("lat").compute();
	assert.equal(result.stats.chunksReused, CHUNKS / 2);
	assert.equal(result.stats.chunks, CHUNKS / 2);
	assert.equal(chunkReads(), CHUNKS / 2);
	const rows = Array.from({ length: TIMES }, (_, t) => all.slice(t * WIDTH, (t + 1) * WIDTH));
	for (const [t, mean] of Array.from(result.data).entries()) assertClose(mean, rows[t].reduce((a, b) => a + b) / WIDTH);
});

test("what was computed before a run was cancelled is not fetched again", async () => {
	const v = await variable(store());
	await init({ workers: 1 });
	const controller = new AbortController();
	server.setFaults(({ count }) => (count === 1 ? { kind: "delay", ms: 20 } : undefined));
	const onProgress = ({ chunksDone }) => chunksDone >= 6 && controller.abort(new Error("enough"));
	await assert.rejects(v.mean("t").compute({ signal: controller.signal, onProgress }), /enough/);
	server.setFaults(undefined);
	const { stats } = await v.mean("t").compute();
	assert.ok(stats.chunksReused > 0 && stats.chunks < CHUNKS, `${stats.chunksReused} reused`);
	assert.equal(stats.chunksReused + stats.chunks, CHUNKS);
});

test("data that changed with their metadata, or with what the server says of these, are read anew", async () => {
	for (const consolidated of [false, true]) {
		const at = store({ consolidated });
		const v = await variable(at);
		const { value } = await v.mean().compute();
		const read = async () => {
			await (await session().coordinator()).call("forgetSources");
			return (await variable(at)).mean().compute();
		};
		assert.equal((await read()).stats.chunksReused, CHUNKS, "nothing changed");
		putChunks(at, 1000);
		etags.set(`${at}/${consolidated ? ".zmetadata" : "v/.zarray"}`, '"another"');
		const after = await read();
		assert.equal(after.stats.chunksReused, 0);
		assertClose(after.value, value + 1000);
		const attrs = JSON.stringify({ _ARRAY_DIMENSIONS: ["t", "lat"], history: "written anew" });
		etags.clear();
		if (consolidated) {
			const all = JSON.parse(files.get(`${at}/.zmetadata`));
			all.metadata["v/.zattrs"] = JSON.parse(attrs);
			put(`${at}/.zmetadata`, JSON.stringify(all));
		} else {
			put(`${at}/v/.zattrs`, attrs);
		}
		assert.equal((await read()).stats.chunksReused, 0);
	}
});

test("forgetPartials, and keepPartials: false", async () => {
	const at = store();
	const v = await variable(at);
	await v.mean().compute();
	putChunks(at, 1000);
	const stale = (await silently(v.mean())).value;
	await forgetPartials();
	const { value, stats } = await v.mean().compute();
	assert.equal(stats.chunks, CHUNKS);
	assertClose(value, stale + 1000);
	await init({ workers: 2, keepPartials: false });
	for (let run = 0; run < 2; run += 1) assert.equal((await v.mean().compute()).stats.chunks, CHUNKS);
	await init({ workers: 2, keepPartials: { memoryBytes: 0 } });
	for (let run = 0; run < 2; run += 1) assert.equal((await v.mean().compute()).stats.chunks, CHUNKS);
});

test("what was kept of a source that changes under a run is forgotten", async () => {
	const folder = fileURLToPath(new URL("../../www/samples/ostia.v3.sharded.zarr/", import.meta.url));
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())) {
		const path = join(entry.parentPath ?? entry.path, entry.name);
		put(`/ostia/${path.slice(folder.length)}`, readFileSync(path));
	}
	const ostia = await open(`${server.url}/ostia`);
	const some = ostia.get("surface_temperature").isel({ time: { start: 0, stop: 6 } });
	const { value } = await some.mean().compute();
	const { chunksReused } = (await silently(some.mean())).stats;
	assert.ok(chunksReused > 0);
	// Another tag from the second request of a shard on.
	const asked = new Map();
	const flip = ({ method, path }) => {
		if (method !== "GET" || !/surface_temperature\/c\/[02]/.test(path)) return undefined;
		asked.set(path, (asked.get(path) ?? 0) + 1);
		if (asked.get(path) === 2) etags.set(path, '"another"');
		return undefined;
	};
	server.setFaults(flip);
	await assert.rejects(some.max().compute(), (e) => e instanceof ZarrscopeError && e.code === "changed");
	server.setFaults(undefined);
	const again = await some.mean().compute();
	assert.equal(again.stats.chunksReused, 0);
	assert.equal(again.value, value);
	// Where something was kept, a run is begun anew: it may be that which no longer fits.
	const maps = ostia.get("surface_temperature").mean(["latitude", "longitude"]);
	const later = ostia.get("surface_temperature").isel({ time: { start: 24, stop: 48 } });
	const expected = await maps.compute();
	await forgetPartials();
	await later.mean(["latitude", "longitude"]).compute();
	etags.clear();
	asked.clear();
	server.setFaults(flip);
	const anew = await maps.compute();
	assert.ok(etags.size > 0);
	assert.equal(anew.stats.chunksReused, 0);
	assert.equal(anew.stats.chunks, expected.stats.chunks);
	assert.deepEqual(anew.data, expected.data);
});

test("references into other objects: their places count, and a second run makes no request", async () => {
	const at = store();
	const refs = Object.fromEntries(
		[".zgroup", "v/.zarray", "v/.zattrs"].map((key) => [key, files.get(`${at}/${key}`).toString()]),
	);
	for (const path of files.keys()) {
		const key = path.startsWith(`${at}/v/`) && /v\/\d+\.\d+$/.exec(path)?.[0];
		if (key) refs[key] = [`${server.url}${path}`];
	}
	const write = () => put(`${at}/refs.json`, JSON.stringify({ version: 1, refs }));
	write();
	const v = await variable(`${at}/refs.json`);
	const { value, stats } = await v.mean().compute();
	assert.equal(stats.chunks, CHUNKS);
	assertClose(value, all.reduce((a, b) => a + b) / all.length);
	assert.equal((await silently(v.mean())).value, value);
	// One chunk lies elsewhere now. The server says nothing of it: the table has the same tag and the same length.
	etags.set(`${at}/refs.json`, '"same"');
	await (await session().coordinator()).call("forgetSources");
	await (await variable(`${at}/refs.json`)).mean().compute();
	[refs["v/0.0"], refs["v/0.1"]] = [refs["v/0.1"], refs["v/0.0"]];
	write();
	await (await session().coordinator()).call("forgetSources");
	const moved = await (await variable(`${at}/refs.json`)).mean().compute();
	assert.equal(moved.stats.chunksReused, CHUNKS - 2);
	assert.equal(moved.stats.chunks, 2);
});

const partial = (length, source = "s", made = Date.now()) => ({ bytes: new Uint8Array(length), source, made });

test("memory is bounded: the least recently used go first, and nothing that is too large comes in", () => {
	const kept = new KeptInMemory(40_000);
	assert.equal(kept.set("large", partial(10_001), 1), false);
	for (let i = 0; i < 100; i += 1) kept.set(`k${i}`, partial(2000), i);
	assert.ok(kept.bytes <= 40_000);
	assert.equal(kept.get("k0", 100), undefined);
	assert.ok(kept.get("k99", 100));
	// What was used lately stays.
	assert.ok(kept.get("k90", 100));
	for (let i = 100; i < 110; i += 1) kept.set(`k${i}`, partial(2000), i);
	assert.ok(kept.get("k90", 110));
	assert.equal(kept.get("k91", 110), undefined);
	// Small ones cannot be so many that they count for nothing.
	for (let i = 0; i < 10_000; i += 1) kept.set(`small${i}`, partial(1), 1000 + i);
	assert.ok(Array.from({ length: 10_000 }, (_, i) => kept.get(`small${i}`, 0)).filter(Boolean).length < 200);
});

test("a run that is larger than the memory keeps its beginning, not its end", () => {
	const kept = new KeptInMemory(40_000);
	kept.set("before", partial(2000), 1);
	const taken = Array.from({ length: 100 }, (_, i) => kept.set(`k${i}`, partial(2000), 2));
	assert.equal(kept.get("before", 3), undefined);
	const count = taken.indexOf(false);
	assert.ok(count > 10 && taken.slice(0, count).every(Boolean));
	assert.ok(kept.get("k0", 3) && kept.get(`k${count - 1}`, 3));
});

test("what is too old is not used, and a source can be forgotten", () => {
	const kept = new KeptInMemory(40_000);
	kept.set("old", partial(10, "s", Date.now() - MAX_AGE_MS), 1);
	kept.set("a", partial(10, "a"), 1);
	kept.set("b", partial(10, "b"), 1);
	assert.equal(kept.get("old", 2), undefined);
	kept.forget("a");
	assert.equal(kept.get("a", 2), undefined);
	assert.ok(kept.get("b", 2));
	kept.forget();
	assert.equal(kept.bytes, 0);
	assert.ok(isOutdated(Number.NaN) && isOutdated(Date.now() + 1e6) && !isOutdated(Date.now()));
});
