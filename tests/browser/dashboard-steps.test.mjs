// Steps one after another on the dashboard: by its controls, by links, and every operation of the table.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fromSpec, OPERATIONS, close as stopWorkers } from "../../js/dist/index.js";
import { generatedStore } from "../server/generated.mjs";
import { startRangeServer } from "../server/range-server.mjs";
import { byId, drawn, save, startDashboard } from "./dashboard.mjs";
import { root } from "./harness.mjs";

const OSTIA = "#v1&source=samples/ostia.v3.sharded.zarr&variable=surface_temperature";
const E1 = "#v1&source=samples/e1.v2.zstd.zarr&variable=air_temperature";
const COADS = "#v1&source=samples/coads.v2.be-fortran.zarr&variable=SST";
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

/** The status after a run that began with this change of the question. */
async function answered(page, hash) {
	if (hash) await page.waitForFunction((part) => location.hash.includes(part), hash);
	await page.waitForFunction(
		() => /^Done/.test(document.querySelector('[data-testid="status"]')?.textContent ?? ""),
		undefined,
		{ timeout: 20_000 },
	);
}

/** The values that are shown, and those that the library gives for a document. */
async function sameAs(page, document) {
	const json = JSON.parse(String(await save(page, "json")));
	const result = json.result ?? json;
	const source = `${root}/www/${document.source}`;
	const expected = await (await fromSpec({ version: 1, ...document, source })).compute();
	assert.deepEqual(result.data, JSON.parse(JSON.stringify(expected)).data);
	return result;
}

test("groups, their mean, and a difference from it are chained by the controls", async () => {
	const { page, complaints } = await visit(OSTIA);
	await drawn(page, "map");
	assert.equal(await byId(page, "add-step").isVisible(), false, "nothing follows the values themselves");
	await byId(page, "operation-select").selectOption("mean");
	await byId(page, "grouping-select").selectOption("groupby=time.month");
	await drawn(page, "line");
	assert.equal(await byId(page, "remove-step-1").isVisible(), false, "one step is as simple as it was");
	await byId(page, "add-step").click();
	assert.equal(await byId(page, "add-step").isVisible(), false);
	assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-testid")), "operation-select-2");
	await byId(page, "operation-select-2").selectOption("subtract");
	await byId(page, "option-with-2").fill("300");
	await byId(page, "option-with-2").blur();
	await answered(page, "2.op=subtract&2.with=300");
	await byId(page, "add-step").click();
	await byId(page, "operation-select-3").selectOption("max");
	assert.deepEqual(
		await page.locator('[data-testid^="over-"]:visible').evaluateAll((all) => all.map((e) => e.dataset.testid)),
		["over-time", "over-latitude", "over-longitude", "over-month-3"],
	);
	await answered(page, "3.op=max&3.dims=month");
	await drawn(page, "value");
	const steps = [
		{ op: "groupby", by: "time.month" },
		{ op: "mean", dims: ["time", "latitude", "longitude"] },
		{ op: "subtract", with: 300 },
		{ op: "max", dims: ["month"] },
	];
	const document = { source: "samples/ostia.v3.sharded.zarr", variable: "surface_temperature", steps };
	await sameAs(page, document);
	await byId(page, "up-step-3").click();
	await page.waitForFunction(() => location.hash.includes("2.op=max"));
	assert.equal(await byId(page, "operation-select-3").inputValue(), "subtract");
	await byId(page, "remove-step-2").click();
	await answered(page, "2.op=subtract&2.with=300");
	await drawn(page, "line");
	await sameAs(page, { ...document, steps: steps.slice(0, 3) });
	assert.deepEqual(complaints, []);
	await page.close();
});

