// The dashboard in a cell of a running notebook: what Python sets is shown, what is shown and computed is Python's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../browser/harness.mjs";
import { startGuarded } from "./guarded.mjs";
import { notebook, startJupyter } from "./jupyter.mjs";
import { byId, drawn, startPages } from "./pages.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let pages;
let guard;
let jupyter;
let page;

/** Compares the widget's result with what xarray and Dask make of the same document, and tells what it is. */
const TELL = `
import numpy as np, xarray as xr
result = scope.result
xr.testing.assert_allclose(result, zarrscope.run(scope.document), rtol=1e-12)
array = result["air_temperature"]
print("TOLD", json.dumps({
    "dims": array.dims, "shape": array.shape, "units": array.attrs["units"], "steps": scope.document["steps"],
    "coords": sorted(map(str, array.coords)), "numpy": str(scope.array.dtype), "same": bool((scope.array == array.values).all()),
    "status": scope.status, "news": news,
}))`;

/** What of a signed store's widget Python knows: no signature, once the page has answered. */
const TELL_SIGNED = `
wanted = zarrscope.run({**signed.document, "source": plain})
print("TOLD", json.dumps({
    "value": float(signed.result["air_temperature"]), "wanted": float(wanted["air_temperature"]), "status": signed.status,
    "storage": signed.document.get("storage"),
}))`;

before(async () => {
	pages = await startPages();
	const source = `${pages.data.url}/www/samples/e1.v2.zstd.zarr`;
	guard = await startGuarded(pages.data.url, "sig=SECRET");
	const guarded = source.replace(pages.data.url, guard.url);
	const cells = [
		`import json, warnings, zarrscope; warnings.simplefilter("ignore"); news = []
scope = zarrscope.Scope("${source}", "air_temperature", steps=[{"op": "mean", "dims": ["time"]}])
scope.observe(lambda change: news.append(dict(change.new.sizes)), "result")
scope`,
		TELL,
		'scope.document = {**scope.document, "steps": [{"op": "mean", "dims": ["latitude", "longitude"], "weights": "area"}]}',
		TELL,
		TELL,
		`import xarray as xr
ds = xr.open_zarr("${source}")
zarrscope.show(ds.air_temperature.isel(time=3).sel(latitude=slice(0, 30)), height=300)`,
		"zarrscope.show(ds.air_temperature + 1)",
		'scope.document = {**scope.document, "variable": "nothing"}',
		'print("TOLD", json.dumps([scope.status, scope.error]))',
		`zarrscope.Scope("${source}", "air_temperature", steps=[{"op": "min", "dims": ["time"]}])`,
		`plain = "${source}"
signed = zarrscope.Scope("${guarded}", "air_temperature", steps=[{"op": "mean"}], storage={"query": "sig=SECRET"})
signed`,
		TELL_SIGNED,
		'signed.document = {**signed.document, "steps": [{"op": "max"}]}',
		TELL_SIGNED,
		'signed.document = {**signed.document, "decode": False}',
		'print("TOLD", json.dumps(signed.error))',
	];
	jupyter = await startJupyter({ "live.ipynb": notebook(cells.map((source) => ({ source }))) });
	page = await pages.visit(`${jupyter.url}/lab/tree/live.ipynb`);
	await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
});

after(async () => {
	if (process.env.SHOT) await page?.screenshot({ path: process.env.SHOT });
	await jupyter?.close();
	guard?.close();
	await pages?.close();
});

/** Runs a cell as a user does, and waits until it is done. */
async function run(number) {
	const cell = page.locator(".jp-Notebook-cell").nth(number);
	const prompt = cell.locator(".jp-InputPrompt");
	// An editor that JupyterLab is just making takes no keys yet, and its prompt may still be empty.
	for (let tries = 0; /^(\[ \]:)?$/.test((await prompt.innerText()).trim()) && tries < 10; tries += 1) {
		await cell.locator(".cm-content").click();
		await page.keyboard.press("Control+Enter");
		await page.waitForTimeout(1000);
	}
	await prompt.filter({ hasText: /\[\d+\]/ }).waitFor();
	return cell;
}

