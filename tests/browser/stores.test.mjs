// Stores that only a browser knows: Google's bucket without CORS, folders and ZIPs that are dropped on the page or chosen.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBucketServer } from "../server/bucket-server.mjs";
import { startRangeServer } from "../server/range-server.mjs";
import { root, runInPage, startBrowser, startServers } from "./harness.mjs";

const samples = join(root, "www/samples");
const store = "coads.v3.gzip-transpose.zarr";
const SST = 18.09534161389649;
let context;
let servers;
let site;
let folder;

before(async () => {
	servers = await startServers();
	folder = mkdtempSync(join(tmpdir(), "zarrscope-local-"));
	cpSync(join(samples, store), join(folder, "my air+1%.zarr"), { recursive: true });
	cpSync(join(root, "www/dist"), join(folder, "site"), { recursive: true });
	execFileSync("python3", [
		"-c",
		"import shutil, sys; shutil.make_archive(*sys.argv[1:])",
		join(folder, "air.zarr"),
		"zip",
		join(samples, store),
	]);
	site = await startRangeServer({ root: join(folder, "site") });
	context = await startBrowser();
});
after(async () => {
	await context.close();
	await servers.close();
	await site.close();
});

const inPage = async (body, ...rest) => (await runInPage(context, servers.site, body, rest)).value;

const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

async function visit(size = { width: 1280, height: 860 }) {
	const page = await context.newPage();
	await page.setViewportSize(size);
	const complaints = [];
	page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
	page.on("pageerror", (e) => complaints.push(String(e)));
	await page.bringToFront();
	await page.goto(`${site.url}/index.html`);
	await page.waitForSelector(".stage[data-drawn]", { timeout: 15_000 });
	return { page, complaints };
}

/** Drags files of this machine over the page as the system does. */
async function drag(page, paths, type) {
	const devtools = await context.newCDPSession(page);
	const data = { items: [], files: paths, dragOperationsMask: 1 };
	await devtools.send("Input.dispatchDragEvent", { type, x: 400, y: 400, data });
}

/** The figure shows what a source holds. */
async function shows(page, source) {
	await page.waitForFunction(
		(source) =>
			document.querySelector('[data-testid="source-input"]').value.endsWith(source) &&
			document.querySelector(".stage[data-drawn]") &&
			/Done/.test(document.querySelector('[data-testid="status"]').textContent),
		source,
		{ timeout: 15_000 },
	);
	assert.match(await byId(page, "dataset").innerText(), /SST/);
}

test("gs:// comes in by the JSON interface where the bucket has no CORS, in every worker, and shards too", async () => {
	const server = await startBucketServer({ root: samples });
	try {
		const storage = { endpoint: `${server.url}/google` };
		const outcome = await inPage(
			async ({ z, session, trap }, store, storage) => {
				await z.init({ workers: 2 });
				const ds = await z.open(`gs://bucket/${store}`, { storage });
				const mean = (await (await ds.find("SST")).mean().compute()).value;
				// A worker that is new knows no more than its plan: it must not knock at the closed door first.
				await trap(await session().computing(0));
				const again = (await ds.get("SST").mean().compute()).value;
				const sharded = await z.open("gs://bucket/ostia.v3.sharded.zarr", { storage });
				const shard = (await sharded.get("surface_temperature").isel({ time: 0 }).mean().compute()).value;
				return { mean, again, shard, complete: ds.info.complete, source: ds.info.source };
			},
			store,
			storage,
		);
		assert.equal(outcome.mean, SST);
		assert.equal(outcome.again, SST);
		assert.ok(outcome.shard > 270 && outcome.shard < 310);
		assert.equal(outcome.complete, true);
		// At the first door only the two documents that a store is opened by were asked for, and whether it answers at all.
		const knocks = server.log.filter(({ url }) => !url.includes("/storage/v1/"));
		assert.ok(knocks.length <= 4, knocks.map(({ url }) => url).join("\n"));
		assert.ok(knocks.every(({ url }) => /zarr\.json$|\.zmetadata$/.test(url)));
		assert.ok(server.log.every(({ method }) => method !== "OPTIONS"));
	} finally {
		await server.close();
	}
});

