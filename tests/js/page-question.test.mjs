// The page's questions: links that hold every option of every operation, and what picking an operation begins with.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
	Dataset,
	findOperation,
	groupingsBefore,
	OPERATIONS,
	parseOption,
	titleOf,
	ZarrscopeError,
} from "../../js/dist/index.js";

register("./typescript-hook.mjs", import.meta.url);
const { withGrouping, withGroupingOptions, withOperation } = await import("../../www/src/choose.ts");
const { companionsOf } = await import("../../www/src/companions.ts");
const { endText, estimateText } = await import("../../www/src/estimates.ts");
const { LIMITS, limitText } = await import("../../www/src/limits.ts");
const { linkedDocument } = await import("../../www/src/linked-document.ts");
const { CHOICES, documentSteps, isChoice, NO_STEP } = await import("../../www/src/operations.ts");
const { arrayOf, askedArray, MAX_STEPS, NO_QUESTION } = await import("../../www/src/question.ts");
const { stepOfError } = await import("../../www/src/step-errors.ts");
const { canAdd, settled, withoutStep, withStepAdded, withStepMovedUp } = await import("../../www/src/steps.ts");
const { fromHash, toHash } = await import("../../www/src/url-state.ts");

const CASES = fileURLToPath(new URL("../fixtures/analysis/cases/", import.meta.url));
const base = { ...NO_QUESTION, source: "https://h.org/a.zarr", variable: "t" };
const stepsOf = ({ steps }) => documentSteps(steps);
/** A question of steps that say what differs from nothing. */
const asking = (...steps) => ({ ...base, steps: steps.map((step) => ({ ...NO_STEP, ...step })) });

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
		const step = { op: operation.name, options: examples(operation), dims: hasDims ? ["time"] : undefined };
		roundTrip(asking(step));
		for (const grouping of groupingsBefore(operation)) {
			const grouped = { ...step, grouping: { op: grouping.name, options: examples(grouping) } };
			assert.match(roundTrip(asking(grouped)), new RegExp(`&${grouping.name}=`));
			assert.match(roundTrip(asking(step, grouped, step)), new RegExp(`&2.op=.*&2.${grouping.name}=.*&3.op=`));
		}
	}
});

test("links hold everything that xarray answered", () => {
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
	assert.ok(count > 800, String(count));
});

/** The question of a document's steps, if it has any; what holds by default is left out, as the page does. */
function questionOf(steps) {
	const asked = [];
	let grouping;
	for (const step of steps) {
		const operation = findOperation(step.op);
		if (!operation) return undefined;
		const fields = operation.options.filter(({ kind }) => kind !== "dims");
		const values = fields.map((o) => [o, o.path ? step[o.path[0]]?.[o.path[1]] : step[o.name]]);
		const own = values.filter(([o, value]) => value !== undefined && value !== o.byDefault);
		const options = Object.fromEntries(own.map(([{ name }, value]) => [name, value]));
		if (operation.kind === "grouping") grouping = { op: step.op, options };
		else {
			asked.push({ op: step.op, dims: step.dims, options, grouping });
			grouping = undefined;
		}
	}
	return asked.length > 0 && !grouping ? asking(...asked) : undefined;
}

test("what a link says that cannot be is told, and the rest is read", () => {
	const { question, notices } = fromHash(
		"#v1&source=s&variable=t&op=mean&resample=MS&boundary=no&skipna=perhaps&what=1",
	);
	assert.deepEqual(question.steps[0].grouping, { op: "resample", options: { time: "MS" } });
	assert.match(notices.join(), /what, skipna/);
	assert.equal(fromHash("#v1&source=s&variable=t&op=scale&groupby=time.month").question.steps[0].grouping, undefined);
	assert.match(fromHash("#v1&source=s&variable=t&op=groupby").notices.join(), /not understood: op/);
});

test("the document of an operand loses its secrets in links, on their way out and in", () => {
	const secret = {
		version: 1,
		source: "https://u:p@h.org/b.zarr?sig=abc&x=1",
		variable: "w",
		storage: { query: "sig=def", headers: { A: "b" }, region: "eu" },
	};
	const question = asking({ op: "mean" }, { op: "add", options: { with: secret } });
	const { hash, removed } = toHash(question);
	assert.doesNotMatch(decodeURIComponent(hash), /abc|def|u:p|headers/);
	assert.deepEqual([...removed].sort(), ["headers", "query", "sig", "user name and password"]);
	const open = { version: 1, source: "https://h.org/b.zarr?x=1", variable: "w", storage: { region: "eu" } };
	assert.deepEqual(fromHash(hash).question.steps[1].options.with, open);
	const typed = fromHash(`#v1&source=s&variable=t&op=add&with=${encodeURIComponent(JSON.stringify(secret))}`);
	assert.deepEqual(typed.question.steps[0].options.with, open);
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
const setting = (at = 0) => ({ at, array: t, dataset });
const pick = (question, op, at) => withOperation(question, op, setting(at));
const group = (question, name, options, at) => withGrouping(question, name, setting(at), options);
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
				assert.notEqual(question.steps[0].options[option.name], undefined, `${name} ${option.name}`);
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
	const along = withGroupingOptions(blocks, { op: "rolling", options: { windows: { time: 12 } } }, setting());
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
	const { options } = withOperation(first, "regrid", { ...setting(), coordinates }).steps[0];
	assert.deepEqual(options.lat, { from: 45, to: 60, step: 5 });
	assert.deepEqual(options.lon, { from: 2, to: 10, step: 2 });
	assert.equal(options.method, "bilinear");
	assert.deepEqual(pick(first, "regrid").steps[0].options.lat, { from: -80, to: 80, step: 10 });
});

