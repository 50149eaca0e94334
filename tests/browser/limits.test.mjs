// What the issue promises of a large array: the main thread stays free, and memory stays bounded.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { generatedStore } from "../server/generated.mjs";
import { blankPage, openAlone, startBrowser, startServers } from "./harness.mjs";

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

/** Command line, parent and anonymous resident bytes of every process. */
function processes() {
	const list = [];
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const status = readFileSync(`/proc/${pid}/status`, "utf8");
			const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
			const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
			list.push({ pid: Number(pid), parent: field("PPid"), bytes: field("RssAnon") * 1024, command });
		} catch {
			// The process ended while it was being looked at.
		}
	}
	return list;
}

/** Bytes of the largest renderer of the browser with a profile. */
function rendererBytes(profile) {
	const all = processes();
	const ours = new Set(all.filter((p) => p.command.includes(profile)).map((p) => p.pid));
	for (let grew = true; grew; ) {
		grew = false;
		for (const { pid, parent } of all) {
			if (ours.has(parent) && !ours.has(pid)) {
				ours.add(pid);
				grew = true;
			}
		}
	}
	const renderers = all.filter((p) => ours.has(p.pid) && p.command.includes("--type=renderer"));
	return Math.max(0, ...renderers.map((p) => p.bytes));
}

test("no task of the main thread takes over 50 ms while 512 MiB of chunks are reduced", async () => {
	const { page } = await blankPage(context, servers.site);
	const client = await context.newCDPSession(page);
	const events = [];
	client.on("Tracing.dataCollected", ({ value }) => events.push(...value));
	await page.evaluate(async () => {
		globalThis.z = await import("/js/dist/index.js");
		await globalThis.z.init({ workers: 2 });
	});
	await client.send("Tracing.start", {
		traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] },
	});
	const outcome = await page.evaluate(async (url) => {
		const t = (await globalThis.z.open(url)).get("t").isel({ time: { start: 0, stop: 256 } });
		let partials = 0;
		const result = await t.mean("time").compute({ onPartial: () => (partials += 1) });
		return { partials, bytes: result.stats.bytesDecoded };
	}, `${servers.store.url}/huge.zarr`);
	const ended = new Promise((resolve) => client.once("Tracing.tracingComplete", resolve));
	await client.send("Tracing.end");
	await ended;
	await page.close();
	assert.equal(outcome.bytes, 512 * 2 ** 20);
	// The thread's own time counts, not that of other processes on the machine.
	const threads = (name) =>
		events.filter((e) => e.name === "thread_name" && e.args.name === name).map((e) => `${e.pid}.${e.tid}`);
	const longest = (ids) =>
		Math.max(0, ...events.filter((e) => e.tdur && ids.includes(`${e.pid}.${e.tid}`)).map((e) => e.tdur / 1000));
	const [main, workers] = [longest(threads("CrRendererMain")), longest(threads("DedicatedWorker thread"))];
	console.log(
		`# longest task: main thread ${main.toFixed(0)} ms, workers ${workers.toFixed(0)} ms; ${outcome.partials} partial results`,
	);
	assert.ok(main > 0, "the trace has no main thread");
	assert.ok(main < 50, `a task of the main thread took ${main} ms`);
});

test("8 GiB are reduced with the page under 400 MB", async () => {
	const url = `${servers.site.url}/tests/browser/huge.html#${encodeURIComponent(`${servers.store.url}/huge.zarr`)}`;
	const browser = openAlone(url);
	let peak = 0;
	let report;
	for (const deadline = Date.now() + 280_000; !report && Date.now() < deadline; ) {
		await new Promise((resolve) => setTimeout(resolve, 200));
		peak = Math.max(peak, rendererBytes(browser.profile));
		report = servers.site.log.find((r) => r.path.startsWith("/report/"));
	}
	browser.close();
	assert.ok(report, "the page never reported");
	const outcome = JSON.parse(report.path.slice("/report/".length));
	assert.equal(outcome.error, undefined);
	assert.equal(outcome.bytes, 8 * 2 ** 30);
	assert.equal(outcome.mean, huge.mean);
	console.log(`# 8 GiB in ${outcome.seconds.toFixed(1)} s, the page at most ${Math.round(peak / 1e6)} MB`);
	assert.ok(peak > 20e6 && peak < 400e6, `the page's memory reached ${Math.round(peak / 1e6)} MB`);
});
