// `zarrscope plot`: which variable, what stands behind, what is dotted, and titles that tell of all steps.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "zarrscope-plot-"));
const SERIES = [{ op: "mean", dims: ["latitude", "longitude"], weights: "area" }];

function documentFile(name, steps) {
	const file = join(folder, `${name}.json`);
	const source = path("../../www/samples/e1.v2.zstd.zarr");
	writeFileSync(file, JSON.stringify({ version: 1, source, variable: "air_temperature", steps }));
	return file;
}

function plot(name, steps, ...flags) {
	const out = join(folder, `${name}.svg`);
	const call = [path("../../js/bin/zarrscope.mjs"), "plot", documentFile(name, steps), "-o", out, "--quiet", ...flags];
	const { status, stderr } = spawnSync(process.execPath, call, { encoding: "utf8" });
	return { status, stderr, svg: status === 0 ? readFileSync(out, "utf8") : "" };
}

test("of a trend each variable is drawn by its name, and chance is dotted", () => {
	const steps = [{ op: "trend", dims: ["time"] }];
	const { svg } = plot("slope", steps);
	assert.match(svg, /<title>Trend of air_temperature over time \(slope\)<\/title><desc>Map of slope \[K year-1\]/);
	const pvalue = plot("pvalue", steps, "--variable", "pvalue").svg;
	assert.match(pvalue, /<desc>Map of pvalue/);
	assert.match(pvalue, />1\.0<\/text>/, "p-values go from 0 to 1");
	assert.ok(plot("dots", steps, "--significance", "0").svg.length > svg.length + 1000);
	const none = plot("none", steps, "--variable", "nothing");
	assert.equal(none.status, 1);
	assert.match(none.stderr, /invalid_document: .*`nothing`.* slope, intercept, stderr, pvalue/);
	assert.equal(plot("two", steps, "--significance", "2").status, 2);
	assert.match(plot("one", SERIES, "--variable", "slope").stderr, /it has air_temperature/);
});

test("a line stands behind a line, and behind nothing else", () => {
	const rolling = [...SERIES, { op: "rolling", windows: { time: 11 } }, { op: "mean" }];
	const raw = documentFile("raw", SERIES);
	const alone = plot("alone", rolling).svg;
	const both = plot("both", rolling, "--behind", raw).svg;
	assert.ok(both.length > alone.length + 500);
	assert.match(both, /then mean by moving window time 11<\/title>/);
	const map = plot("map", [{ op: "mean", dims: ["time"] }], "--behind", raw);
	assert.equal(map.status, 1);
	assert.match(map.stderr, /only a line can be drawn behind a line/);
});

test("titles tell of all steps", () => {
	const inner = { version: 1, source: path("../../www/samples/e1.v2.zstd.zarr"), variable: "air_temperature" };
	const title = (steps) => /<title>(.*)<\/title>/.exec(plot("title", steps).svg)?.[1];
	assert.equal(
		title([...SERIES, { op: "resample", time: "10YS" }, { op: "max" }, { op: "scale", factor: 1.8, offset: -459.67 }]),
		"Mean of air_temperature over latitude and longitude, then maximum by period 10YS, then × 1.8 − 459.67",
	);
	assert.equal(
		title([
			{ op: "mean", dims: ["time"] },
			{ op: "subtract", with: { ...inner, steps: [{ op: "mean", dims: ["time"] }] } },
		]),
		"Mean of air_temperature over time, then − another air_temperature",
	);
});
