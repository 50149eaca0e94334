// A JupyterLite site, built with the wheel installed: a saved notebook shows its plot from static files alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRangeServer } from "../server/range-server.mjs";
import { buildLite, notebook, outputOf } from "./jupyter.mjs";
import { byId, drawn, startPages } from "./pages.mjs";

let pages;
let site;

before(async () => {
	pages = await startPages();
	const source = `${pages.data.url}/www/samples/coads.v2.be-fortran.zarr`;
	const document = { version: 1, source, variable: "SST", steps: [{ op: "mean", dims: ["TIME"] }] };
	const saved = notebook([{ source: "zarrscope.show(…)", outputs: [outputOf(document)] }], "gone");
	site = await startRangeServer({ root: buildLite({ "saved.ipynb": saved }) });
});

after(async () => {
	await site?.close();
	await pages?.close();
});

test("a JupyterLite site draws a saved notebook", async () => {
	const since = pages.data.log.length;
	const page = await pages.visit(`${site.url}/lab/index.html?path=saved.ipynb`);
	// It may ask for a kernel, of which the site has none.
	const dialog = page.locator(".jp-Dialog");
	await page.addLocatorHandler(dialog, () => dialog.getByRole("button", { name: "No Kernel" }).click());
	const agree = byId(page, "cell-agree");
	await agree.waitFor();
	assert.deepEqual(pages.data.log.slice(since), []);
	await agree.click();
	await drawn(page, "map").waitFor();
	assert.deepEqual(pages.strangers, []);
	await page.close();
});
