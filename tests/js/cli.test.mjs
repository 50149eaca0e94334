// The command line: flags to documents, outputs, errors and their statuses, and the server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cfTimesOf } from "../../js/dist/cli/calendar.js";
import { documentOf } from "../../js/dist/cli/document.js";
import { Flags, parseFlags } from "../../js/dist/cli/flags.js";
import { jsonOf } from "../../js/dist/cli/json.js";
import { COMMON_FLAGS, OPERATIONS, SOURCE_FLAGS, STORAGE_FLAGS } from "../../js/dist/cli/operations.js";
import { scrub } from "../../js/dist/cli/secrets.js";
import { startServer } from "../../js/dist/cli/server.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const BIN = path("../../js/bin/zarrscope.mjs");
const SAMPLES = path("../../www/samples");
const E1 = join(SAMPLES, "e1.v2.zstd.zarr");
const MADE = path("../fixtures/stores-made");

let folder;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "zarrscope-cli-"));
});
after(() => rm(folder, { recursive: true }));

/** Runs the command; `input` is its standard input. */
function cli(args, { input, onChild } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [BIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
		let [stdout, stderr] = ["", ""];
		child.stdout.setEncoding("utf8").on("data", (text) => {
			stdout += text;
			onChild?.(child, stdout);
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			stderr += text;
		});
		child.on("error", reject).on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
		child.stdin.on("error", () => {}).end(input);
	});
}

async function json(args, options) {
	const { status, stdout, stderr } = await cli([...args, "--json"], options);
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout);
}

/** What flags say, without running anything. */
function documentFrom(op, ...args) {
	const table = { ...COMMON_FLAGS, ...STORAGE_FLAGS, ...SOURCE_FLAGS, ...OPERATIONS[op] };
	return documentOf(op, "s", "v", new Flags(parseFlags(args, table, op)));
}

const selectFrom = (...args) => documentFrom("select", ...args).select;

test("labels: ranges, texts, numbers, lists, nearest", () => {
	const cases = [
		["lat=20:60", { from: 20, to: 60 }],
		["lat=-20.5:60", { from: -20.5, to: 60 }],
		["lat=:60", { to: 60 }],
		["lat=20:", { from: 20 }],
		["lat=20..60", { from: 20, to: 60 }],
		["lat=250", { values: [250] }],
		["lat=10,20,30", { values: [10, 20, 30] }],
		["lat=~250", { nearest: 250 }],
		["lat=~10,20", { nearest: [10, 20] }],
		["lat=06", { from: "06", to: "06" }],
		["lat=9007199254740993", { from: "9007199254740993", to: "9007199254740993" }],
		["time=2013-06", { from: "2013-06", to: "2013-06" }],
		["time=2013", { from: "2013", to: "2013" }],
		["time=2013:2014-02", { from: "2013", to: "2014-02" }],
		["time=2013-01-01T06:00..2013-02", { from: "2013-01-01T06:00", to: "2013-02" }],
		["time=2013-01-01T06:00", { from: "2013-01-01T06:00", to: "2013-01-01T06:00" }],
		["time=2013-01-01T06:00:30.5", { from: "2013-01-01T06:00:30.5", to: "2013-01-01T06:00:30.5" }],
		["time=~2013-01-01T06:00", { nearest: "2013-01-01T06:00" }],
	];
	for (const [text, selector] of cases) {
		const [dim] = text.split("=");
		assert.deepEqual(selectFrom("--sel", text), { [dim]: selector }, text);
		assert.deepEqual(selectFrom(`--sel=${text}`), { [dim]: selector }, text);
	}
	assert.deepEqual(selectFrom("--sel", "time=2013", "--no-decode"), { time: { values: [2013] } });
	assert.deepEqual(selectFrom("--nearest", "lon=-10"), { lon: { nearest: -10 } });
	assert.deepEqual(selectFrom("--sel", "lat=20:60,lon=1,2"), { lat: { from: 20, to: 60 }, lon: { values: [1, 2] } });
});

