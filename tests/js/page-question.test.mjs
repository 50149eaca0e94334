// The page's questions: links that hold every option of every operation, and what picking an operation begins with.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Dataset, findOperation, groupingsBefore, OPERATIONS, parseOption } from "../../js/dist/index.js";

register("./typescript-hook.mjs", import.meta.url);
const { withGrouping, withGroupingOptions, withOperation } = await import("../../www/src/choose.ts");
const { CHOICES, isChoice, stepsOf } = await import("../../www/src/operations.ts");
const { arrayOf, NO_QUESTION } = await import("../../www/src/question.ts");
const { titleOf } = await import("../../www/src/title.ts");
const { fromHash, toHash } = await import("../../www/src/url-state.ts");

const CASES = fileURLToPath(new URL("../fixtures/analysis/cases/", import.meta.url));
const base = { ...NO_QUESTION, source: "https://h.org/a.zarr", variable: "t" };

function roundTrip(question) {
	const { hash, removed } = toHash(question);
	const reading = fromHash(hash);
	assert.deepEqual(reading.notices, [], hash);
	assert.deepEqual(removed, []);
	assert.deepEqual(reading.question, question, hash);
	return hash;
}

/** Values of an operation's options from their examples, but for dimensions. */
function examples({ options }) {
	const fields = options.filter(({ kind }) => kind !== "dims");
	const values = fields.map((option) => [option.name, parseOption(option, option.example.split(" or ")[0])]);
	return Object.fromEntries(values.filter(([name, value]) => value !== fields.find((o) => o.name === name).byDefault));
}

test("the page offers every operation of the table", () => {
	const offered = CHOICES.flatMap(({ operations }) => operations.map(({ name }) => name));
	const wanted = OPERATIONS.filter(({ kind }) => kind !== "grouping").map(({ name }) => name);
	assert.deepEqual([...offered].sort(), [...wanted].sort());
	assert.ok(isChoice("values") && isChoice("mean") && !isChoice("groupby") && !isChoice("nothing"));
});

test("links hold every option of every operation, with every grouping that may come before it", () => {
	for (const operation of OPERATIONS.filter(({ kind }) => kind !== "grouping")) {
		const hasDims = operation.options.some(({ kind }) => kind === "dims");
		const question = {
			...base,
			op: operation.name,
			options: examples(operation),
			dims: hasDims ? ["time"] : undefined,
		};
		roundTrip(question);
		for (const grouping of groupingsBefore(operation)) {
			const hash = roundTrip({ ...question, grouping: { op: grouping.name, options: examples(grouping) } });
			assert.match(hash, new RegExp(`&${grouping.name}=`));
		}
	}
});

test("links hold what xarray answered, if it has one operation and one grouping at most", () => {
	let count = 0;
	for (const file of readdirSync(CASES)) {
		for (const { document, expected } of JSON.parse(readFileSync(CASES + file, "utf8")).cases) {
			const question = expected.error ? undefined : questionOf(document.steps ?? []);
			if (!question) continue;
			const { question: read, notices } = fromHash(toHash(question).hash);
			assert.deepEqual(notices, []);
			assert.deepEqual(stepsOf(read), stepsOf(question));
			count += 1;
		}
	}
	assert.ok(count > 500, String(count));
});

/** The question of a document's steps, if the page can ask it; what holds by default is left out, as the page does. */
function questionOf(steps) {
	const [last, before, more] = [...steps].reverse();
	if (!last || more || (before && findOperation(before.op)?.kind !== "grouping")) return undefined;
	if (!findOperation(last.op) || findOperation(last.op).kind === "grouping") return undefined;
	const valuesOf = (step) => {
		const fields = findOperation(step.op).options.filter(({ kind }) => kind !== "dims");
		const values = fields.map((o) => [o, o.path ? step[o.path[0]]?.[o.path[1]] : step[o.name]]);
		const own = values.filter(([o, value]) => value !== undefined && value !== o.byDefault);
		return Object.fromEntries(own.map(([{ name }, value]) => [name, value]));
	};
	const grouping = before && { op: before.op, options: valuesOf(before) };
	return { ...base, op: last.op, dims: last.dims, options: valuesOf(last), grouping };
}