test("a link holds all steps, and what is impossible is told at its step", async () => {
	const steps =
		"&op=mean&dims=latitude,longitude&weights=area&2.op=mean&2.rolling=time=11&2.center=true&3.op=anomaly&3.dims=time";
	const { page, complaints } = await visit(E1 + steps);
	await drawn(page, "line");
	assert.equal(await byId(page, "grouping-select-2").inputValue(), "rolling");
	assert.equal(await byId(page, "option-windows-2-time").inputValue(), "11");
	assert.ok(await byId(page, "option-center-2").isChecked());
	assert.ok(await byId(page, "over-time-3").isChecked());
	assert.equal(page.url().split("#")[1], (E1 + steps).slice(1), "the address stays as it was");
	await sameAs(page, {
		source: "samples/e1.v2.zstd.zarr",
		variable: "air_temperature",
		steps: [
			{ op: "mean", dims: ["latitude", "longitude"], weights: "area" },
			{ op: "rolling", windows: { time: 11 }, center: true },
			{ op: "mean" },
			{ op: "anomaly", dims: ["time"] },
		],
	});
	await byId(page, "operation-select-3").selectOption("regrid");
	await byId(page, "step-error-3").waitFor();
	assert.match(await byId(page, "step-error-3").textContent(), /regrid/);
	assert.equal(await byId(page, "error-panel").isVisible(), false);
	await byId(page, "remove-step-3").click();
	await answered(page);
	assert.equal(await byId(page, "step-error-3").isVisible(), false);
	assert.deepEqual(complaints, []);
	await page.close();
});

test("the other side of a difference may be a document, or a link to the page", async () => {
	const { page } = await visit(`${E1}&sel.time=2070..2099&op=mean&dims=time&2.op=subtract&2.with=0`);
	await drawn(page, "map");
	const link = `${page.url().split("#")[0]}${E1}&sel.time=1961..1990&op=mean&dims=time`;
	await byId(page, "option-with-2").fill(link);
	await byId(page, "option-with-2").blur();
	await answered(page, "2.with=%7B");
	const inner = {
		version: 1,
		source: `${root}/www/samples/e1.v2.zstd.zarr`,
		variable: "air_temperature",
		select: { time: { from: 1961, to: 1990 } },
		steps: [{ op: "mean", dims: ["time"] }],
	};
	await sameAs(page, {
		source: "samples/e1.v2.zstd.zarr",
		variable: "air_temperature",
		select: { time: { from: 2070, to: 2099 } },
		steps: [inner.steps[0], { op: "subtract", with: inner }],
	});
	await page.reload();
	await drawn(page, "map");
	assert.match(await byId(page, "option-with-2").inputValue(), /"variable":"air_temperature"/);
	await page.close();
});

test("every operation of the table can be picked and asked, first and after another", async () => {
	const { page, complaints } = await visit(COADS);
	await drawn(page, "map");
	const names = OPERATIONS.filter(({ kind }) => kind !== "grouping").map(({ name }) => name);
	for (const name of names) {
		await byId(page, "operation-select").selectOption(name);
		await answered(page, `&op=${name}`);
		await drawn(page);
	}
	for (const grouping of OPERATIONS.filter(({ kind }) => kind === "grouping").map(({ name }) => name)) {
		await byId(page, "operation-select").selectOption("max");
		const choices = await byId(page, "grouping-select")
			.locator("option")
			.evaluateAll((all) => all.map((o) => o.value));
		assert.ok(
			choices.some((choice) => choice.split("=")[0] === grouping),
			`${grouping}: ${choices}`,
		);
	}
	await byId(page, "operation-select").selectOption("mean");
	await byId(page, "add-step").click();
	for (const name of names.filter((each) => !["correlation", "covariance"].includes(each))) {
		await byId(page, "operation-select-2").selectOption(name);
		await answered(page, `2.op=${name}`);
		await drawn(page);
	}
	assert.deepEqual(complaints, []);
	await page.close();
});

