// Saved notebooks in JupyterLab and Notebook 7: plots without a kernel, and nothing fetched for strangers' notebooks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { notebook, outputOf, startJupyter } from "./jupyter.mjs";
import { until } from "../server/support.mjs";
import { byId, chooseNoKernel, drawn, requestsFor, startPages } from "./pages.mjs";

const STORE = "www/samples/coads.v2.be-fortran.zarr";
let pages;
let jupyter;

before(async () => {
	pages = await startPages();
	const document = (more) => ({ version: 1, source: `${pages.data.url}/${STORE}`, variable: "SST", ...more });
	const mean = document({ steps: [{ op: "mean", dims: ["TIME"] }] });
	const line = document({ steps: [{ op: "mean", dims: ["COADSX", "COADSY"] }] });
	const wrong = document({ variable: "nothing" });
	const saved = (...documents) =>
		notebook(
			documents.map((one) => ({ source: "zarrscope.show(…)", outputs: [outputOf(one, { height: 333 })] })),
			"gone",
		);
	jupyter = await startJupyter({ "mine.ipynb": saved(mean, line, wrong), "theirs.ipynb": saved(mean) }, ["mine.ipynb"]);
});

after(async () => {
	await jupyter?.close();
	await pages?.close();
});

test("JupyterLab draws a saved notebook again, without a kernel, and follows its theme", async () => {
	const page = await pages.visit(`${jupyter.url}/lab/workspaces/mine/tree/mine.ipynb`);
	await chooseNoKernel(page);
	await drawn(page, "map").waitFor();
	await drawn(page, "line").waitFor();
	assert.deepEqual(await jupyter.kernels(), []);
	const canvas = byId(page, "cell-canvas").first();
	assert.match(await canvas.getAttribute("aria-label"), /^Map of SEA SURFACE TEMPERATURE/);
	// As the output's metadata say.
	assert.equal(await canvas.evaluate((c) => c.clientHeight), 333);
	assert.match(await byId(page, "cell-facts").first().innerText(), /coads.*27 chunks/s);

	// Coordinates come from the layout: a hover tells a value with its unit.
	await canvas.hover({ position: { x: 300, y: 160 } });
	await page.locator(".readout:not([hidden])", { hasText: "Deg C" }).waitFor();

	const error = byId(page, "cell-error");
	await error.scrollIntoViewIfNeeded();
	assert.match(await error.innerText(), /Not found.*there are/s);

	const ink = () => canvas.evaluate((c) => c.getContext("2d").getImageData(2, 2, 1, 1).data[0]);
	assert.equal(await drawn(page, "map").getAttribute("data-theme"), "light");
	assert.ok((await ink()) > 200);
	await page.locator(".lm-MenuBar-item", { hasText: "Settings" }).click();
	await page.locator(".lm-Menu-item", { hasText: /^Theme$/ }).click();
	await page.locator(".lm-Menu-item", { hasText: /^JupyterLab Dark$/ }).click();
	await page.locator('.stage[data-drawn="map"][data-theme="dark"]').waitFor();
	assert.ok((await ink()) < 60);

	// With the notebook its workers go.
	assert.ok(page.workers().length > 0);
	await page.locator(".lm-TabBar-tab", { hasText: "mine.ipynb" }).locator(".lm-TabBar-tabCloseIcon").click();
	await page.locator(".zarrscope-output").first().waitFor({ state: "detached" });
	await until(() => page.workers().length === 0);
	await page.close();
});

test("an untrusted notebook fetches nothing before a click", async () => {
	const since = pages.data.log.length;
	const page = await pages.visit(`${jupyter.url}/lab/workspaces/theirs/tree/theirs.ipynb`);
	await chooseNoKernel(page);
	const agree = byId(page, "cell-agree");
	await agree.waitFor();
	assert.match(await byId(page, "cell-message").innerText(), /Mean of SST over TIME.*not trusted.*coads/s);
	// Time enough for a request that should not be.
	await page.waitForTimeout(1000);
	assert.deepEqual(pages.data.log.slice(since), []);
	await agree.click();
	await drawn(page, "map").waitFor();
	assert.ok(requestsFor(pages.data, STORE, since).length > 0);
	await page.close();
});

test("Notebook 7 draws a saved notebook", async () => {
	const page = await pages.visit(`${jupyter.url}/notebooks/mine.ipynb`);
	await chooseNoKernel(page);
	await drawn(page, "map").waitFor();
	assert.deepEqual(await jupyter.kernels(), []);
	await page.close();
});

test("nobody else was asked for anything", () => {
	assert.deepEqual(pages.strangers, []);
});