test("what a link says that cannot be is told, and the rest is read", () => {
	const { question, notices } = fromHash(
		"#v1&source=s&variable=t&op=mean&resample=MS&boundary=no&skipna=perhaps&what=1",
	);
	assert.deepEqual(question.grouping, { op: "resample", options: { time: "MS" } });
	assert.match(notices.join(), /what, skipna/);
	assert.equal(fromHash("#v1&source=s&variable=t&op=scale&groupby=time.month").question.grouping, undefined);
	assert.match(fromHash("#v1&source=s&variable=t&op=groupby").notices.join(), /not understood: op/);
});

test("the document of an operand loses its secrets in links, on their way out and in", () => {
	const secret = {
		version: 1,
		source: "https://u:p@h.org/b.zarr?sig=abc&x=1",
		variable: "w",
		storage: { query: "sig=def", headers: { A: "b" }, region: "eu" },
	};
	const question = { ...base, op: "add", options: { with: secret } };
	const { hash, removed } = toHash(question);
	assert.doesNotMatch(decodeURIComponent(hash), /abc|def|u:p|headers/);
	assert.deepEqual([...removed].sort(), ["headers", "query", "sig", "user name and password"]);
	const open = { version: 1, source: "https://h.org/b.zarr?x=1", variable: "w", storage: { region: "eu" } };
	assert.deepEqual(fromHash(hash).question.options.with, open);
	const typed = fromHash(`#v1&source=s&variable=t&op=add&with=${encodeURIComponent(JSON.stringify(secret))}`);
	assert.deepEqual(typed.question.options.with, open);
	assert.match(typed.notices.join(), /may be secret/);
});

const array = (name, dims, shape, role = null) => ({
	path: name,
	name,
	group: "",
	dims,
	shape,
	role,
	dtype: "float32",
	coordinates: [],
	attrs: {},
	problem: null,
});
const arrays = [
	array("t", ["time", "lat", "lon"], [120, 7, 12]),
	array("cold", ["time", "lat", "lon"], [120, 7, 12]),
	array("time", ["time"], [120], "time"),
	array("lat", ["lat"], [7], "latitude"),
	array("lon", ["lon"], [12], "longitude"),
	array("basin", ["lon"], [12]),
];
/** What a dataset asks of its source's description. */
const info = {
	source: "s",
	arrays,
	arrayPaths: arrays.map(({ path }) => path),
	groups: [],
	notices: [],
	array: (path) => arrays.find((one) => one.path === path),
	arraysIn: () => arrays,
};
const dataset = new Dataset(info, "s", undefined, "");
const [t] = arrays;
const pick = (question, op) => withOperation(question, op, t, dataset);
const group = (question, name, options) => withGrouping(question, name, t, dataset, options);
const first = { ...base, select: { time: { index: 0 } } };

test("an operation that is picked begins with what it needs, and leaves a picture", () => {
	const begins = {
		mean: [[{ op: "mean", dims: ["time"] }], {}],
		quantile: [[{ op: "quantile", q: 0.5, dims: ["time"] }], {}],
		argmax: [[{ op: "argmax", dims: ["time"] }], {}],
		trend: [[{ op: "trend", dims: ["time"] }], {}],
		correlation: [[{ op: "correlation", with: "cold", dims: ["time"] }], {}],
		histogram: [[{ op: "histogram", dims: ["lat", "lon"] }], first.select],
		anomaly: [[{ op: "anomaly", dims: ["lat", "lon"] }], first.select],
		scale: [[{ op: "scale" }], first.select],
		multiply: [[{ op: "multiply", with: 1 }], first.select],
	};
	for (const [op, [steps, select]] of Object.entries(begins)) {
		const question = pick(first, op);
		assert.deepEqual(stepsOf(question), steps, op);
		assert.deepEqual(question.select, select, op);
		assert.ok(arrayOf(question, dataset).dims.length <= 2, op);
	}
	for (const { operations } of CHOICES)
		for (const { name, options } of operations) {
			const question = pick(first, name);
			roundTrip(question);
			for (const option of options.filter((o) => o.required && o.kind !== "dims"))
				assert.notEqual(question.options[option.name], undefined, `${name} ${option.name}`);
		}
	assert.deepEqual(stepsOf(pick(pick(first, "add"), "correlation"))[0].with, "cold", "a number is no variable");
	assert.deepEqual(pick(pick(first, "mean"), "values").select, first.select);
});

