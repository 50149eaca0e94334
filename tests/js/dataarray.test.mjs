// Lazy arrays: the methods of xarray's names make the documents that xarray answered; dimensions and shapes; results.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { DataArray, Result } from "../../js/dist/index.js";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const array = (name, dims, shape, role = null) => ({
	path: name,
	name,
	group: "",
	dims,
	shape,
	role,
	coordinates: [],
	attrs: {},
});
const ARRAYS = [
	array("t", ["time", "lat", "lon"], [120, 7, 12]),
	array("cold", ["time", "lat", "lon"], [120, 7, 12]),
	array("profile", ["lat", "level"], [7, 3]),
	array("time", ["time"], [120], "time"),
	array("lat", ["lat"], [7], "latitude"),
	array("lon", ["lon"], [12], "longitude"),
	array("basin", ["lon"], [12]),
	array("mask", ["lat", "lon"], [7, 12]),
];

/** The array of a case's document, without its steps. */
function bare({ steps: _, ...document }) {
	const known = { array: (wanted) => ARRAYS.find(({ path: own }) => own === wanted) };
	return new DataArray(document, ARRAYS[0], known);
}

const t = bare({ version: 1, source: "s", variable: "t" });

/** A case that has exactly these steps. */
function caseOf(file, steps) {
	const { cases } = JSON.parse(readFileSync(path(`../fixtures/analysis/cases/${file}.json`), "utf8"));
	const found = cases.find(({ document }) => JSON.stringify(document.steps) === JSON.stringify(steps));
	assert.ok(found, `${file}: ${JSON.stringify(steps)}`);
	return found.document;
}

/** A call gives the document of the case with the same steps, which must be there. */
function same(file, call) {
	const made = call(t).toSpec().steps;
	const document = caseOf(file, made);
	assert.deepEqual(call(bare(document)).toSpec(), document);
}

test("methods make the documents that xarray answered", () => {
	same("median", (a) => a.median("time"));
	same("quantile", (a) => a.quantile([0.25, 0.75]));
	same("argmin", (a) => a.argmin("time"));
	same("argmax", (a) => a.argmax("time", { skipna: false }));
	same("groupby", (a) => a.groupby("time.month").mean());
	same("groupby", (a) => a.groupby("time.season").mean());
	same("anomaly", (a) => a.groupby("time.month").anomaly());
	same("anomaly", (a) => a.anomaly("time", { skipna: false }));
	same("anomaly", (a) => a.mean("lon").anomaly("lat"));
	same("resample", (a) => a.resample({ time: "QS-DEC" }).mean());
	same("coarsen", (a) => a.coarsen({ time: 8, lat: 2, lon: 4 }, { boundary: "trim" }).std());
	same("rolling", (a) => a.rolling({ time: 5 }, { center: true, minPeriods: 2 }).sum());
	same("rolling", (a) => a.rolling({ time: 3 }).mean());
	same("scale", (a) => a.scale({ factor: 1.8, offset: -459.67, units: "degF" }));
	same("cumsum", (a) => a.cumsum(["time", "lon"]));
	same("cumsum", (a) => a.cumsum("time", { skipna: false }));
	same("trend", (a) => a.trend("time"));
	same("correlation", (a) => a.correlation("cold", "time"));
	same("covariance", (a) => a.covariance("cold", "time", { ddof: 0 }));
	same("regrid", (a) =>
		a.regrid({
			method: "bilinear",
			lat: { from: -75, to: 75, step: 30 },
			lon: { from: 0, to: 330, step: 30 },
		}),
	);
	for (const op of ["add", "subtract", "multiply", "divide"]) {
		same(op, (a) => a[op](273.15));
		same(op, (a) => a[op]("cold"));
	}
	same("histogram", (a) =>
		a.histogram({ bins: 5, range: [260, 310], with: { variable: "cold", bins: 4, range: [235, 265] } }),
	);
	same("chains", (a) =>
		a.scale({ offset: -273.15, units: "degC" }).resample({ time: "QS-DEC" }).max().quantile([0.1, 0.9], "time"),
	);
	same("chains", (a) =>
		a
			.mean(["lat", "lon"], { weights: "area" })
			.resample({ time: "YS" })
			.mean()
			.anomaly("time")
			.rolling({ time: 3 }, { center: true, minPeriods: 1 })
			.mean(),
	);
});

test("another array becomes the document that it stands for", () => {
	const other = bare({ version: 1, source: "tests/fixtures/analysis/stores/grid.zarr", variable: "t" });
	const mean = other.mean("time");
	const document = caseOf("subtract", [{ op: "subtract", with: mean.toSpec() }]);
	assert.deepEqual(bare(document).subtract(mean).toSpec(), document);
	assert.deepEqual(mean.toSpec().steps, [{ op: "mean", dims: ["time"] }], "and stays what it was");
});

