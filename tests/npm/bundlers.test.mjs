// The package from its tarball, in apps of every kind: each is built by the command that docs/bundlers.md shows, and asked
// in Chromium for means that need the worker and all three modules of the core.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startBrowser } from "../browser/harness.mjs";
import { startRangeServer } from "../server/range-server.mjs";
import { COMMANDS } from "./commands.mjs";
import { apps, installed, makeApp, prepare, root, run, workshop } from "./package-files.mjs";
import { writeRareStore } from "./rare-store.mjs";

/** xarray's mean of the sample. */
const SST = 18.09534161389649;
const FILES = ["zarrscope_bg.wasm", "zarrscope_draw_bg.wasm", "zarrscope_rare_bg.wasm"];

let site;
let store;
let context;

before(async () => {
	await prepare();
	writeRareStore(join(workshop, "stores"));
	cpSync(join(root, "www/samples/coads.v3.gzip-transpose.zarr"), join(workshop, "stores/coads.zarr"), {
		recursive: true,
	});
	site = await startRangeServer({ root: apps });
	store = await startRangeServer({ root: join(workshop, "stores") });
	context = await startBrowser();
});
after(async () => {
	await context?.close();
	await site?.close();
	await store?.close();
});

function build(name, folder) {
	const [command, ...args] = COMMANDS[name].split(" ");
	return run(command, args, folder);
}

/** What a page tells of a mean: its value, how many colours its picture has, and the errors of its console. */
async function ask(address, source, variable) {
	const page = await context.newPage();
	const errors = [];
	page.on("pageerror", (error) => errors.push(String(error)));
	try {
		const query = new URLSearchParams({ store: `${store.url}/${source}`, variable });
		await page.goto(`${address}?${query}`);
		const output = page.locator("output");
		const shown = page.waitForFunction(() => document.querySelector("output").value !== "", null, { timeout: 30_000 });
		await Promise.race([shown, page.waitForEvent("pageerror", { timeout: 31_000 })]);
		assert.deepEqual(errors, []);
		const colours = await page.evaluate(() => {
			const canvas = document.querySelector("canvas");
			const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
			return new Set(new Uint32Array(data.buffer)).size;
		});
		return { value: Number(await output.textContent()), colours };
	} finally {
		await page.close();
	}
}

/** Both stores, in one page each: the second needs the rare decoders. */
async function isRight(address) {
	const usual = await ask(address, "coads.zarr", "SST");
	assert.equal(usual.value, SST);
	assert.ok(usual.colours > 2, `a picture of ${usual.colours} colours`);
	assert.equal((await ask(address, "rare.zarr", "x")).value, 4.5);
}

/** The files of a folder of the site that were fetched, without their hashes. */
function fetched(folder) {
	const paths = site.log.filter(({ path, status }) => path.startsWith(`/${folder}/`) && status < 300);
	return new Set(paths.map(({ path }) => path.slice(folder.length + 2)));
}

test("webpack finds everything without a configuration", async () => {
	const folder = makeApp("webpack", "src/index.js");
	await build("webpack", folder);
	await isRight(`${site.url}/webpack/`);
});

test("Rspack finds everything without a configuration", async () => {
	const folder = makeApp("rspack", "src/index.js");
	await build("rspack", folder);
	await isRight(`${site.url}/rspack/`);
});

test("a build of Vite finds everything, under any path", async () => {
	const folder = makeApp("vite", "main.js");
	await build("vite", folder);
	await isRight(`${site.url}/vite/dist/`);
});

test("Vite's server for development finds everything", async () => {
	const folder = makeApp("vite", "main.js");
	const bin = join(workshop, "node_modules/.bin/vite");
	const server = spawn(bin, ["dev", "--host", "127.0.0.1", "--port", "0"], {
		cwd: folder,
		env: { ...process.env, NO_COLOR: "1" },
	});
	try {
		let printed = "";
		while (!/http:\S+/.test(printed)) printed += (await once(server.stdout, "data"))[0];
		await isRight(printed.match(/http:\S+/)[0]);
	} finally {
		server.kill();
	}
});

test("esbuild, told where the worker and the core are", async () => {
	const folder = makeApp("esbuild");
	await run(process.execPath, ["build.mjs"], folder);
	await isRight(`${site.url}/esbuild/dist/`);
	for (const file of ["worker.js", ...FILES]) assert.ok(fetched("esbuild/dist/zarrscope").has(file), file);
});

test("a plain module script, with a map of imports", async () => {
	makeApp("module", "main.js");
	cpSync(installed, join(apps, "module/node_modules/zarrscope"), { recursive: true });
	await isRight(`${site.url}/module/`);
});

test("init is harmless before, after, twice, and with bytes", async () => {
	const page = await context.newPage();
	await page.goto(`${site.url}/module/?${new URLSearchParams({ store: `${store.url}/coads.zarr`, variable: "SST" })}`);
	const means = await page.evaluate(async (source) => {
		const { init, open } = await import("zarrscope");
		const mean = async () => (await (await open(source, { variable: "SST" })).get("SST").mean().compute()).value;
		await Promise.all([init(), init()]);
		const first = await mean();
		await init();
		const second = await mean();
		const core = await fetch("node_modules/zarrscope/js/wasm/zarrscope_bg.wasm");
		await init({ wasm: await core.arrayBuffer(), workerUrl: "node_modules/zarrscope/js/bundled/worker.js" });
		return [first, second, await mean()];
	}, `${store.url}/coads.zarr`);
	await page.close();
	assert.deepEqual(means, [SST, SST, SST]);
});

