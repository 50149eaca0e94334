// The command line without running it: flags to documents, what is wrong with them, secrets, JSON in pieces, times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cfTimesOf } from "../../js/dist/cli/calendar.js";
import { documentOf } from "../../js/dist/cli/document.js";
import { Flags, parseFlags } from "../../js/dist/cli/flags.js";
import { jsonOf } from "../../js/dist/cli/json.js";
import { COMMON_FLAGS, OPERATIONS, SOURCE_FLAGS, STORAGE_FLAGS } from "../../js/dist/cli/operations.js";
import { scrub } from "../../js/dist/cli/secrets.js";

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