test("positions", () => {
	const cases = [
		["0", { index: 0 }],
		["-1", { index: -1 }],
		["0,3,-1", { index: [0, 3, -1] }],
		["0:10:2", { start: 0, stop: 10, step: 2 }],
		["-5:", { start: -5 }],
		[":10", { stop: 10 }],
		["::3", { step: 3 }],
		[":", { start: 0 }],
	];
	for (const [text, selector] of cases) assert.deepEqual(selectFrom("--isel", `t=${text}`), { t: selector }, text);
});

test("operations and their members", () => {
	const step = (op, ...args) => documentFrom(op, ...args).steps.at(-1);
	assert.deepEqual(step("mean"), { op: "mean" });
	assert.deepEqual(step("mean", "--dims", "a,b", "--weights", "area", "--no-skipna"), {
		op: "mean",
		dims: ["a", "b"],
		skipna: false,
		weights: "area",
	});
	assert.deepEqual(step("std", "--ddof", "1", "--skipna"), { op: "std", skipna: true, ddof: 1 });
	assert.deepEqual(step("sum", "--min-count", "2"), { op: "sum", minCount: 2 });
	assert.deepEqual(step("quantile", "--q", "0.5"), { op: "quantile", q: 0.5 });
	assert.deepEqual(step("quantile", "--q=0.05,0.5"), { op: "quantile", q: [0.05, 0.5] });
	assert.deepEqual(step("histogram", "--bins", "20", "--range", "-5,30", "--density"), {
		op: "histogram",
		bins: 20,
		range: [-5, 30],
		density: true,
	});
	assert.deepEqual(step("histogram", "--bins", "-1,0,1.5").bins, [-1, 0, 1.5]);
	assert.deepEqual(step("histogram", "--with", "w", "--with-bins", "5").with, { variable: "w", bins: 5 });
	assert.deepEqual(step("trend", "--dims", "time"), { op: "trend", dims: ["time"] });
	assert.deepEqual(step("scale", "--factor", "-1.8", "--offset", "32", "--units", "F"), {
		op: "scale",
		factor: -1.8,
		offset: 32,
		units: "F",
	});
	assert.deepEqual(documentFrom("anomaly", "--groupby", "time.month").steps, [
		{ op: "groupby", by: "time.month" },
		{ op: "anomaly" },
	]);
	assert.deepEqual(documentFrom("max", "--resample", "1D").steps, [{ op: "resample", time: "1D" }, { op: "max" }]);
	assert.deepEqual(documentFrom("min", "--coarsen", "lat=4,lon=2", "--boundary", "pad").steps[0], {
		op: "coarsen",
		windows: { lat: 4, lon: 2 },
		boundary: "pad",
	});
	assert.deepEqual(documentFrom("select"), { version: 1, source: "s", variable: "v" });
	assert.equal(documentFrom("mean", "--no-decode").decode, false);
	assert.deepEqual(documentFrom("mean", "--precision", "bytes=5e7").precision, { maxBytes: 5e7 });
	assert.deepEqual(documentFrom("mean", "--precision", "error=0.01").precision, { relativeError: 0.01 });
	assert.deepEqual(documentFrom("mean", "--precision", "bytes=50MB,error=0.01,seed=3").precision, {
		maxBytes: 5e7,
		relativeError: 0.01,
		seed: 3,
	});
	assert.deepEqual(documentFrom("mean", "--precision", "bytes=1.5GiB").precision, { maxBytes: 1.5 * 2 ** 30 });
	assert.equal(documentFrom("mean", "--precision", "exact").precision, "exact");
	assert.deepEqual(
		documentFrom("mean", "--header", "A: b:c", "--header", "D: e", "--query", "?x=1", "--region", "eu").storage,
		{
			region: "eu",
			query: "x=1",
			headers: { A: "b:c", D: "e" },
		},
	);
});

