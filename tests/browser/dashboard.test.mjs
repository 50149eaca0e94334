// The dashboard as its users meet it: from a link to a plot to a saved file, on a static server and a sub-path.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { generatedStore } from "../server/generated.mjs";
import { startRangeServer } from "../server/range-server.mjs";
import { byId, drawn, save, startDashboard } from "./dashboard.mjs";
import { root } from "./harness.mjs";

const big = generatedStore({ shape: [512, 512, 1024], chunks: [8, 512, 512], name: "t", prefix: "/big.zarr" });
let dashboard;
let site;
let store;
let visit;

before(async () => {
	store = await startRangeServer({ root, generate: big });
	dashboard = await startDashboard();
	({ site, visit } = dashboard);
});
after(async () => {
	await dashboard.close();
	await store.close();
});

test("the sample data show a map at once, without a request to anyone else", async () => {
	const { page, complaints } = await visit();
	const foreign = [];
	page.on("request", (r) => !r.url().startsWith(site.url) && !/^(blob|data):/.test(r.url()) && foreign.push(r.url()));
	await drawn(page, "map");
	assert.equal(await byId(page, "dataset").locator("text=Data variables").count(), 1);
	assert.match((await byId(page, "figure-canvas").getAttribute("aria-label")) ?? "", /Map of SEA SURFACE TEMPERATURE/);
	assert.deepEqual(foreign, []);
	assert.deepEqual(
		complaints.filter((c) => !c.includes("404")),
		[],
	);
	await page.close();
});

test("a link holds the analysis; the result can be saved as JSON, CSV, SVG and PNG, and its numbers are xarray's", async () => {
	const { page, complaints } = await visit(
		"#v1&source=samples/ostia.v3.sharded.zarr&variable=surface_temperature&op=mean&dims=latitude,longitude&weights=area",
	);
	await drawn(page, "line");
	const json = JSON.parse(String(await save(page, "json")));
	const result = json.result ?? json;
	const bytes = readFileSync(join(root, "tests/fixtures/expected/ostia.surface_temperature.area_mean.f64"));
	const expected = Array.from({ length: 54 }, (_, i) => bytes.readDoubleLE(8 * i));
	assert.equal(result.data.length, 54);
	for (const [i, x] of result.data.entries()) assert.ok(Math.abs(x - expected[i]) <= 1e-12 * Math.abs(expected[i]));
	assert.equal(result.coords.time[0], "2006-04-16T00:00:00");
	const csv = String(await save(page, "csv"));
	assert.equal(
		csv
			.trim()
			.split("\n")
			.filter((l) => !l.startsWith("#")).length,
		55,
	);
	const svg = String(await save(page, "svg"));
	assert.match(svg, /^<svg[^>]* role="img"/);
	assert.match(svg, /<text[^>]*>[^<]*surface_temperature/);
	assert.doesNotMatch(svg, /<script|\son\w+=/);
	const png = await save(page, "png");
	assert.equal(png.subarray(1, 4).toString(), "PNG");
	assert.deepEqual(complaints, []);
	await page.close();
});

