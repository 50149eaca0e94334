// <zarr-scope> from the packed package, in a page without a bundler.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { startBrowser } from "../browser/harness.mjs";
import { generatedStore } from "../server/generated.mjs";
import { startRangeServer } from "../server/range-server.mjs";
import { apps, installed, makeApp, prepare, root } from "./package-files.mjs";
import { writeRareStore } from "./rare-store.mjs";

/** A store that takes a while. */
const big = generatedStore({ shape: [64, 512, 1024], chunks: [1, 512, 1024], name: "t", prefix: "/element/big.zarr" });
let site;
let context;

before(async () => {
	await prepare();
	const folder = makeApp("element");
	cpSync(installed, join(folder, "node_modules/zarrscope"), { recursive: true });
	cpSync(join(root, "www/samples/coads.v3.gzip-transpose.zarr"), join(folder, "coads.zarr"), { recursive: true });
	writeRareStore(folder);
	site = await startRangeServer({ root: apps, generate: (path) => big(path) });
	context = await startBrowser();
});
after(async () => {
	await context?.close();
	await site?.close();
});
beforeEach(() => {
	site.reset();
	site.setFaults(undefined);
});

/** Runs something in the fixture's page, without its own element, after the element is defined. */
async function inPage(body, ...rest) {
	const page = await openPage();
	try {
		return await page.evaluate(body, rest);
	} finally {
		await page.close();
	}
}

async function openPage() {
	const page = await context.newPage();
	await page.goto(`${site.url}/element/`);
	await page.evaluate(async () => {
		document.querySelector("zarr-scope").remove();
		const { ZarrScopeElement } = await import("zarrscope/element");
		globalThis.ZarrScopeElement = ZarrScopeElement;
		/** Makes an element with attributes. */
		globalThis.made = (attributes) => {
			const element = document.createElement("zarr-scope");
			for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
			return element;
		};
		/** The next event of one of these types. */
		globalThis.next = (element, ...types) =>
			new Promise((resolve) => {
				for (const type of types) element.addEventListener(`zarrscope-${type}`, resolve, { once: true });
			});
	});
	return page;
}

test("the page of the documentation shows a map, and the value under the pointer", async () => {
	const page = await context.newPage();
	try {
		await page.goto(`${site.url}/element/`);
		await page.waitForFunction(() => document.querySelector("output").value !== "");
		assert.equal(await page.locator("output").textContent(), "COADSY × COADSX: SEA SURFACE TEMPERATURE [Deg C]");
		const canvas = page.locator("zarr-scope canvas");
		assert.match(await canvas.getAttribute("aria-label"), /^Map of SEA SURFACE TEMPERATURE/);
		const { width, height } = await canvas.boundingBox();
		assert.equal(height, 318);
		await canvas.hover({ position: { x: width / 3, y: height / 2 } });
		const readout = page.locator("zarr-scope [part=readout]");
		assert.match(await readout.textContent(), /^[\d.−]+ Deg C.*COADSY: .*COADSX: /);
		assert.equal(await readout.evaluate((element) => getComputedStyle(element).fontStyle), "italic");
		await page.mouse.move(0, height + 100);
		assert.equal(await readout.isVisible(), false);
		assert.equal(await page.locator("zarr-scope [part=status]").isVisible(), false);
	} finally {
		await page.close();
	}
});

test("attributes are the flags of the command line", async () => {
	const documents = await inPage(async () => {
		const told = async (attributes) => {
			const element = globalThis.made({ src: "coads.zarr", variable: "SST", ...attributes });
			document.body.append(element);
			const { type, detail } = await globalThis.next(element, "result", "error");
			element.remove();
			return type === "zarrscope-error" ? [detail.code, detail.message] : [detail.dims, detail.shape];
		};
		return [
			await told({ op: "mean" }),
			await told({ op: "mean", dims: "COADSY,COADSX", weights: "area", skipna: "" }),
			await told({ op: "mean", coarsen: "TIME=3" }),
			await told({ op: "histogram", bins: "5", range: "0..30", density: "" }),
			await told({ select: '{"TIME": {"index": 0}, "COADSY": {"from": 0, "to": 10}}' }),
			await told({ document: '{"version": 1, "source": "coads.zarr", "variable": "SST", "steps": [{"op": "count"}]}' }),
			await told({ op: "mean", skipna: "perhaps" }),
			await told({ op: "meen" }),
			await told({ op: "trend" }),
			await told({ op: "mean", select: "{" }),
			await told({ variable: "none" }),
		];
	});
	assert.deepEqual(documents.slice(0, 6), [
		[[], []],
		[["TIME"], [12]],
		[
			["TIME", "COADSY", "COADSX"],
			[4, 90, 180],
		],
		[["bin"], [5]],
		[
			["COADSY", "COADSX"],
			[5, 180],
		],
		[[], []],
	]);
	assert.deepEqual(
		documents.slice(6, 10).map(([code]) => code),
		Array(4).fill("invalid_document"),
	);
	assert.match(documents[6][1], /skipna wants true or false, not perhaps/);
	assert.match(documents[7][1], /there is no op meen; there are mean, /);
	assert.match(documents[8][1], /trend wants dims, such as time/);
	assert.match(documents[9][1], /select must be a JSON object/);
	assert.equal(documents[10][0], "not_found");
});

