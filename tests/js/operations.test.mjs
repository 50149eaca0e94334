// The table of operations: against the contract, against the documents that xarray answered, and its texts back and forth.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stepFrom } from "../../js/dist/api/operations/assemble.js";
import { findOperation, groupingsBefore, OPERATIONS } from "../../js/dist/api/operations/table.js";
import { optionText, parseOption } from "../../js/dist/api/operations/text.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const CASES = path("../fixtures/analysis/cases/");

/** All steps of the documents that xarray answered. */
const STEPS = readdirSync(CASES)
	.flatMap((name) => JSON.parse(readFileSync(CASES + name, "utf8")).cases)
	.filter(({ expected }) => !expected.error)
	.flatMap(({ document }) => document.steps ?? []);

test("the table has every operation that the contract names among the steps", () => {
	const contract = readFileSync(path("../../docs/contract.md"), "utf8");
	const steps = contract.slice(contract.indexOf("- `steps`, applied"), contract.indexOf('- `"precision"`'));
	// An item begins with the operations that it is about.
	const named = steps
		.split("\n")
		.slice(1)
		.flatMap((line) => line.match(/^ {2}- (?:reductions )?`([a-z ]+)`/)?.[1]?.split(" ") ?? [])
		.concat(steps.match(/; `(scale)` with/)?.[1] ?? []);
	assert.ok(named.length >= 17, `read ${named}`);
	for (const name of named) assert.ok(findOperation(name), `${name} is in the contract and not in the table`);
});

test("names are unique, and every option can be written", () => {
	assert.equal(new Set(OPERATIONS.map(({ name }) => name)).size, OPERATIONS.length);
	for (const operation of OPERATIONS) {
		const names = operation.options.map(({ name }) => name);
		assert.equal(new Set(names).size, names.length, operation.name);
		for (const option of operation.options) {
			for (const text of [...option.example.split(" or "), option.start ?? option.example.split(" or ")[0]])
				assert.notEqual(parseOption(option, text), undefined, `${operation.name} ${option.name}: ${text}`);
		}
	}
});

test("a grouping and what it precedes have no option in common, so that one line of flags or links tells them apart", () => {
	for (const operation of OPERATIONS) {
		const taken = operation.options.map(({ name }) => name);
		const before = groupingsBefore(operation).flatMap((g) => [g.name, ...g.options.slice(1).map(({ name }) => name)]);
		assert.deepEqual(
			before.filter((name) => taken.includes(name)),
			[],
			operation.name,
		);
		assert.equal(new Set(before).size, before.length);
	}
});

test("groupings precede reductions, and labels also anomalies", () => {
	const before = (name) => groupingsBefore(findOperation(name)).map((grouping) => grouping.name);
	assert.deepEqual(before("mean"), ["groupby", "resample", "coarsen", "rolling"]);
	assert.deepEqual(before("anomaly"), ["groupby"]);
	assert.deepEqual(before("scale"), []);
	assert.deepEqual(before("add"), []);
});

test("every step that xarray answered goes through options and their texts unchanged", () => {
	const seen = new Set();
	for (const step of STEPS) {
		const operation = findOperation(step.op);
		assert.ok(operation, step.op);
		seen.add(step.op);
		const values = {};
		for (const option of operation.options) {
			const value = option.path ? step[option.path[0]]?.[option.path[1]] : step[option.name];
			if (value === undefined) continue;
			const text = optionText(option, value);
			values[option.name] = parseOption(option, text);
			assert.deepEqual(values[option.name], value, `${step.op} ${option.name}: ${text}`);
			assert.equal(optionText(option, values[option.name]), text);
		}
		assert.deepEqual(stepFrom(operation, values), step);
	}
	assert.deepEqual([...seen].sort(), OPERATIONS.map(({ name }) => name).sort(), "cases have all of the table");
});

test("texts that stand for nothing", () => {
	const wrong = [
		["mean", "skipna", "yes"],
		["mean", "dims", "a,,b"],
		["trend", "dims", "a,b"],
		["sum", "minCount", "-1"],
		["std", "ddof", "one"],
		["quantile", "q", "0.5,x"],
		["histogram", "bins", "0"],
		["histogram", "bins", "3,2,1"],
		["histogram", "range", "1..2..3"],
		["coarsen", "windows", "lat"],
		["coarsen", "windows", "lat=0"],
		["coarsen", "windows", "lat=2,lat=3"],
		["coarsen", "boundary", "exact"],
		["regrid", "lat", "1:2"],
		["regrid", "lat", "1:2:0"],
		["add", "with", "{}"],
		["add", "with", "{"],
		["add", "with", " "],
	];
	for (const [op, name, text] of wrong) {
		const option = findOperation(op).options.find((o) => o.name === name);
		assert.equal(parseOption(option, text), undefined, `${op} ${name} ${text}`);
	}
});

test("dimensions with odd names", () => {
	const option = findOperation("rolling").options[0];
	const windows = { "a=b,c%": 2, __proto_: 3, "time (days)": 4 };
	assert.deepEqual(parseOption(option, optionText(option, windows)), windows);
	assert.deepEqual(parseOption(option, "100%=2"), { "100%": 2 });
});