test("flags that are wrong", () => {
	const wrong = [
		["mean", "--nope"],
		["mean", "--q", "3"],
		["mean", "--dims"],
		["mean", "--dims", "--json"],
		["mean", "--json=1"],
		["mean", "--sel", "lat"],
		["mean", "--sel", "lat=:"],
		["mean", "--sel", "lat=1:2:3"],
		["mean", "--sel", "time=2013-01-01T06:00:2013-01-02T12:30"],
		["mean", "--sel", "time=2013-01-01T06:2013-01-02"],
		["mean", "--sel", "lat=1", "--isel", "lat=1"],
		["mean", "--isel", "t=1.5"],
		["mean", "--isel", "t=0:5:-1"],
		["mean", "--skipna", "--no-skipna"],
		["mean", "--dims", "a", "--dims", "b"],
		["mean", "--precision", "bytes=many"],
		["mean", "--precision", "bytes=MB"],
		["mean", "--precision", "bytes=1,bytes=2"],
		["mean", "--precision", "rough"],
		["mean", "--boundary", "pad"],
		["quantile"],
		["histogram", "--range", "1"],
		["histogram", "--bins", "2.5"],
		["mean", "--header", "Bearer token"],
	];
	for (const [op, ...args] of wrong)
		assert.throws(() => documentFrom(op, ...args), { name: "UsageError" }, args.join(" "));
});

test("secrets and control characters are taken out of what is printed", () => {
	const storage = { query: "sv=2020&sig=abcdef", headers: { Authorization: "Bearer 12345678" } };
	assert.equal(scrub("GET https://u:p@h.org/a?sig=1 failed", storage), "GET https://h.org/a failed");
	assert.equal(scrub("header Bearer 12345678, sv=2020&sig=abcdef", storage), "header …, …");
	assert.equal(scrub("a\n\u001b[31mb"), "a [31mb");
});

test("JSON in pieces is the JSON", () => {
	const members = {
		variable: "v",
		none: undefined,
		empty: {},
		coords: { x: [1, 2] },
		data: Array.from({ length: 40000 }, (_, i) => i),
	};
	assert.deepEqual(JSON.parse([...jsonOf({ toJSON: () => members })].join("")), JSON.parse(JSON.stringify(members)));
});

test("CF times in their own calendar", () => {
	const seconds = (calendar, ...labels) => cfTimesOf(labels, calendar).numbers.map((n) => Number(n) / 86400);
	assert.deepEqual(seconds("standard", "1582-10-04", "1582-10-15T12:00:00"), [0, 1.5]);
	assert.deepEqual(seconds("proleptic_gregorian", "1582-10-04", "1582-10-15"), [0, 11]);
	assert.deepEqual(seconds("standard", "2000-02-28", "2000-03-01", "1999-02-28"), [0, 2, -365]);
	assert.deepEqual(seconds("noleap", "2000-02-28", "2000-03-01"), [0, 1]);
	assert.deepEqual(seconds("all_leap", "2001-02-28", "2001-03-01"), [0, 2]);
	assert.deepEqual(seconds("360_day", "2000-02-30", "2000-03-01"), [0, 1]);
	assert.deepEqual(seconds("julian", "1900-02-28", "1900-03-01"), [0, 2]);
	assert.equal(cfTimesOf(["2000-01-01T00:00:00.25"], "standard").units, "microseconds since 2000-01-01 00:00:00");
	assert.equal(cfTimesOf(["2000-01-01", null], "standard"), undefined);
});

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

async function served(t, options) {
	const root = await mkdtemp(join(folder, "root-"));
	await mkdir(join(root, "sub & <dir>"));
	await mkdir(join(root, "empty"));
	await writeFile(join(root, "data.bin"), Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251)));
	await writeFile(join(root, ".zmetadata"), "{}");
	await writeFile(join(root, "none"), "");
	await writeFile(join(root, "a.wasm"), "");
	await symlink(path("../../package.json"), join(root, "outside.json"));
	const server = await startServer(root, options);
	t.after(() => server.close());
	return server;
}