test("an error is shown with what can be done, and goes when the attributes are mended", async () => {
	const [shown, mended] = await inPage(async () => {
		const element = globalThis.made({ src: "nowhere.zarr", variable: "SST", op: "mean" });
		document.body.append(element);
		await globalThis.next(element, "error");
		const alert = element.shadowRoot.querySelector("[part=error]");
		const shown = [alert.hidden, alert.getAttribute("role"), alert.textContent, element.error.code];
		element.setAttribute("src", "coads.zarr");
		const { detail } = await globalThis.next(element, "result");
		return [shown, [alert.hidden, element.error, element.result === detail, detail.value]];
	});
	assert.deepEqual([shown[0], shown[1], shown[3]], [false, "alert", "not_found"]);
	assert.match(shown[2], /\S/);
	assert.deepEqual(mended, [true, undefined, true, 18.09534161389649]);
});

test("an element that is there before its class, with properties, is taken over", async () => {
	const page = await context.newPage();
	try {
		await page.goto(`${site.url}/element/`);
		const value = await page.evaluate(async () => {
			const name = "late-scope";
			const element = document.createElement(name);
			element.document = { version: 1, source: "coads.zarr", variable: "SST", steps: [{ op: "mean" }] };
			element.plotOptions = { title: "Late" };
			document.body.append(element);
			const told = new Promise((resolve) => element.addEventListener("zarrscope-result", resolve));
			const { defineElement } = await import("zarrscope/element");
			defineElement(name);
			defineElement(name);
			const { detail } = await told;
			return [detail.value, Object.keys(element), element.plotOptions, element.document.variable];
		});
		assert.deepEqual(value, [18.09534161389649, [], { title: "Late" }, "SST"]);
	} finally {
		await page.close();
	}
});

test("attributes that change together are one run, and a new run ends the one before", async () => {
	const told = await inPage(async () => {
		const element = globalThis.made({ src: "big.zarr", variable: "t", op: "mean" });
		const events = [];
		for (const type of ["result", "error"]) element.addEventListener(`zarrscope-${type}`, () => events.push(type));
		document.body.append(element);
		const { detail: progress } = await globalThis.next(element, "progress");
		element.setAttribute("src", "coads.zarr");
		element.setAttribute("variable", "SST");
		element.setAttribute("op", "max");
		const { detail } = await globalThis.next(element, "result", "error");
		// Neither looks nor what was there before is another run.
		element.setAttribute("op", "min");
		element.setAttribute("op", "max");
		element.setAttribute("colormap", "thermal");
		await new Promise((resolve) => setTimeout(resolve, 100));
		return [progress.chunks, detail.variable, detail.value, events];
	});
	assert.equal(told[0], 64);
	assert.equal(told[1], "SST");
	assert.deepEqual(told[3], ["result"]);
	await site.idle();
	const read = site.log.filter(({ path }) => path.includes("/big.zarr/t/"));
	assert.ok(read.length < 66, `${read.length} requests of a run that was ended`);
});

test("removed during a run it ends it; moved, it goes on; put back, it begins anew", async () => {
	site.setFaults(({ path }) => (path.includes("/big.zarr/t/") ? { kind: "delay", ms: 40 } : undefined));
	const told = await inPage(async () => {
		const element = globalThis.made({ src: "big.zarr", variable: "t", op: "mean" });
		const events = [];
		for (const type of ["result", "error"]) element.addEventListener(`zarrscope-${type}`, () => events.push(type));
		document.body.append(element);
		await globalThis.next(element, "progress");
		// A move.
		document.body.prepend(element);
		await globalThis.next(element, "progress");
		element.remove();
		await new Promise((resolve) => setTimeout(resolve, 300));
		const canvas = element.shadowRoot.querySelector("canvas");
		const gone = [events.length, canvas.width, element.result];
		document.body.append(element);
		await globalThis.next(element, "result");
		return [gone, events, canvas.width > 0];
	});
	assert.deepEqual(told, [[0, 0, undefined], ["result"], true]);
});

