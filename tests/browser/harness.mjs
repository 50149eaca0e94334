// A real Chromium and a real range server, for tests of what runs in browsers.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startRangeServer } from "../server/range-server.mjs";

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** Flags that keep Chromium from talking to the network by itself. */
const args = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const newProfile = () => mkdtempSync(join(tmpdir(), "zarrscope-"));

/** Starts a browser with a profile of its own, and perhaps with more flags. */
export async function startBrowser(more = []) {
	return chromium.launchPersistentContext(newProfile(), {
		headless: true,
		executablePath,
		args: [...args, ...more],
		acceptDownloads: true,
	});
}

/** Opens a page in a browser to which nothing is attached. */
export function openAlone(url) {
	const profile = newProfile();
	const child = spawn(executablePath, ["--headless", ...args, `--user-data-dir=${profile}`, url], { stdio: "ignore" });
	return { profile, close: () => child.kill() };
}

/**
 * Two origins: one serves the package and pages, the other the data, with faults.
 * `data` are the options of the data server.
 */
export async function startServers(data = {}) {
	const site = await startRangeServer({ root });
	const store = await startRangeServer({ root, ...data });
	return {
		site,
		store,
		async close() {
			await site.close();
			await store.close();
		},
	};
}

/** A blank page on which `import("/js/dist/index.js")` works, and the console's errors. */
export async function blankPage(context, site) {
	const page = await context.newPage();
	const errors = [];
	page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
	page.on("pageerror", (error) => errors.push(String(error)));
	await page.goto(`${site.url}/tests/browser/blank.html`);
	return { page, errors };
}

/**
 * Makes a worker of the pool trap, as memory that is not to be had does. It runs in a page, where tests find it as `trap`; gives
 * what the call was rejected with.
 */
export const TRAP = `(member) => member.call("addKept", 0, 0, { length: 2 ** 32 - 16 }).then(() => undefined, (error) => error)`;