test("serve: ranges, heads and tags", async (t) => {
	const { url } = await served(t);
	const get = (name, headers = {}, method = "GET") => fetch(url + name, { headers, method });
	const cases = [
		["bytes=0-0", 0, 1],
		["bytes=100-199", 100, 200],
		["bytes=990-", 990, 1000],
		["bytes=990-5000", 990, 1000],
		["bytes=-10", 990, 1000],
		["bytes=-5000", 0, 1000],
	];
	for (const [Range, start, end] of cases) {
		const response = await get("data.bin", { Range });
		assert.equal(response.status, 206, Range);
		assert.equal(response.headers.get("content-range"), `bytes ${start}-${end - 1}/1000`);
		const bytes = new Uint8Array(await response.arrayBuffer());
		assert.deepEqual([bytes.length, bytes[0]], [end - start, start % 251]);
	}
	for (const Range of ["bytes=1000-", "bytes=-0"]) {
		const response = await get("data.bin", { Range });
		assert.equal(response.status, 416, Range);
		assert.equal(response.headers.get("content-range"), "bytes */1000");
	}
	for (const Range of ["bytes=5-2", "bytes=0-1,4-5", "lines=0-1"])
		assert.equal((await get("data.bin", { Range })).status, 200, Range);
	assert.equal((await get("none", { Range: "bytes=0-0" })).status, 416);
	assert.equal((await get("none")).status, 200);

	const whole = await get("data.bin");
	assert.match(whole.headers.get("access-control-expose-headers"), /Content-Range, Content-Length, ETag/);
	assert.equal(whole.headers.get("access-control-allow-origin"), "*");
	const etag = whole.headers.get("etag");
	assert.equal((await get("data.bin", { "If-None-Match": etag })).status, 304);
	assert.equal((await get("data.bin", { "If-None-Match": '"other"' })).status, 200);
	assert.equal((await get("data.bin", { Range: "bytes=0-1", "If-Range": '"other"' })).status, 200);
	const head = await get("data.bin", {}, "HEAD");
	assert.equal(head.headers.get("content-length"), "1000");
	assert.equal((await get("data.bin", {}, "POST")).status, 405);
	const preflight = await get("data.bin", { "Access-Control-Request-Headers": "range,x-y" }, "OPTIONS");
	assert.equal(preflight.status, 204);
	assert.equal(preflight.headers.get("access-control-allow-headers"), "range,x-y");
});

test("serve: types, listings, and nothing outside the folder", async (t) => {
	const { url, port } = await served(t, { headers: (name) => (name === "/a.wasm" ? { "X-Hook": name } : undefined) });
	assert.equal((await fetch(`${url}.zmetadata`)).headers.get("content-type"), "application/json");
	const wasm = await fetch(`${url}a.wasm`);
	assert.equal(wasm.headers.get("content-type"), "application/wasm");
	assert.equal(wasm.headers.get("x-hook"), "/a.wasm");

	const page = await (await fetch(url)).text();
	assert.match(page, /href="sub%20%26%20%3Cdir%3E\/">sub &amp; &lt;dir&gt;\/</);
	assert.match(page, /href="\.zmetadata"/);
	assert.equal((await fetch(`${url}empty`)).status, 404, "a folder is no chunk");
	const browser = await fetch(`${url}empty`, { headers: { Accept: "text/html" }, redirect: "manual" });
	assert.equal(browser.headers.get("location"), "./empty/");

	const raw = (target) =>
		new Promise((resolve) => {
			let text = "";
			const socket = connect(port, "127.0.0.1", () =>
				socket.write(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`),
			);
			socket.on("data", (block) => (text += block)).on("close", () => resolve(Number(text.split(" ")[1])));
		});
	for (const target of [
		"/../package.json",
		"/%2e%2e/x",
		"/..%2f..%2fetc/passwd",
		"/outside.json",
		"//etc/passwd",
		"/sub/..%5c..%5cx",
		"/nope",
	]) {
		assert.equal(await raw(target), 404, target);
	}
	for (const target of ["/%00", "/%zz"]) assert.equal(await raw(target), 400, target);
});

test("serve: the command, and a store that it lists", async () => {
	let asked;
	const { status, stdout } = await cli(["serve", MADE, "--port", "0"], {
		onChild(child, text) {
			const url = text.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0];
			if (!url || asked) return;
			asked = json(["info", `${url}v3-root.zarr`]).finally(() => child.kill("SIGINT"));
		},
	});
	assert.equal(status, 0, stdout);
	assert.equal((await asked).arrays.length, 1);
});