test("an S3 bucket with CORS is listed and read without a preflight", async () => {
	const server = await startBucketServer({ root: samples });
	try {
		const mean = await inPage(
			async ({ z }, store, endpoint) => {
				const ds = await z.open(`s3://bucket/${store}`, { storage: { endpoint } });
				return (await ds.get("SST").mean().compute()).value;
			},
			store,
			`${server.url}/s3`,
		);
		assert.equal(mean, SST);
		assert.ok(server.log.every(({ method }) => method !== "OPTIONS"));
	} finally {
		await server.close();
	}
});

test("a store of bytes is read in workers, in replaced ones too, without any request", async () => {
	const outcome = await inPage(async ({ z, session, trap }, store) => {
		const names = [
			"zarr.json",
			"SST/zarr.json",
			...["COADSX", "COADSY", "TIME"].flatMap((n) => [`${n}/zarr.json`, `${n}/c/0`]),
		];
		for (const t of [0, 1, 2]) for (const y of [0, 1, 2]) for (const x of [0, 1, 2]) names.push(`SST/c.${t}.${y}.${x}`);
		const files = new Map();
		for (const name of names) {
			const response = await fetch(`/www/samples/${store}/${name}`);
			if (response.ok) files.set(name, new Uint8Array(await response.arrayBuffer()));
		}
		const before = performance.getEntriesByType("resource").length;
		const ds = await z.open(files);
		const first = (await ds.get("SST").mean().compute()).value;
		await trap(await session().computing(0));
		await trap(await session().coordinator());
		const second = (await ds.get("SST").mean().compute()).value;
		const wasm = performance
			.getEntriesByType("resource")
			.slice(before)
			.map((e) => e.name)
			.filter((n) => n.includes("samples"));
		return { first, second, wasm, replaced: session().replaced, source: ds.info.source };
	}, store);
	assert.equal(outcome.first, SST);
	assert.equal(outcome.second, SST);
	assert.equal(outcome.replaced, 2);
	assert.match(outcome.source, /^local:/);
	assert.deepEqual(outcome.wasm, []);
});

test("a folder that is dropped on the dashboard opens; so does a ZIP; the link says that it stays here", async () => {
	const { page, complaints } = await visit();
	const requests = [];
	page.on("request", (r) => requests.push(r.url()));
	await drag(page, [join(folder, "my air+1%.zarr")], "dragEnter");
	await drag(page, [join(folder, "my air+1%.zarr")], "dragOver");
	assert.equal(await byId(page, "drop-target").isVisible(), true);
	if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, "drop.png") });
	await drag(page, [join(folder, "my air+1%.zarr")], "drop");
	await shows(page, "/my%20air%2B1%25.zarr");
	assert.equal(await byId(page, "drop-target").isVisible(), false);
	if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, "dropped.png") });
	await byId(page, "copy-link").click();
	assert.match(await byId(page, "save-status").innerText(), /works in this page only/);
	await drag(page, [join(folder, "air.zarr.zip")], "dragEnter");
	await drag(page, [join(folder, "air.zarr.zip")], "drop");
	await shows(page, "/air.zarr.zip");
	assert.deepEqual(
		requests.filter((url) => url.startsWith("http") && !url.startsWith(site.url)),
		[],
	);
	assert.ok(requests.every((url) => !url.includes(".zarr")));
	assert.deepEqual(complaints, []);
	// The link on another page carries nothing, and says so.
	await page.reload();
	await page.waitForSelector(".stage[data-drawn]", { timeout: 15_000 });
	assert.match(await byId(page, "notices").innerText(), /Drop the folder or the ZIP here again/);
	await page.close();
});

test("a folder and a ZIP can be chosen, by keyboard and in a narrow window", async () => {
	const { page, complaints } = await visit({ width: 360, height: 740 });
	assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
	if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, "narrow.png") });
	await byId(page, "folder-input").setInputFiles(join(folder, "my air+1%.zarr"));
	await shows(page, "/my%20air%2B1%25.zarr");
	const [chooser] = await Promise.all([page.waitForEvent("filechooser"), byId(page, "choose-file").press("Enter")]);
	await chooser.setFiles(join(folder, "air.zarr.zip"));
	await shows(page, "/air.zarr.zip");
	assert.deepEqual(complaints, []);
	await page.close();
});
