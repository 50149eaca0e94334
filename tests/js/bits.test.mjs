// NIST's reference datasets through the package: their digits, and the same bits for any number of workers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { close, fromSpec, init } from "../../js/dist/index.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const ROOT = path("../../");
const WORKERS = [1, 2, 3, 8];

after(close);

function casesOf(file) {
	const { cases } = JSON.parse(readFileSync(path(`../fixtures/analysis/cases/${file}.json`), "utf8"));
	return cases.filter(({ expected }) => !expected.error);
}

/** The same document, its sources seen from here. */
function here(value) {
	if (Array.isArray(value)) return value.map(here);
	if (typeof value !== "object" || value === null) return value;
	const members = Object.entries(value).map(([key, member]) => [key, key === "source" ? ROOT + member : here(member)]);
	return Object.fromEntries(members);
}

const compute = async (document) => (await fromSpec(here(document))).compute();

/** Correct digits, 15 at most. */
function digits(got, certified) {
	if (got === certified) return 15;
	return Math.min(15, -Math.log10(Math.abs((got - certified) / certified)));
}

function bitsOf(result) {
	const parts = result.variables ? Object.values(result.variables) : [result];
	return parts.map(({ data }) => Buffer.from(Float64Array.from(data, Number).buffer).toString("hex")).join();
}

test("digits of NIST's univariate datasets", async () => {
	await init({ workers: 2 });
	const least = { mean: 15, std: 15 };
	for (const { name, document, expected } of casesOf("nist")) {
		const op = document.steps[0].op;
		const { value } = await compute(document);
		if (op === "median") assert.equal(value, expected.data[0], name);
		else {
			const right = digits(value, expected.data[0]);
			least[op] = Math.min(least[op], right);
			// What is promised of the mean, and of the standard deviation on NumAcc4, where the mean is 10⁸ times as large.
			const wanted = op === "mean" ? 13 : name.startsWith("NumAcc4") ? 9 : 12;
			assert.ok(right >= wanted, `${name}: ${right} digits`);
		}
	}
	console.log(`# fewest correct digits: mean ${least.mean.toFixed(1)}, standard deviation ${least.std.toFixed(1)}`);
});

test("1, 2, 3 and 8 workers give the same bits", async () => {
	const every = (file, n) => casesOf(file).filter((_, i) => i % n === 0);
	const cases = [
		...casesOf("nist"),
		...[
			"mean",
			"std",
			"groupby",
			"resample",
			"weights",
			"trend",
			"quantile",
			"correlation",
			"histogram",
			"chains",
		].flatMap((file) => every(file, 15)),
	];
	const seen = new Map();
	for (const workers of WORKERS) {
		await init({ workers });
		for (const { name, document } of cases) {
			const bits = bitsOf(await compute(document));
			assert.equal(seen.get(JSON.stringify(document)) ?? bits, bits, `${name} with ${workers} workers`);
			seen.set(JSON.stringify(document), bits);
		}
	}
	assert.ok(seen.size > 50, `${seen.size} documents`);
});