test("titles", () => {
	const result = { variable: "t", longName: "temperature" };
	const title = (question) => titleOf(stepsOf(question), result);
	assert.equal(title(pick(first, "mean")), "Mean of temperature over time");
	assert.equal(title(group(pick(first, "max"), "groupby")), "Maximum of temperature by month over time, lat and lon");
	assert.equal(title(group(pick(first, "mean"), "coarsen")), "Mean of temperature by block lat 3, lon 3");
	assert.equal(title(pick(first, "quantile")), "Quantile 0.5 of temperature over time");
	assert.equal(title(pick(first, "divide")), "temperature ÷ 1");
	assert.equal(title(pick(first, "covariance")), "Covariance of temperature with cold over time");
	assert.equal(title(first), "temperature");
	const chain = pick(withStepAdded(pick(first, "mean")), "subtract", 1);
	assert.equal(title(chain), "Mean of temperature over time, then − 0");
	const rolled = group(pick(withStepAdded(pick(first, "mean")), "max", 1), "rolling", {}, 1);
	assert.equal(title(rolled), "Mean of temperature over time, then maximum by moving window lat 3, lon 3");
});

test("a later step begins with what the steps before it have left", () => {
	const months = group(pick(first, "mean"), "groupby", { by: "time.month" });
	const added = withStepAdded(months);
	assert.ok(canAdd(months) && !canAdd(added) && !canAdd(base), "nothing follows what was not picked");
	assert.deepEqual(stepsOf(added), stepsOf(months), "a step that was not picked does nothing");
	const chain = pick(added, "max", 1);
	assert.deepEqual(stepsOf(chain)[2], { op: "max", dims: ["month"] });
	assert.deepEqual(arrayOf(chain, dataset).dims, []);
	const rolled = group(chain, "rolling", {}, 1);
	assert.deepEqual(stepsOf(rolled)[2], { op: "rolling", windows: { month: 3 } });
	assert.deepEqual(rolled.select, months.select, "what is selected concerns the first step alone");
	roundTrip(rolled);
	const map = pick(withStepAdded(pick(first, "mean")), "trend", 1);
	assert.deepEqual(stepsOf(map)[1], { op: "trend", dims: ["lat"] });
	for (const { operations } of CHOICES)
		for (const { name } of operations) roundTrip(pick(withStepAdded(pick(first, "mean")), name, 1));
	const twelve = Array.from({ length: MAX_STEPS }, () => ({ op: "scale" }));
	assert.ok(canAdd(asking(...twelve.slice(1))) && !canAdd(asking(...twelve)));
});

test("steps that go, move or change leave only dimensions that are there", () => {
	const chain = asking({ op: "mean", dims: ["time"] }, { op: "max", dims: ["lat", "lon"] }, { op: "scale" });
	const changed = { ...chain, steps: [{ ...NO_STEP, op: "mean", dims: ["time", "lat"] }, ...chain.steps.slice(1)] };
	assert.deepEqual(settled(changed, t, dataset).steps[1].dims, ["lon"]);
	assert.deepEqual(stepsOf(withoutStep(chain, 0, t, dataset)), [{ op: "max", dims: ["lat", "lon"] }, { op: "scale" }]);
	assert.deepEqual(stepsOf(withStepMovedUp(chain, 2, t, dataset))[1], { op: "scale" });
	const up = withStepMovedUp({ ...chain, select: { lat: { index: 0 }, lon: { index: 1 } } }, 1, t, dataset);
	assert.deepEqual(stepsOf(up)[0], { op: "max", dims: ["lat", "lon"] });
	assert.deepEqual(up.select, {}, "what the first step works on is taken whole");
	const blocks = asking(
		{ op: "mean", dims: ["lat"] },
		{ op: "mean", grouping: { op: "coarsen", options: { windows: { lat: 2 } } } },
	);
	assert.equal(settled(blocks, t, dataset).steps[1].grouping, undefined);
	assert.deepEqual(withoutStep(asking({ op: "mean" }), 0, t, dataset).steps, [NO_STEP]);
});

