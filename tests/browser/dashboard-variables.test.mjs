// Several variables in one run, and estimates that end at an error: on the dashboard, by its controls and by links.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fromSpec, close as stopWorkers } from "../../js/dist/index.js";
import { byId, drawn, save, startDashboard } from "./dashboard.mjs";
import { root } from "./harness.mjs";

const SOURCE = "samples/coads.v2.be-fortran.zarr";
const COADS = `#v1&source=${SOURCE}`;
const MEAN = "&op=mean&dims=COADSY,COADSX&weights=area";
const steps = [{ op: "mean", dims: ["COADSY", "COADSX"], weights: "area" }];
let dashboard;
let visit;

before(async () => {
	dashboard = await startDashboard();
	visit = dashboard.visit;
});
after(async () => {
	await dashboard.close();
	await stopWorkers();
});

const says = (page, text, id = "status") => byId(page, id).filter({ hasText: text }).waitFor({ timeout: 20_000 });
const labelled = (page, text) =>
	page.waitForFunction((t) => document.querySelector("canvas")?.getAttribute("aria-label")?.includes(t), text);
const inHash = (page, part) => page.waitForFunction((p) => location.hash.includes(p), part);
const computed = async (document) =>
	JSON.parse(JSON.stringify(await (await fromSpec({ version: 1, ...document })).compute()));

test("a variable is added by keyboard; all are drawn, read, saved and linked by name; Back takes it out again", async () => {
	const { page, complaints } = await visit(`${COADS}&variable=SST${MEAN}`);
	await drawn(page, "line");
	assert.equal(await byId(page, "also-AIRT").isVisible(), false, "one variable is as simple as it was");
	await byId(page, "add-variables").focus();
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-testid")), "also-AIRT");
	await page.keyboard.press("Space");
	await inHash(page, "variables=SST,AIRT&op=mean");
	await says(page, /^Done/);
	await byId(page, "show-AIRT").check({ force: true });
	await labelled(page, "AIR TEMPERATURE");
	assert.equal(await byId(page, "figure-title").textContent(), "Mean of AIR TEMPERATURE over COADSY and COADSX");
	await byId(page, "figure-canvas").focus();
	await page.keyboard.press("ArrowRight");
	assert.match(await byId(page, "cursor-value").textContent(), /^AIRT: [\d.]+ DEG C, SST: [\d.]+ Deg C, TIME/);
	await byId(page, "data-table").locator("summary").click();
	const columns = byId(page, "data-table").locator("thead th");
	// The table is made when it has been opened.
	await columns.nth(2).waitFor();
	const heads = await columns.allTextContents();
	assert.deepEqual(heads.slice(1), ["SST [Deg C]", "AIRT [DEG C]"]);
	const expected = await computed({ source: `${root}/www/${SOURCE}`, variables: ["SST", "AIRT"], steps });
	const json = JSON.parse(String(await save(page, "json")));
	for (const name of ["SST", "AIRT"]) assert.deepEqual(json.variables[name].data, expected.variables[name].data);
	assert.deepEqual(json.provenance.document.variables, ["SST", "AIRT"]);
	assert.match(String(await save(page, "csv")), /^TIME,SST,AIRT\n/);
	assert.match(String(await save(page, "svg")), />Mean of AIR TEMPERATURE over/);
	await byId(page, "copy-document").click();
	const copied = JSON.parse(await byId(page, "copied-text").inputValue());
	assert.deepEqual([copied.variable, copied.variables], [undefined, ["SST", "AIRT"]]);
	await page.goBack();
	await inHash(page, "variable=SST&op=mean");
	await says(page, /^Done/);
	assert.equal(await byId(page, "show-AIRT").isVisible(), false);
	await page.goForward();
	await inHash(page, "variables=SST,AIRT&op=mean");
	await byId(page, "show-AIRT").waitFor();
	assert.deepEqual(complaints, []);
	await page.close();
});

test("what is made of one variable only says so before anything is fetched", async () => {
	const { page, complaints } = await visit(`${COADS}&variables=SST,AIRT&op=trend&dims=TIME`);
	await says(page, /A trend is made of one variable at a time: take the others out of this run/, "error-panel");
	assert.ok(await byId(page, "also-SLP").isDisabled());
	await byId(page, "also-AIRT").uncheck({ force: true });
	await says(page, /^Done/);
	await byId(page, "show-slope").waitFor();
	assert.match(page.url(), /&variable=SST&op=trend/);
	assert.deepEqual(complaints, []);
	await page.close();
});

test("bins of several variables that differ make no table together", async () => {
	const { page } = await visit(`${COADS}&variables=SST,AIRT&op=histogram&bins=3`);
	await drawn(page, "histogram");
	await says(page, /^Done/);
	await byId(page, "save-csv").click();
	await says(page, /AIRT has other labels than the first variable/, "save-status");
	await page.close();
});

test("an estimate ends at the error that is asked for, and says so; other limits are a choice beside it", async () => {
	const { page, complaints } = await visit(`${COADS}&variable=SST&op=mean&relativeError=0.05`, { width: 400 });
	await says(
		page,
		/^Done: estimate ± 3\.2 % \(standard error\) from 59 % of the chunks, ended at the error asked for \(5 %\)/,
	);
	assert.equal(await byId(page, "estimate-limit").locator("option:checked").textContent(), "± 5 %");
	assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 400);
	assert.ok(await byId(page, "also-AIRT").isDisabled(), "an estimate is of one variable");
	assert.match(String(await save(page, "svg")), /estimate ± 3\.2 %/);
	const json = JSON.parse(String(await save(page, "json")));
	assert.deepEqual(json.provenance.document.precision, { relativeError: 0.05 });
	assert.equal(json.estimate.chunksSampled, 16);
	await byId(page, "estimate-limit").selectOption({ label: "± 0.1 %" });
	await inHash(page, "&relativeError=0.001");
	await says(page, /^Done: exact: all 27 chunks were read/);
	await byId(page, "exact-button").click();
	await page.waitForFunction(() => !location.hash.includes("relativeError"));
	assert.equal(await byId(page, "estimate-limit").isVisible(), false);
	assert.deepEqual(complaints, []);
	await page.close();
});