test("the Python that the page copies gives the page's numbers, on a cluster, too", async () => {
	const { page } = await visit(
		"#v1&source=samples/coads.v2.be-fortran.zarr&variable=SST&op=mean&dims=COADSX,COADSY&weights=area",
	);
	await drawn(page, "line");
	const json = JSON.parse(String(await save(page, "json")));
	const { data } = json.result ?? json;
	for (const [button, cluster] of [
		["copy-python", false],
		["copy-dask", true],
	]) {
		await byId(page, button).click();
		const text = await byId(page, "copied-text").inputValue();
		assert.equal(/Client\(/.test(text), cluster);
		const file = join(mkdtempSync(join(tmpdir(), "zarrscope-python-")), "copied.py");
		const last = (indent) => `${indent}print([float(x) for x in result.values])\n`;
		writeFileSync(file, text + last(cluster ? "    " : ""));
		const python = join(root, ".tools/python/bin/python");
		const { stdout } = await promisify(execFile)(python, ["-I", "-W", "ignore", file], { timeout: 90_000 });
		const got = JSON.parse(stdout.trim().split("\n").at(-1).replaceAll("nan", "null"));
		assert.equal(got.length, data.length);
		for (const [i, x] of got.entries())
			assert.ok(Math.abs(x - data[i]) <= 1e-12 * Math.abs(data[i]), `${i}: ${x}, ${data[i]}`);
	}
	await page.close();
});

test("picking another variable and operation by hand gives its number", async () => {
	const { page } = await visit("#v1&source=samples/e1.v2.zstd.zarr&variable=air_temperature");
	await drawn(page, "map");
	await byId(page, "operation-select").selectOption("mean");
	for (const dim of ["latitude", "longitude"]) await byId(page, `over-${dim}`).check({ force: true });
	await byId(page, "run-button").click();
	await drawn(page, "value");
	const json = JSON.parse(String(await save(page, "json")));
	assert.equal((json.result ?? json).data[0], 286.0357961101641);
	assert.match(page.url(), /op=mean/);
	await page.close();
});

test("what was read is not read again for another run, unless it is asked for", async () => {
	const { page, complaints } = await visit(
		"#v1&source=samples/ostia.v3.sharded.zarr&variable=surface_temperature&op=mean",
	);
	const status = byId(page, "status");
	const says = (text) => status.filter({ hasText: text }).waitFor({ timeout: 15_000 });
	await says(/^Done: [1-9]\d* chunks?, [\d.]+ [kM]B fetched/);
	assert.equal(await byId(page, "anew-button").isVisible(), false);
	await byId(page, "operation-select").selectOption("sum");
	await says(/^Done: 0 chunks, [1-9]\d* reused from earlier runs, 0 (B|bytes) fetched/);
	await byId(page, "anew-button").click();
	await says(/^Done: [1-9]\d* chunks?, [\d.]+ [kM]B fetched/);
	assert.equal(await byId(page, "anew-button").isVisible(), false);
	assert.deepEqual(
		complaints.filter((c) => !c.includes("404")),
		[],
	);
	await page.close();
});

test("groupings and options are controls, the link holds them, and it brings them back", async () => {
	const { page, complaints } = await visit("#v1&source=samples/e1.v2.zstd.zarr&variable=air_temperature");
	await drawn(page, "map");
	await byId(page, "operation-select").selectOption("mean");
	await byId(page, "grouping-select").selectOption("groupby=time.season");
	assert.ok(await byId(page, "over-time").isDisabled(), "what is grouped stays");
	await byId(page, "over-longitude").uncheck({ force: true });
	await byId(page, "more-options").locator("summary").click();
	await byId(page, "option-skipna").uncheck({ force: true });
	await page.waitForFunction(() => location.hash.includes("skipna"));
	assert.match(page.url(), /&op=mean&dims=time,latitude&groupby=time\.season&skipna=false$/);
	await page.reload();
	await byId(page, "option-skipna").waitFor();
	assert.equal(await byId(page, "grouping-select").inputValue(), "groupby=time.season");
	assert.equal(await byId(page, "option-skipna").isChecked(), false);
	assert.equal(await byId(page, "over-longitude").isChecked(), false);
	await byId(page, "grouping-select").selectOption("rolling");
	await byId(page, "option-windows-time").fill("12");
	await byId(page, "option-windows-time").blur();
	await page.waitForFunction(() => /rolling=time=12,/.test(location.hash));
	await byId(page, "operation-select").selectOption("add");
	await byId(page, "option-with").fill("");
	await byId(page, "option-with").blur();
	assert.equal(await byId(page, "option-with").getAttribute("aria-invalid"), "true", "it cannot do without");
	assert.match(page.url(), /op=add&with=0$/);
	assert.deepEqual(complaints, []);
	await page.close();
});

test("a long run shows progress and a partial result, and can be cancelled", async () => {
	const source = encodeURIComponent(`${store.url}/big.zarr`);
	const { page } = await visit(`#v1&source=${source}&variable=t&op=mean&dims=time`);
	const run = byId(page, "run-button");
	await run.waitFor();
	await page.waitForFunction(() => document.querySelector('[data-testid="cost"]')?.textContent?.includes("requests"));
	await run.click();
	const confirm = byId(page, "confirm-run");
	if (await confirm.isVisible().catch(() => false)) await confirm.click();
	await page.locator("progress").first().waitFor();
	await page.waitForFunction(
		() => /partial/.test(document.querySelector('[data-testid="partial"]')?.textContent ?? ""),
		undefined,
		{
			timeout: 20_000,
		},
	);
	await byId(page, "cancel-button").click();
	await page.waitForFunction(() => /cancel/i.test(document.querySelector('[data-testid="status"]')?.textContent ?? ""));
	await store.idle();
	assert.equal(store.openSockets(), 0);
	await page.close();
});

test("errors say what is wrong and what to do, and the page goes on", async () => {
	const { page } = await visit(`#v1&source=${encodeURIComponent(`${store.url}/nothing.zarr`)}&variable=x`);
	const panel = byId(page, "error-panel");
	await panel.waitFor();
	assert.match(await panel.textContent(), /not_found/);
	await byId(page, "source-input").fill("samples/e1.v2.zstd.zarr");
	await byId(page, "open-button").click();
	await drawn(page, "map");
	assert.equal(await panel.isVisible(), false);
	await page.close();
});

test("hostile fragments never throw, and markup in them stays text", async () => {
	for (const hash of [
		"#v9&x",
		"#v1&source=%",
		"#v1&sel.time=..&op=<img src=x onerror=alert(1)>",
		"#v1&source=javascript:alert(1)",
		`#${"a".repeat(9000)}`,
	]) {
		const { page, complaints } = await visit(hash);
		await page.waitForSelector('[data-testid="source-input"]');
		await page.waitForTimeout(150);
		assert.equal(await page.locator("img[src=x]").count(), 0);
		assert.deepEqual(
			complaints.filter((c) => !/404|ERR_/.test(c)),
			[],
			hash,
		);
		await page.close();
	}
});

test("at 360 pixels nothing overflows, and everything is reached by keyboard", async () => {
	const { page } = await visit("", { width: 360, height: 780 });
	await drawn(page, "map");
	assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
	const reached = new Set();
	for (let i = 0; i < 60; i += 1) {
		await page.keyboard.press("Tab");
		reached.add(
			await page.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? document.activeElement?.tagName),
		);
	}
	for (const id of ["source-input", "open-button", "operation-select", "run-button", "figure-canvas", "save-png"]) {
		assert.ok(reached.has(id), `${id} is not reached: ${[...reached].join(", ")}`);
	}
	await page.close();
});