test("from another origin", async () => {
	makeApp("cdn", "main.js");
	const cdn = await startRangeServer({ root: installed });
	try {
		const page = join(apps, "cdn/index.html");
		const html = readFileSync(page, "utf8");
		writeFileSync(page, html.replace("https://cdn.jsdelivr.net/npm/zarrscope@0.1.0", cdn.url));
		await isRight(`${site.url}/cdn/`);
		const paths = new Set(cdn.log.filter(({ status }) => status < 300).map(({ path }) => path));
		for (const file of ["bundled/worker.js", ...FILES.map((name) => `wasm/${name}`)])
			assert.ok(paths.has(`/js/${file}`), file);
		assert.deepEqual([...fetched("cdn")].sort(), ["", "main.js"].sort());
	} finally {
		await cdn.close();
	}
});

test("a worker and a core of another origin, by their addresses", async () => {
	const cdn = await startRangeServer({ root: installed });
	const page = await context.newPage();
	try {
		await page.goto(`${site.url}/module/`);
		const mean = await page.evaluate(
			async ([source, cdn]) => {
				const { open } = await import("zarrscope");
				const where = { workerUrl: `${cdn}/js/bundled/worker.js`, wasmUrl: `${cdn}/js/wasm/zarrscope_bg.wasm` };
				return (await (await open(source, where)).get("x").mean().compute()).value;
			},
			[`${store.url}/rare.zarr`, cdn.url],
		);
		assert.equal(mean, 4.5);
		const paths = cdn.log.map(({ path }) => path);
		assert.deepEqual([...new Set(paths)].sort(), [
			"/js/bundled/worker.js",
			"/js/wasm/zarrscope_bg.wasm",
			"/js/wasm/zarrscope_rare_bg.wasm",
		]);
	} finally {
		await page.close();
		await cdn.close();
	}
});

test("a Content-Security-Policy needs what docs/bundlers.md says, and no more", async () => {
	const cdn = await startRangeServer({ root: installed });
	const folder = join(apps, "policy");
	mkdirSync(folder, { recursive: true });
	const own = "../module/node_modules/zarrscope/js";
	const pages = {
		own: [`${own}/dist/index.js`, "", "'self'", "'self'"],
		cdn: [`${cdn.url}/js/dist/index.js`, cdn.url, `blob: ${cdn.url}`, cdn.url],
		inline: [`${own}/bundled/inline.js`, "", "blob:", ""],
	};
	try {
		for (const [name, [module, scripts, workers, connections]] of Object.entries(pages)) {
			const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' ${scripts}; worker-src ${workers}; connect-src ${connections} ${store.url}`;
			const html = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><output></output><canvas></canvas><script type="module" src="${name}.js"></script>`;
			writeFileSync(join(folder, `${name}.html`), html);
			const code = readFileSync(join(root, "tests/npm/apps/main.js"), "utf8");
			writeFileSync(join(folder, `${name}.js`), code.replace('"zarrscope"', JSON.stringify(module)));
			await isRight(`${site.url}/policy/${name}.html`);
		}
	} finally {
		await cdn.close();
	}
});

test("zarrscope/inline needs no file beside the app, also where nothing has an address", async () => {
	const folder = makeApp("inline");
	await build("inline", folder);
	await isRight(`${site.url}/inline/`);
	assert.deepEqual([...fetched("inline")].sort(), ["", "dist/main.js"]);
	rmSync(join(folder, "dist"), { recursive: true });

	const page = await context.newPage();
	try {
		await page.goto(`${site.url}/inline/`);
		const text = readFileSync(join(installed, "js/bundled/inline.js"), "utf8");
		const mean = await page.evaluate(
			async ([text, source]) => {
				const { open } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
				return (await (await open(source, { variable: "SST" })).get("SST").mean().compute()).value;
			},
			[text, `${store.url}/coads.zarr`],
		);
		assert.equal(mean, SST);

		// A frame without an origin of its own, as notebooks make for what they do not trust.
		writeFileSync(join(folder, "inline.js"), text);
		const framed = await page.evaluate(
			([library, source]) => {
				const code = `import { open } from ${JSON.stringify(library)};
					const told = open(${JSON.stringify(source)}).then((dataset) => dataset.get("x").mean().compute());
					told.then(({ value }) => value, String).then((value) => parent.postMessage(value, "*"));`;
				const frame = document.createElement("iframe");
				frame.sandbox = "allow-scripts";
				frame.srcdoc = `<script type="module">${code}</script>`;
				const answer = new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data)));
				document.body.append(frame);
				return answer;
			},
			[`${site.url}/inline/inline.js`, `${store.url}/rare.zarr`],
		);
		assert.equal(framed, 4.5);
	} finally {
		await page.close();
	}
});
