// What the issue promises of a large array: the main thread stays free, and memory stays bounded.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { generatedStore } from "../server/generated.mjs";
import { blankPage, startBrowser, startServers } from "./harness.mjs";

// 8 GiB of float32 in 1024 chunks of 8 MiB.
const huge = generatedStore({ shape: [4096, 512, 1024], chunks: [8, 512, 512], name: "t", prefix: "/huge.zarr" });
let context;
let servers;

before(async () => {
	servers = await startServers({ generate: huge });
	context = await startBrowser();
});
after(async () => {
	await context.close();
	await servers.close();
});

/** Resident bytes of the largest renderer process. */
function rendererBytes() {
	let most = 0;
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) continue;
			const kib = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
			most = Math.max(most, Number(kib?.[1] ?? 0) * 1024);
		} catch {
			// The process ended while it was being looked at.
		}
	}
	return most;
}

test("8 GiB are reduced with the page under 400 MB, and no task of the main thread over 50 ms", async () => {
	const { page, errors } = await blankPage(context, servers.site);
	let peak = 0;
	const watch = setInterval(() => {
		peak = Math.max(peak, rendererBytes());
	}, 100);
	const outcome = await page.evaluate(async (data) => {
		const long = [];
		const z = await import("/js/dist/index.js");
		await z.init({ workers: 2 });
		const ds = await z.open(`${data}/huge.zarr`);
		const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((e) => e.duration)));
		observer.observe({ type: "longtask" });
		const started = performance.now();
		let partials = 0;
		const result = await ds.get("t").mean("time").compute({ onPartial: () => (partials += 1) });
		const ms = performance.now() - started;
		long.push(...observer.takeRecords().map((e) => e.duration));
		observer.disconnect();
		const distinct = [...new Set(result.data)];
		return { long, partials, distinct, shape: result.shape, stats: result.stats, ms };
	}, servers.store.url);
	clearInterval(watch);
	assert.deepEqual(outcome.shape, [512, 1024]);
	assert.equal(outcome.stats.bytesDecoded, 8 * 2 ** 30);
	assert.ok(outcome.distinct.every((x) => x === 1.25), `means ${outcome.distinct}`);
	assert.ok(outcome.partials > 0);
	assert.deepEqual(outcome.long.filter((ms) => ms > 50), []);
	assert.ok(peak < 400e6, `the page's memory reached ${Math.round(peak / 1e6)} MB`);
	assert.deepEqual(errors, []);
	console.log(`# 8 GiB in ${(outcome.ms / 1000).toFixed(1)} s, the page at most ${Math.round(peak / 1e6)} MB, ${outcome.partials} partial results`);
	await page.close();
});