test("links of several steps", () => {
	const { question, notices } = fromHash(
		"#v1&source=s&variable=t&op=mean&dims=time&3.op=scale&3.factor=2&2.op=quantile&2.q=0.5&show=pvalue&maxBytes=50000000",
	);
	assert.deepEqual(notices, []);
	assert.deepEqual(stepsOf(question), [
		{ op: "mean", dims: ["time"] },
		{ op: "quantile", q: 0.5 },
		{ op: "scale", factor: 2 },
	]);
	assert.deepEqual([question.shows, question.maxBytes], ["pvalue", 50_000_000]);
	roundTrip(question);
	const odd = fromHash("#v1&source=s&variable=t&op=mean&13.op=mean&0.op=mean&2.what=1&maxBytes=-1&2.op=nothing");
	assert.equal(odd.question.steps.length, 1);
	assert.match(odd.notices.join(), /13\.op, 0\.op, 2\.what, maxBytes, 2\.op/);
});

test("links of several variables, and of estimates that end at an error", () => {
	const several = { ...asking({ op: "mean" }), others: ["a/u", "b,c"], relativeError: 0.01 };
	assert.match(roundTrip(several), /&variables=t,a\/u,b%2Cc&op=mean&relativeError=0\.01$/);
	roundTrip({ ...base, others: ["u"] });
	const odd = fromHash("#v1&source=s&variables=t,,u&relativeError=0&op=mean");
	assert.match(odd.notices.join(), /variables, relativeError/);
	assert.deepEqual(fromHash("#v1&source=s&variables=/t/,u,t").question.others, ["u"]);
	assert.equal(fromHash("#v1&source=s&variables=t,u").asks, false, "their first maps");
	const document = linkedDocument("#v1&source=https://h.org/a.zarr&variables=t,u&op=mean", "https://page.org/");
	assert.deepEqual([document.variable, document.variables], [undefined, ["t", "u"]]);
});

test("several variables are asked together, unless there is an answer for one only", () => {
	const two = { ...pick(first, "mean"), others: ["cold"] };
	assert.deepEqual(askedArray(two, dataset).toSpec().variables, ["t", "cold"]);
	assert.deepEqual(withOperation(two, "max", setting()).others, ["cold"]);
	const refused = (question) => assert.throws(() => askedArray(question, dataset), { code: "unsupported" });
	refused(pick(two, "trend"));
	refused({ ...two, relativeError: 0.01 });
	const { precision } = askedArray({ ...two, others: [], relativeError: 0.01 }, dataset).toSpec();
	assert.deepEqual(precision, { relativeError: 0.01 });
	assert.deepEqual(
		companionsOf(t, dataset).map(({ path }) => path),
		["cold"],
	);
});

test("what is said of an estimate's end", () => {
	const result = { data: [10, 10], standardError: [0.1, 0.1], estimate: { chunksSampled: 3, chunks: 30 } };
	const shown = (limit, more = {}) => ({ question: { ...base, ...limit }, result: { ...result, ...more } });
	const byError = shown({ relativeError: 0.02 });
	assert.equal(estimateText(byError), "estimate ± 1 % (standard error) from 10 % of the chunks");
	assert.equal(endText(byError), ", ended at the error asked for (2 %)");
	assert.equal(endText(shown({ relativeError: 0.001, maxBytes: 5e6 })), ", ended at the bytes asked for (5 MB)");
	assert.equal(estimateText(shown({ maxBytes: 5e6 })), "estimate from 10 % of the chunks");
	assert.equal(endText(shown({ relativeError: 0.001 }, { estimate: { chunksSampled: 30, chunks: 30 } })), "");
	assert.deepEqual(LIMITS.map(limitText), ["50 MB read", "± 5 %", "± 1 %", "± 0.1 %"]);
});

test("an error is told at the step that it names", () => {
	const at = (question, code, message, of = "run") =>
		stepOfError({ question, failure: { of, error: new ZarrscopeError({ code, message }) } });
	const chain = asking(
		{ op: "mean", dims: ["time"] },
		{ op: "trend", dims: ["lat"] },
		{ op: "subtract", options: { with: "w" } },
	);
	assert.equal(at(chain, "invalid_document", 'trend over "time": there is lat'), 1);
	assert.equal(at(chain, "not_found", 'w: no array "w"'), 2);
	assert.equal(at(chain, "unsupported", "not supported yet: mean of text"), 0);
	assert.equal(at(chain, "offline", "the mean server"), undefined, "another question does not mend it");
	assert.equal(at(chain, "invalid_document", "meaning nothing"), undefined);
	assert.equal(
		at(asking({ op: "mean" }), "invalid_document", "mean over nothing"),
		undefined,
		"one step needs no place",
	);
});
