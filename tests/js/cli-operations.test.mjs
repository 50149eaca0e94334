// The command line of every operation: flags to documents, what is wrong with them, help, and what the core refuses.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findOperation, OPERATIONS as TABLE } from "../../js/dist/api/operations/table.js";
import { optionText } from "../../js/dist/api/operations/text.js";
import { COMMANDS } from "../../js/dist/cli/commands.js";
import { documentOf } from "../../js/dist/cli/document.js";
import { Flags, parseFlags } from "../../js/dist/cli/flags.js";
import { helpOf } from "../../js/dist/cli/help.js";
import { flagOf } from "../../js/dist/cli/operations.js";
import { publicDocument, scrub, storagesOf } from "../../js/dist/cli/secrets.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const BIN = path("../../js/bin/zarrscope.mjs");
const E1 = path("../../www/samples/e1.v2.zstd.zarr");
const CASES = path("../fixtures/analysis/cases/");

/** What flags say, without running anything. */
function stepsFrom(op, ...args) {
	return documentOf(op, "s", "v", new Flags(parseFlags(args, COMMANDS[op].flags, op))).steps;
}

function cli(...args) {
	return spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8" });
}

test("flags to steps", () => {
	const cases = [
		["quantile --q 0.1,0.9 --dims time", [{ op: "quantile", q: [0.1, 0.9], dims: ["time"] }]],
		["mean --groupby time.month", [{ op: "groupby", by: "time.month" }, { op: "mean" }]],
		["mean --resample MS", [{ op: "resample", time: "MS" }, { op: "mean" }]],
		[
			"mean --coarsen lat=4,lon=4 --boundary trim",
			[{ op: "coarsen", windows: { lat: 4, lon: 4 }, boundary: "trim" }, { op: "mean" }],
		],
		[
			"mean --rolling time=12 --center --min-periods 6",
			[{ op: "rolling", windows: { time: 12 }, center: true, minPeriods: 6 }, { op: "mean" }],
		],
		["anomaly --groupby time.month", [{ op: "groupby", by: "time.month" }, { op: "anomaly" }]],
		["correlation --with b --dims time", [{ op: "correlation", with: "b", dims: ["time"] }]],
		["covariance --with b --ddof 0", [{ op: "covariance", with: "b", ddof: 0 }]],
		["subtract --with -3.5", [{ op: "subtract", with: -3.5 }]],
		["divide --with group/b", [{ op: "divide", with: "group/b" }]],
		['add --with {"source":"o","variable":"w"}', [{ op: "add", with: { source: "o", variable: "w" } }]],
		[
			"regrid --method nearest --lat -90:90:2 --lon 0,120,240",
			[{ op: "regrid", method: "nearest", lat: { from: -90, to: 90, step: 2 }, lon: [0, 120, 240] }],
		],
		["cumsum --dims time --no-skipna", [{ op: "cumsum", dims: ["time"], skipna: false }]],
		["histogram --with b --with-range 1,2", [{ op: "histogram", with: { variable: "b", range: [1, 2] } }]],
	];
	for (const [text, steps] of cases) {
		const [op, ...args] = text.split(" ");
		assert.deepEqual(stepsFrom(op, ...args), steps, text);
	}
});

test("every document that xarray answered can be written in flags, if it has one operation and one grouping at most", () => {
	const seen = new Set();
	for (const name of readdirSync(CASES)) {
		for (const { document, expected } of JSON.parse(readFileSync(CASES + name, "utf8")).cases) {
			const steps = document.steps ?? [];
			const grouped = findOperation(steps[0]?.op)?.kind === "grouping";
			// What is off by default has no flag that says so.
			if (expected.error || steps.some((step) => step.center === false) || steps.length !== (grouped ? 2 : 1)) continue;
			const args = steps.flatMap((step, s) => flagsOf(step, grouped && s === 0));
			const op = steps.at(-1).op;
			assert.deepEqual(stepsFrom(op, ...args), steps, `${op} ${args.join(" ")}`);
			for (const step of steps) seen.add(step.op);
		}
	}
	assert.deepEqual([...seen].sort(), TABLE.map(({ name }) => name).sort());
});

function flagsOf(step, grouping) {
	return findOperation(step.op).options.flatMap((option, o) => {
		const value = option.path ? step[option.path[0]]?.[option.path[1]] : step[option.name];
		if (value === undefined) return [];
		if (value === false) return [`--no-${flagOf(option)}`];
		const flag = `--${grouping && o === 0 ? step.op : flagOf(option)}`;
		return option.kind === "boolean" ? [flag] : [flag, optionText(option, value)];
	});
}

test("flags that are wrong", () => {
	const wrong = [
		"mean --groupby time.month --coarsen lat=2",
		"mean --center",
		"mean --min-periods 2 --coarsen lat=2",
		"mean --coarsen lat",
		"mean --coarsen lat=1.5",
		"mean --coarsen lat=2 --boundary exact",
		"mean --rolling time=3 --min-periods x",
		"scale --groupby time.month",
		"anomaly --resample MS",
		"trend",
		"trend --dims a,b",
		"correlation --dims time",
		"add",
		"add --with {}",
		"regrid --method bilinear --lat 0:1:0 --lon 1",
		"regrid --lat 1 --lon 1",
		"histogram --with-bins 5",
		"quantile --q half",
	];
	for (const text of wrong) {
		const [op, ...args] = text.split(" ");
		assert.throws(() => stepsFrom(op, ...args), { name: "UsageError" }, text);
	}
	assert.equal(cli("mean", "s", "v", "--center").status, 2);
	const alone = cli("groupby", "s", "v");
	assert.equal(alone.status, 2);
	assert.match(alone.stderr, /groupby precedes a reduction, as a flag of it/);
});

test("help has every operation of the table and every flag of each", () => {
	const all = cli("help").stdout;
	for (const operation of TABLE) {
		assert.ok(all.includes(operation.kind === "grouping" ? `--${operation.name} ` : operation.name), operation.name);
		if (operation.kind === "grouping") continue;
		const help = helpOf(operation.name);
		for (const option of operation.options)
			assert.match(help, new RegExp(`--(no-)?${flagOf(option)}\\b`), operation.name);
		for (const line of help.split("\n")) assert.ok(line.length <= 100, line);
	}
	assert.equal(cli("help", "regrid").stdout, helpOf("regrid"));
	assert.equal(cli("regrid", "--help").stdout, helpOf("regrid"));
});

test("what the core does not have yet is told by its name, with status 1", () => {
	// Whether this core has it or not: it answers, or says what it has not.
	const { status, stderr, stdout } = cli("median", E1, "air_temperature", "--isel", "time=0", "--json");
	if (status === 0) assert.deepEqual(JSON.parse(stdout).dims, []);
	else {
		assert.equal(status, 1);
		assert.match(stderr, /^zarrscope: unsupported: .*median/);
		assert.equal(JSON.parse(stdout).error.code, "unsupported");
	}
});

test("a nested document is printed without its secrets", () => {
	const nested = {
		version: 1,
		source: "https://u:p@h.org/b.zarr?sig=2",
		variable: "w",
		storage: { query: "sig=abcdef", headers: { A: "secret" }, region: "eu" },
	};
	const document = { version: 1, source: "s", variable: "v", steps: [{ op: "add", with: nested }] };
	assert.equal(scrub("it says sig=abcdef and secret", ...storagesOf(document)), "it says … and …");
	const printed = publicDocument(document);
	assert.deepEqual(printed.steps[0].with, {
		version: 1,
		source: "https://h.org/b.zarr",
		variable: "w",
		storage: { region: "eu" },
	});
});