test("a method leaves its array, and what it was given, alone", () => {
	const windows = { lat: 2 };
	const grouped = t.coarsen(windows, { boundary: "pad" });
	const made = grouped.max();
	windows.lat = 5;
	assert.equal(t.toSpec().steps, undefined);
	assert.deepEqual(made.toSpec().steps[0], { op: "coarsen", windows: { lat: 2 }, boundary: "pad" });
});

test("dimensions and shapes after steps", () => {
	const outline = (a) => [a.dims.join(), a.shape];
	assert.deepEqual(outline(t.groupby("time.month").mean()), ["month,lat,lon", [undefined, 7, 12]]);
	assert.deepEqual(outline(t.groupby("time.month").mean(["time", "lat"])), ["month,lon", [undefined, 12]]);
	assert.deepEqual(outline(t.groupby("basin").max()), ["time,lat,basin", [120, 7, undefined]]);
	assert.deepEqual(outline(t.groupby("time.season").anomaly()), ["time,lat,lon", [undefined, 7, 12]]);
	assert.deepEqual(outline(t.resample({ time: "MS" }).sum()), ["time,lat,lon", [undefined, 7, 12]]);
	assert.deepEqual(outline(t.coarsen({ time: 7, lat: 2 }, { boundary: "trim" }).mean()), ["time,lat,lon", [17, 3, 12]]);
	assert.deepEqual(outline(t.coarsen({ time: 7, lat: 2 }, { boundary: "pad" }).mean()), ["time,lat,lon", [18, 4, 12]]);
	assert.deepEqual(outline(t.rolling({ time: 3 }).mean()), ["time,lat,lon", [120, 7, 12]]);
	assert.deepEqual(outline(t.quantile([0.1, 0.9], "time")), ["quantile,lat,lon", [2, 7, 12]]);
	assert.deepEqual(outline(t.quantile(0.5, "time")), ["lat,lon", [7, 12]]);
	assert.deepEqual(outline(t.histogram({ bins: 4, dims: "time" })), ["lat,lon,bin", [7, 12, 4]]);
	assert.deepEqual(outline(t.histogram({ with: { variable: "cold", bins: [0, 1, 2] } })), ["bin,bin_2", [10, 2]]);
	assert.deepEqual(outline(t.trend("time")), ["lat,lon", [7, 12]]);
	assert.deepEqual(outline(t.correlation("cold", "time")), ["lat,lon", [7, 12]]);
	assert.deepEqual(outline(t.correlation("cold")), ["", []]);
	assert.deepEqual(outline(t.add("profile")), ["time,lat,lon,level", [120, 7, 12, 3]]);
	assert.deepEqual(outline(t.cumsum("time").anomaly("lat").scale({ factor: 2 })), ["time,lat,lon", [120, 7, 12]]);
	const grid = { method: "nearest", lat: { from: 0, to: 1, step: 0.1 }, lon: [1, 2, 3] };
	assert.deepEqual(outline(t.isel({ time: 0 }).regrid(grid)), ["lat,lon", [11, 3]]);
	assert.equal(t.groupby("time.month").dim, "time");
	assert.equal(t.groupby("basin").dim, "lon");
	assert.equal(t.groupby("mask").dim, undefined, "two dimensions are no group");
	assert.equal(t.groupby("time.month").mean().groupby("month").dim, "month");
});

test("a result of several variables, as JSON and as CSV", () => {
	const raw = {
		variable: "a/t",
		dims: ["lat"],
		shape: [2],
		dtype: "float64",
		coords: { lat: [1, 2] },
		scalarCoords: {},
		coordAttrs: {},
		variables: {
			slope: { units: "K year-1", data: Float64Array.of(1, Number.NaN) },
			pvalue: { dims: ["lat"], shape: [2], dtype: "float64", data: Float64Array.of(0.5, Number.POSITIVE_INFINITY) },
		},
	};
	const result = new Result(raw, { chunks: 1 });
	assert.deepEqual(result.variables.slope.dims, ["lat"]);
	assert.equal(result.units, "K year-1");
	assert.equal(result.data, raw.variables.slope.data, "what pictures show");
	const json = result.toJSON();
	assert.ok(!("data" in json));
	assert.deepEqual(json.variables.slope.data, [1, null]);
	assert.deepEqual(json.variables.pvalue.data, [0.5, "Infinity"]);
	assert.equal(result.toCSV(), "lat,slope,pvalue\n1,1,0.5\n2,,Infinity\n");
	// As it reaches the page's worker that writes files.
	assert.deepEqual(new Result({ ...result }, result.stats).toJSON(), json);
});