test("light and dark come from the reader, the page's style or the element", async () => {
	const page = await openPage();
	const background = () =>
		page.evaluate(() => {
			const frame = document.querySelector("zarr-scope").shadowRoot.querySelector("[part=frame]");
			const canvas = frame.querySelector("canvas");
			const [r, g, b] = canvas.getContext("2d").getImageData(1, 1, 1, 1).data;
			return [getComputedStyle(frame).backgroundColor, `rgb(${r}, ${g}, ${b})`];
		});
	const [light, dark] = ["rgb(255, 255, 255)", "rgb(17, 22, 29)"];
	const becomes = (wanted) =>
		page.waitForFunction((wanted) => {
			const canvas = document.querySelector("zarr-scope").shadowRoot.querySelector("canvas");
			return `rgb(${canvas.getContext("2d").getImageData(1, 1, 1, 1).data.slice(0, 3).join(", ")})` === wanted;
		}, wanted);
	try {
		await page.emulateMedia({ colorScheme: "light" });
		await page.evaluate(async () => {
			const element = globalThis.made({ src: "coads.zarr", variable: "SST", op: "mean", dims: "COADSY,COADSX" });
			document.body.append(element);
			await globalThis.next(element, "result");
		});
		// The result is told, then drawn.
		await becomes(light);
		assert.deepEqual(await background(), [light, light]);
		await page.emulateMedia({ colorScheme: "dark" });
		await becomes(dark);
		assert.deepEqual(await background(), [dark, dark]);
		const scheme = (text) =>
			page.evaluate((text) => {
				document.documentElement.style.colorScheme = text;
				document.querySelector("zarr-scope").plotOptions = {};
			}, text);
		// A page that says nothing is light, whatever the reader prefers.
		await scheme("normal");
		await becomes(light);
		await scheme("dark");
		await becomes(dark);
		await page.evaluate(() => document.querySelector("zarr-scope").setAttribute("theme", "light"));
		await becomes(light);
		assert.deepEqual(await background(), [light, light]);
		await page.evaluate(() => {
			document.querySelector("zarr-scope").style.setProperty("--zarrscope-background", "rgb(1, 2, 3)");
		});
		assert.deepEqual(await background(), ["rgb(1, 2, 3)", light]);
	} finally {
		await page.close();
	}
});

test("disposed, it is empty for good", async () => {
	const told = await inPage(async () => {
		const element = globalThis.made({ src: "coads.zarr", variable: "SST", op: "mean" });
		document.body.append(element);
		await globalThis.next(element, "result");
		element.dispose();
		const events = [];
		for (const type of ["progress", "result", "error"])
			element.addEventListener(`zarrscope-${type}`, () => events.push(type));
		element.setAttribute("op", "max");
		element.refresh();
		element.remove();
		document.body.append(element);
		await new Promise((resolve) => setTimeout(resolve, 200));
		return [element.result, element.shadowRoot.querySelector("canvas").width, events];
	});
	assert.deepEqual(told, [undefined, 0, []]);
});

test("two hundred mounts leave nothing behind: no element, no listener, no worker, no memory", async () => {
	const page = await openPage();
	const cdp = await context.newCDPSession(page);
	/** What there is after collecting garbage; finished promises let go of elements a little later. */
	const measure = async () => {
		for (let i = 0; i < 3; i += 1) {
			await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
			await cdp.send("HeapProfiler.collectGarbage");
		}
		const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
		const { usedSize } = await cdp.send("Runtime.getHeapUsage");
		const alive = await page.evaluate(() => globalThis.elements.filter((element) => element.deref()).length);
		return { nodes, jsEventListeners, usedSize, alive, workers: page.workers().length };
	};
	const mount = (times) =>
		page.evaluate(async (times) => {
			globalThis.elements = [];
			for (let i = 0; i < times; i += 1) {
				const element = globalThis.made({ src: "rare.zarr", variable: "x", op: i % 2 ? "mean" : "max" });
				globalThis.elements.push(new WeakRef(element));
				document.body.append(element);
				// Some leave when they are done, some while they run, some at once.
				if (i % 4 < 2) await globalThis.next(element, "result");
				else if (i % 4 === 2) await new Promise((resolve) => setTimeout(resolve, 5));
				element.remove();
			}
		}, times);
	try {
		await mount(20);
		const before = await measure();
		await mount(200);
		const after = await measure();
		assert.equal(after.alive, 0);
		assert.equal(after.workers, before.workers);
		assert.ok(after.nodes <= before.nodes + 5, `${before.nodes} nodes became ${after.nodes}`);
		const listeners = [before.jsEventListeners, after.jsEventListeners];
		assert.ok(listeners[1] <= listeners[0] + 2, `${listeners[0]} listeners became ${listeners[1]}`);
		const grown = after.usedSize - before.usedSize;
		assert.ok(grown < 500_000, `the heap grew by ${grown} bytes`);
	} finally {
		await page.close();
	}
});
