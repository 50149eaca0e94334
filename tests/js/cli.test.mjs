// The command line: what commands print and write, errors and their statuses.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../js/dist/cli/server.js";
import { BIN, cli, json } from "./cli-runner.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const SAMPLES = path("../../www/samples");
const E1 = join(SAMPLES, "e1.v2.zstd.zarr");
const MADE = path("../fixtures/stores-made");

let folder;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "zarrscope-cli-"));
});
after(() => rm(folder, { recursive: true }));

test("info, as text and as JSON", async () => {
	const info = await json(["info", E1]);
	assert.equal(info.zarrFormat, 2);
	assert.ok(
		info.arrays.some(({ path, dims }) => path === "air_temperature" && dims.join() === "time,latitude,longitude"),
	);
	const { stdout } = await cli(["info", join(SAMPLES, "ostia.v3.sharded.zarr")]);
	assert.match(stdout, /Data variables:\n {4}surface_temperature \(time: 54, /);
	assert.match(stdout, /shards .* of chunks /);
});

test("flags, a file and standard input give the same result", async () => {
	const flags = ["--dims", "latitude,longitude", "--sel", "time=1900:1902", "--weights", "area"];
	const byFlags = await json(["mean", E1, "air_temperature", ...flags]);
	assert.deepEqual(byFlags.dims, ["time"]);
	assert.equal(byFlags.coords.time[0], "1900-06-01T00:00:00");
	const { stdout } = await cli(["mean", E1, "air_temperature", ...flags, "--document"]);
	const file = join(folder, "doc.json");
	await writeFile(file, stdout);
	const byFile = await json(["run", file, "--workers", "1"]);
	const byInput = await json(["run", "-"], { input: stdout });
	assert.deepEqual(byFile.data, byFlags.data);
	assert.deepEqual(byInput.data, byFlags.data);
	assert.equal(byFile.stats.workers, 1);
});

test("a document that is printed holds no secrets", async () => {
	const secret = ["--query", "sig=abcdef", "--header", "Authorization: Bearer 123", "--region", "eu"];
	const { stdout } = await cli(["mean", "https://h.org/a.zarr?sig=1", "v", "--document", ...secret]);
	const document = JSON.parse(stdout);
	assert.equal(document.source, "https://h.org/a.zarr");
	assert.deepEqual(document.storage, { region: "eu" });
});

test("summaries: a value, a table, an outline", async () => {
	const value = await cli(["mean", E1, "air_temperature"]);
	assert.match(
		value.stdout,
		/^air_temperature: 286\.03579611\d+ K\nat forecast_reference_time = 1859-09-01T06:00:00, height = 1\.5\n$/,
	);
	assert.equal(value.stderr, "", "no progress and no footer where there is no terminal");
	const table = await cli(["mean", E1, "air_temperature", "--dims", "latitude,longitude", "--isel", "time=:3"]);
	assert.match(table.stdout, /^air_temperature in K\n +time +air_temperature\n +1860-06-01T00:00:00 +\d/);
	const outline = await cli(["select", E1, "air_temperature", "--isel", "time=0"]);
	assert.match(outline.stdout, /latitude: 37, longitude: 49\n(.*\n)*at time = 1860-06-01T00:00:00/);
});

test("explain fetches metadata only", async () => {
	const document = JSON.stringify({ version: 1, source: E1, variable: "air_temperature", steps: [{ op: "mean" }] });
	const cost = await json(["explain", "-"], { input: document });
	assert.equal(cost.chunks, 4);
	assert.deepEqual(cost.outputShape, []);
	const { stdout } = await cli(["explain", "-"], { input: document });
	assert.match(stdout, /^chunks +4\nrequests +4\n/);
});

test("statuses and errors", async () => {
	const usage = [
		[],
		["nope"],
		["--json", "mean"],
		["mean", E1],
		["mean", E1, "v", "w"],
		["mean", E1, "v", "--nope"],
		["mean", E1, "v", "--workers", "0"],
		["mean", E1, "v", "--out", "x.tif"],
		["mean", E1, "v", "--out", join(folder, "none", "x.npy")],
		["run", join(folder, "none.json")],
		["plot", "-"],
		["serve", join(folder, "none")],
	];
	const document = JSON.stringify({ version: 1, source: E1, variable: "air_temperature" });
	await Promise.all(
		usage.map(async (args) => {
			const { status, stdout, stderr } = await cli(args, { input: document });
			assert.equal(status, 2, args.join(" "));
			assert.match(stderr, /^zarrscope: usage: .+\n.*--help.*\n$/, args.join(" "));
			assert.equal(stdout, "");
		}),
	);
	assert.equal((await cli(["run", "-"], { input: "{bad token" })).status, 2);

	const failing = [
		[["mean", join(folder, "none.zarr"), "v"], "not_found"],
		[["mean", E1, "nope"], "not_found"],
		[["mean", E1, "air_temperature", "--dims", "nope"], /^invalid_/],
		[["mean", E1, "air_temperature", "--sel", "latitude=~x"], /^invalid_/],
		[
			["run", "-"],
			"invalid_document",
			JSON.stringify({ version: 1, source: E1, variable: "air_temperature", steps: [{ op: "nope" }] }),
		],
		[["run", "-"], "invalid_document", "[]"],
		[["run", "-"], "invalid_document", '{"version":1,"variable":"v"}'],
	];
	await Promise.all(
		failing.map(async ([args, code, input]) => {
			const { status, stdout, stderr } = await cli([...args, "--json"], { input });
			const { error } = JSON.parse(stdout);
			assert.equal(status, 1, stderr);
			assert.match(error.code, new RegExp(code));
			assert.equal(typeof error.message, "string");
			assert.match(stderr, new RegExp(`^zarrscope: ${error.code}: .+\n$`));
			assert.equal((await cli(args, { input })).stdout, "");
		}),
	);
});

test("errors keep secrets", async (t) => {
	const server = await startServer(folder);
	t.after(() => server.close());
	const address = `${server.url.replace("//", "//user:hunter22@")}none.zarr?sig=topsecret`;
	const secrets = ["--query", "token=abcdefgh", "--header", "X-Key: 12345678"];
	for (const source of [address, `${server.url}none.zarr?sig=topsecret`]) {
		const { status, stdout, stderr } = await cli(["mean", source, "v", "--json", ...secrets]);
		assert.equal(status, 1);
		assert.doesNotMatch(stdout + stderr, /topsecret|abcdefgh|12345678|hunter22/);
	}
});

test("help and version", async () => {
	const { version } = JSON.parse(await readFile(path("../../package.json"), "utf8"));
	assert.equal((await cli(["--version"])).stdout, `${version}\n`);
	for (const args of [["help"], ["--help"], ["-h"]]) {
		const { status, stdout } = await cli(args);
		assert.equal(status, 0);
		assert.match(stdout, /zarrscope run DOC\.json/);
	}
});

test("--out .json and .csv", async () => {
	const call = ["mean", E1, "air_temperature", "--dims", "time"];
	const expected = await json(call);
	const [asJson, asCsv] = ["o.json", "o.csv"].map((name) => join(folder, name));
	assert.equal((await cli([...call, "--out", asJson])).stdout, "");
	assert.deepEqual(JSON.parse(await readFile(asJson, "utf8")).data, expected.data);
	assert.deepEqual((await json([...call, "--out", asCsv])).data, expected.data, "--json prints beside --out");
	const rows = (await readFile(asCsv, "utf8")).trimEnd().split("\n");
	assert.equal(rows[0], "latitude,longitude,air_temperature");
	assert.deepEqual(rows[1].split(",").map(Number), [15, 225, expected.data[0]]);
	assert.equal(rows.length, 1 + 37 * 49);
});

/** Reads an NPY file by its own rules. */
async function readNpy(file) {
	const bytes = await readFile(file);
	assert.equal(bytes.subarray(0, 8).toString("latin1"), "\x93NUMPY\x01\x00");
	const length = bytes.readUInt16LE(8);
	assert.equal((10 + length) % 64, 0);
	const header = bytes.subarray(10, 10 + length).toString();
	assert.ok(header.endsWith("\n"));
	const [, descr, shape] = header.match(/^\{'descr': '(.+)', 'fortran_order': False, 'shape': \((.*)\), \}/);
	return { descr, shape, body: bytes.subarray(10 + length) };
}

test("--out .npy", async () => {
	const file = join(folder, "o.npy");
	const expected = await json(["mean", E1, "air_temperature", "--dims", "time", "--out", file]);
	const field = await readNpy(file);
	assert.equal(field.descr, "<f8");
	assert.equal(field.shape, "37, 49");
	assert.deepEqual(
		expected.data.map((_, i) => field.body.readDoubleLE(i * 8)),
		expected.data,
	);
	assert.equal(field.body.length, expected.data.length * 8);

	await json(["count", E1, "air_temperature", "--out", file]);
	const scalar = await readNpy(file);
	assert.deepEqual([scalar.descr, scalar.shape, scalar.body.readBigInt64LE(0)], ["<i8", "", 435120n]);

	await json(["histogram", E1, "air_temperature", "--bins", "3", "--out", file]);
	assert.equal((await readNpy(file)).shape, "3,");
});

test("--out .zarr opens again, with times in their own calendar", async () => {
	const store = join(folder, "o.zarr");
	for (const [source, variable, ...args] of [
		[E1, "air_temperature", "--isel", "latitude=0"],
		[join(SAMPLES, "hswm.v2.noleap.zarr"), "thickness", "--isel", "grid_cells=:5"],
		[
			join(SAMPLES, "ostia.v3.sharded.zarr"),
			"surface_temperature",
			"--isel",
			"latitude=3",
			"--isel",
			"longitude=::100",
		],
		[join(SAMPLES, "nemo.v3.packed.zarr"), "tos", "--isel", "x=5", "--isel", "time_counter=0"],
		[E1, "air_temperature", "--isel", "latitude=0", "--isel", "longitude=0", "--isel", "time=0"],
	]) {
		const expected = await json(["select", source, variable, ...args, "--out", store]);
		const again = await json(["select", store, variable]);
		for (const member of ["dims", "shape", "data", "coords", "units"])
			assert.deepEqual(again[member], expected[member], `${variable} ${member}`);
	}
	const { metadata } = JSON.parse(await readFile(join(store, ".zmetadata"), "utf8"));
	assert.deepEqual(metadata["time/.zattrs"]._ARRAY_DIMENSIONS, []);
	assert.equal(metadata["time/.zattrs"].calendar, "360_day");
	assert.deepEqual(metadata["air_temperature/.zattrs"].coordinates.split(" ").sort(), [
		"forecast_reference_time",
		"height",
		"latitude",
		"longitude",
		"time",
	]);
	assert.deepEqual(JSON.parse(await readFile(join(store, "time/.zarray"), "utf8")), metadata["time/.zarray"]);
});

test("--out does not overwrite what is no Zarr store, nor the source", async () => {
	const other = join(folder, "precious.zarr");
	await mkdir(other);
	await writeFile(join(other, "thesis.txt"), "");
	for (const out of [other, E1]) {
		assert.equal((await cli(["mean", E1, "air_temperature", "--out", out])).status, 2);
	}
	await readFile(join(other, "thesis.txt"));
});

test("large outputs arrive whole, and a reader who leaves is no crash", async () => {
	const call = ["select", join(SAMPLES, "coads.v3.gzip-transpose.zarr"), "SST"];
	const { data, shape } = await json(call);
	assert.equal(
		data.length,
		shape.reduce((a, b) => a * b),
	);
	const { status, stderr } = await cli([...call, "--json"], { onChild: (child) => child.stdout.destroy() });
	assert.equal(status, 0);
	assert.equal(stderr, "");
});

test("pictures", async () => {
	const file = join(folder, "o.svg");
	const document = JSON.stringify({
		version: 1,
		source: E1,
		variable: "air_temperature",
		steps: [{ op: "mean", dims: ["time"] }],
	});
	const { status, stderr } = await cli(["plot", "-", "-o", file, "--width", "400", "--height", "300"], {
		input: document,
	});
	assert.equal(status, 0, stderr);
	assert.match(await readFile(file, "utf8"), /^<svg [^>]*width="400" height="300"/);
	const png = join(folder, "o.png");
	const grid = JSON.stringify({
		version: 1,
		source: join(SAMPLES, "nemo.v3.packed.zarr"),
		variable: "tos",
		select: { time_counter: { index: 0 } },
	});
	assert.equal((await cli(["plot", "-", "-o", png, "--theme", "dark"], { input: grid })).status, 0);
	assert.equal((await readFile(png)).subarray(1, 4).toString(), "PNG");
});

test("the array at the source itself is called /", async () => {
	assert.equal((await json(["sum", join(MADE, "v2-root.zarr"), "/"])).data[0], 115);
});

test("interrupting ends a run with 130", async (t) => {
	// A server that takes requests and never answers them.
	const { createServer } = await import("node:http");
	const asked = Promise.withResolvers?.() ?? deferred();
	const silent = createServer(() => asked.resolve()).listen(0, "127.0.0.1");
	t.after(() => {
		silent.closeAllConnections();
		silent.close();
	});
	await new Promise((done) => silent.once("listening", done));
	const child = spawn(process.execPath, [
		BIN,
		"mean",
		`http://127.0.0.1:${silent.address().port}/a.zarr`,
		"v",
		"--json",
	]);
	let [stdout, stderr] = ["", ""];
	child.stdout.on("data", (text) => (stdout += text));
	child.stderr.on("data", (text) => (stderr += text));
	await asked.promise;
	child.kill("SIGINT");
	const status = await new Promise((done) => child.on("close", done));
	assert.equal(status, 130);
	assert.equal(stderr, "zarrscope: aborted: cancelled\n");
	assert.equal(JSON.parse(stdout).error.code, "aborted");
});

function deferred() {
	let resolve;
	const promise = new Promise((done) => {
		resolve = done;
	});
	return { promise, resolve };
}