let broken = false;

/** Each stands on what the one before did: after a failure the rest could only wait in vain. */
function step(name, body) {
	test(name, async (t) => {
		if (broken) return t.skip("a step before failed");
		broken = true;
		await body();
		broken = false;
	});
}

async function told(number) {
	const cell = await run(number);
	const text = await cell.locator(".jp-OutputArea-output").first().innerText();
	assert.match(text, /^TOLD /);
	return JSON.parse(text.slice("TOLD ".length));
}

/** What the dashboard draws, by its heading. */
const figureTitle = (text) => byId(page, "figure-title").filter({ hasText: text }).waitFor({ state: "attached" });
const done = () => byId(page, "status").filter({ hasText: /^Done/ }).waitFor();

step("what Python asks is drawn in the cell, and comes back as a Dataset", async () => {
	await run(0);
	await figureTitle(/Mean of air_temperature over time/);
	await drawn(page, "map").waitFor();
	await done();
	const first = await told(1);
	assert.deepEqual([first.dims, first.shape, first.units], [["latitude", "longitude"], [37, 49], "K"]);
	assert.deepEqual(first.coords, ["forecast_reference_time", "height", "latitude", "longitude"]);
	assert.deepEqual([first.numpy, first.same, first.status], ["float64", true, "done"]);

	await run(2);
	await figureTitle(/over latitude and longitude/);
	await done();
	const second = await told(3);
	assert.deepEqual([second.dims, second.shape], [["time"], [240]]);
	assert.deepEqual(second.news, [{ latitude: 37, longitude: 49 }, { time: 240 }]);
});

step("what is asked in the cell is Python's, too", async () => {
	await byId(page, "operation-select").selectOption("max");
	await figureTitle(/^Maximum of/);
	await done();
	const { steps } = await told(4);
	assert.deepEqual(
		steps.map(({ op }) => op),
		["max"],
	);
});

step("an xarray object's selection is carried over into a picture; what was computed is refused", async () => {
	const shown = await run(5);
	await shown.locator('.stage[data-drawn="map"]').waitFor();
	const refused = await run(6);
	await refused.locator(".jp-OutputArea-output", { hasText: "was computed" }).waitFor();
});

step("errors are shown in the cell, and told", async () => {
	await run(7);
	await byId(page, "error-panel").filter({ hasText: "Not found" }).waitFor();
	const [status, error] = await told(8);
	assert.deepEqual([status, error.code], ["failed", "not_found"]);
});

step("a store that wants a signature is read with it, also when the question comes back without", async () => {
	for (const [asking, telling, title] of [
		[10, 11, /^Mean of/],
		[12, 13, /^Maximum of/],
	]) {
		const cell = await run(asking);
		const shown = asking === 10 ? cell : page.locator(".jp-Notebook-cell").nth(10);
		await byId(shown, "figure-title").filter({ hasText: title }).waitFor({ state: "attached" });
		await byId(shown, "status").filter({ hasText: /^Done/ }).waitFor();
		const found = await told(telling);
		assert.ok(Math.abs(found.value - found.wanted) <= 1e-12 * found.wanted, JSON.stringify(found));
		assert.deepEqual([found.status, found.storage], ["done", null]);
	}
	await run(14);
	await byId(page, "error-panel").filter({ hasText: "`decode`" }).waitFor();
	assert.equal((await told(15)).code, "unsupported");
});

step("where the renderer is not installed, the widget needs no file but its own", async () => {
	await page.evaluate((key) => delete globalThis[Symbol.for(key)].mount, `zarrscope ${version}`);
	const cell = await run(9);
	await cell.locator('.stage[data-drawn="map"]').waitFor();
	assert.ok(page.workers().some((worker) => worker.url().startsWith("blob:")));
});

step("nobody else was asked for anything", () => {
	assert.deepEqual(pages.strangers, []);
});