test("a grouping begins with a line over all groups, windows with the map; both go when they cannot stay", () => {
	const months = group(pick(first, "mean"), "groupby");
	assert.deepEqual(stepsOf(months), [
		{ op: "groupby", by: "time.month" },
		{ op: "mean", dims: ["time", "lat", "lon"] },
	]);
	assert.deepEqual(arrayOf(months, dataset).dims, ["month"]);
	assert.deepEqual(stepsOf(pick(months, "max"))[1], { op: "max", dims: ["time", "lat", "lon"] });
	const blocks = group(pick(first, "mean"), "coarsen");
	assert.deepEqual(stepsOf(blocks), [{ op: "coarsen", windows: { lat: 3, lon: 3 }, boundary: "trim" }, { op: "mean" }]);
	assert.deepEqual(blocks.select, first.select);
	const along = withGroupingOptions(blocks, { op: "rolling", options: { windows: { time: 12 } } }, t, dataset);
	assert.deepEqual(along.select, {}, "what a window moves along is taken whole");
	assert.deepEqual(stepsOf(pick(months, "scale")), [{ op: "scale" }]);
	const anomaly = pick(months, "anomaly");
	assert.deepEqual(stepsOf(anomaly), [{ op: "groupby", by: "time.month" }, { op: "anomaly" }]);
	assert.deepEqual(stepsOf(group(anomaly, undefined)), [{ op: "anomaly", dims: ["lat", "lon"] }]);
	assert.deepEqual(stepsOf(group(pick(first, "argmax"), "groupby"))[1], { op: "argmax" }, "one dimension at most");
	const basins = group(pick(first, "mean"), "groupby", { by: "basin" });
	assert.deepEqual(arrayOf(basins, dataset).dims, ["basin"]);
});

test("regridding begins with the variable's own axes, half as fine", () => {
	const values = (from, step, n) => ({ values: Array.from({ length: n }, (_, i) => from + step * i) });
	const coordinates = { lat: values(60, -2.5, 7), lon: values(0.5, 1, 12) };
	const { options } = withOperation(first, "regrid", t, dataset, coordinates);
	assert.deepEqual(options.lat, { from: 45, to: 60, step: 5 });
	assert.deepEqual(options.lon, { from: 2, to: 10, step: 2 });
	assert.equal(options.method, "bilinear");
	assert.deepEqual(withOperation(first, "regrid", t, dataset).options.lat, { from: -80, to: 80, step: 10 });
});

test("titles", () => {
	const result = { variable: "t", longName: "temperature" };
	const title = (question) => titleOf(question, result);
	assert.equal(title(pick(first, "mean")), "Mean of temperature over time");
	assert.equal(title(group(pick(first, "max"), "groupby")), "Maximum of temperature by month over time, lat and lon");
	assert.equal(title(group(pick(first, "mean"), "coarsen")), "Mean of temperature by block lat 3, lon 3");
	assert.equal(title(pick(first, "quantile")), "Quantile 0.5 of temperature over time");
	assert.equal(title(pick(first, "divide")), "temperature ÷ 1");
	assert.equal(title(pick(first, "covariance")), "Covariance of temperature with cold over time");
	assert.equal(title(first), "temperature");
});