test("of a trend the slope is drawn, or what else is picked, without asking again", async () => {
	const { page } = await visit(`${E1}&op=trend&dims=time`);
	await drawn(page, "map");
	const label = () => byId(page, "figure-canvas").getAttribute("aria-label");
	assert.match(await label(), /^Map of slope \[K year-1\]/);
	assert.ok(await byId(page, "show-slope").isChecked());
	const requests = [];
	page.on("request", (request) => request.url().includes("samples/") && requests.push(request.url()));
	await byId(page, "show-pvalue").check({ force: true });
	await page.waitForFunction(() =>
		/Map of pvalue/.test(document.querySelector("canvas")?.getAttribute("aria-label") ?? ""),
	);
	assert.match(page.url(), /&op=trend&dims=time&show=pvalue$/);
	assert.deepEqual(requests, []);
	assert.match(String(await save(page, "svg")), /\(pvalue\)/);
	await page.reload();
	await drawn(page, "map");
	assert.match(await label(), /^Map of pvalue/);
	await byId(page, "operation-select").selectOption("mean");
	await answered(page, "op=mean");
	assert.equal(await byId(page, "show-slope").isVisible(), false);
	await page.close();
});

test("steps are reached, moved and taken away by keyboard, at 360 pixels, too", async () => {
	const { page } = await visit(`${E1}&op=mean&dims=latitude,longitude&2.op=scale&2.factor=2`, {
		width: 360,
		height: 780,
	});
	await drawn(page, "line");
	assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
	await byId(page, "up-step-2").focus();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => location.hash.includes("op=scale&factor=2&2.op=mean"));
	const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
	assert.equal(await focused(), "down-step-1", "the focus goes with the step");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => location.hash.includes("&op=mean&dims=latitude,longitude&2.op=scale"));
	await byId(page, "remove-step-2").focus();
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => !location.hash.includes("2.op"));
	assert.equal(await focused(), "operation-select");
	await page.close();
});

test("where much would be fetched, an estimate is offered, and says how far it may be off", async () => {
	const big = generatedStore({ shape: [512, 512, 1024], chunks: [8, 512, 512], name: "t", prefix: "/big.zarr" });
	const store = await startRangeServer({ root, generate: big });
	try {
		const source = encodeURIComponent(`${store.url}/big.zarr`);
		const { page } = await visit(`#v1&source=${source}&variable=t&op=mean`);
		const estimate = byId(page, "estimate-button");
		await estimate.waitFor();
		assert.match(await estimate.textContent(), /^Estimate from a sample \(about 50 MB\)$/);
		assert.equal(await byId(page, "exact-button").isVisible(), false);
		await estimate.click();
		await drawn(page, "value");
		await answered(page, "&maxBytes=50000000");
		assert.match(await byId(page, "status").textContent(), /^Done: estimate from \d+ % of the chunks, /);
		assert.match(await byId(page, "partial").textContent(), /^estimate from \d+ % of the chunks$/);
		assert.match(String(await save(page, "svg")), />± [\d.e−]+/);
		const json = JSON.parse(String(await save(page, "json")));
		assert.equal((json.result ?? json).interval95.length, 1);
		assert.deepEqual(json.provenance.document.precision, { maxBytes: 50_000_000 });
		await byId(page, "exact-button").click();
		await byId(page, "confirm-run").waitFor();
		assert.ok(await byId(page, "confirm-estimate").isVisible());
		assert.doesNotMatch(page.url(), /maxBytes/);
		await byId(page, "confirm-limit").selectOption({ label: "± 1 %" });
		await byId(page, "confirm-estimate").click();
		await page.locator(".confirm", { hasText: /at most, and ends sooner at ± 1 %/ }).waitFor();
		assert.match(page.url(), /&relativeError=0\.01$/);
		await byId(page, "exact-button").click();
		await page.waitForFunction(() => !location.hash.includes("relativeError"));
		await byId(page, "operation-select").selectOption("median");
		await page.waitForFunction(() => location.hash.includes("op=median"));
		await page.waitForFunction(() => /Run/.test(document.querySelector('[data-testid="status"]')?.textContent ?? ""));
		assert.equal(await estimate.isVisible(), false, "what cannot be estimated is not offered");
		await page.close();
	} finally {
		await store.close();
	}
});
