// Estimates through the package: limits are kept, partial results sharpen, and errors come with every form of a result.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { close, fromSpec, init, open, ZarrscopeError } from "../../js/dist/index.js";
import { generatedStore } from "../server/generated.mjs";
import { startRangeServer } from "../server/range-server.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const samples = join(root, "www/samples");
const CHUNK = 4 * 40 * 80;
// Chunks alternate between two values: what a sample's mean is off by is the draw's doing alone.
const generate = generatedStore({ shape: [1000, 80, 80], chunks: [1, 40, 80], prefix: "/big.zarr" });
let server;
let array;

before(async () => {
	// What one estimate has read another would not read again.
	await init({ keepPartials: false });
	server = await startRangeServer({ root: samples, generate });
	array = (await open(`${server.url}/big.zarr`)).get("temperature").mean();
});

/** The sea's temperature, a climatology of which a third is land. */
const surface = async () => (await open(`${server.url}/coads.v3.gzip-transpose.zarr`)).find("SST");

after(async () => {
	close();
	await server.close();
});

test("no more bytes are fetched than are allowed, and most of them are", async () => {
	for (const maxBytes of [3 * CHUNK, 1e6, 5e6]) {
		const result = await array.estimate({ maxBytes, seed: 4 }).compute();
		const { bytesFetched, chunks } = result.stats;
		assert.ok(bytesFetched <= maxBytes && bytesFetched > 0.85 * maxBytes, `${bytesFetched} of ${maxBytes}`);
		assert.equal(result.estimate.chunksSampled, chunks);
		assert.equal(result.estimate.chunks, 2000);
		assert.ok(Math.abs(result.value - generate.mean) <= result.interval95[0], "this seed's interval holds the truth");
		assert.ok(result.standardError[0] < result.interval95[0]);
	}
	const sea = (await surface()).mean();
	const exact = await sea.compute();
	const maxBytes = Math.floor(exact.stats.bytesFetched * 0.8);
	const { stats, value, interval95 } = await sea.estimate({ maxBytes }).compute();
	assert.ok(stats.bytesFetched <= maxBytes, `${stats.bytesFetched} of ${maxBytes}`);
	assert.ok(Math.abs(value - exact.value) <= interval95[0]);
});

test("an error is reached, and partial results sharpen on the way", async () => {
	const errors = [];
	const shares = [];
	const result = await array.estimate({ relativeError: 0.05 }).compute({
		onPartial({ standardError }, seen) {
			errors.push(standardError[0]);
			shares.push(seen);
		},
	});
	assert.ok(result.standardError[0] <= 0.05 * result.value);
	assert.ok(result.estimate.chunksSampled < 2000 && result.estimate.rounds > 2, JSON.stringify(result.estimate));
	assert.ok(errors.length >= result.estimate.rounds - 1, `${errors.length} partial results`);
	assert.ok(errors.at(-1) < errors[0] && result.standardError[0] < errors[0]);
	assert.deepEqual(
		shares,
		shares.toSorted((a, b) => a - b),
	);
	const [again, other] = await Promise.all([
		array.estimate({ relativeError: 0.05 }).compute(),
		array.estimate({ relativeError: 0.05, seed: 1 }).compute(),
	]);
	assert.deepEqual([again.data, again.standardError], [result.data, result.standardError]);
	assert.notDeepEqual(other.data, result.data);
});

test("of all chunks it is exact; what cannot be estimated is refused", async () => {
	const sea = await surface();
	const whole = await sea.mean(["TIME", "COADSX"]).compute();
	const all = await sea.mean(["TIME", "COADSX"]).estimate({ relativeError: 1e-300 }).compute();
	assert.ok(
		all.data.every((x, i) => Math.abs(x - whole.data[i]) <= 1e-12 * Math.abs(x) || Number.isNaN(whole.data[i])),
	);
	assert.ok(all.standardError.every((error, i) => error === 0 || Number.isNaN(whole.data[i])));
	assert.equal(all.estimate.degreesOfFreedom, null);
	const refused = (promise, code) => assert.rejects(promise, (e) => e instanceof ZarrscopeError && e.code === code);
	await refused(sea.max().estimate({ maxBytes: 1e6 }).compute(), "unsupported");
	await refused(sea.mean().estimate({}).compute(), "invalid_document");
	await refused(sea.mean().estimate({ maxBytes: 100 }).compute(), "too_large");
	const spec = sea.mean().estimate({ maxBytes: 5e4, seed: 2 }).toSpec();
	assert.deepEqual(spec.precision, { maxBytes: 5e4, seed: 2 });
	assert.ok((await (await fromSpec(spec)).explain()).bytesToFetch <= 5e4);
});

test("JSON and CSV hold the errors", async () => {
	const sea = await surface();
	const bins = await sea
		.histogram({ bins: 4, range: [0, 40] })
		.estimate({ maxBytes: 2e5 })
		.compute();
	const { data, standardError, interval95, estimate } = JSON.parse(JSON.stringify(bins));
	assert.deepEqual([data.length, standardError.length, interval95.length], [4, 4, 4]);
	assert.deepEqual(Object.keys(estimate), ["chunksSampled", "chunks", "strata", "rounds", "seed", "degreesOfFreedom"]);
	const [head, first] = bins.toCSV().split("\n");
	assert.equal(head, "bin,SST,standard_error,interval95");
	assert.equal(first, `5,${bins.data[0]},${bins.standardError[0]},${bins.interval95[0]}`);
});

test("the command line prints an error with the value, and writes it beside", async () => {
	const run = promisify(execFile);
	const zarrscope = (...args) => run("node", [join(root, "js/bin/zarrscope.mjs"), ...args]);
	const store = join(samples, "coads.v3.gzip-transpose.zarr");
	const sample = ["--precision", "bytes=200kB,seed=1"];
	const { stdout } = await zarrscope("mean", store, "SST", ...sample);
	assert.match(stdout, /^SST.*: \d+\.\d+ ± \d+(\.\d+)? .*\nestimate from \d+ of 27 chunks \(\d+ %, seed 1\)/);
	const folder = mkdtempSync(join(tmpdir(), "zarrscope-"));
	const out = join(folder, "sst.zarr");
	await zarrscope("mean", store, "SST", "--dims", "TIME,COADSX", ...sample, "--out", out);
	const { metadata } = JSON.parse(readFileSync(join(out, ".zmetadata"), "utf8"));
	for (const name of ["SST", "SST_standard_error", "SST_interval95"])
		assert.deepEqual(metadata[`${name}/.zarray`].shape, [90], name);
});
