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

/** What functions in pages are given: the package, its session, and `trap`, by which a worker traps as for want of memory. */
const TOOLS = `async () => ({
	z: await import("/js/dist/index.js"),
	session: (await import("/js/dist/api/session.js")).session,
	trap: (member) => member.call("locate", 0, { length: 2 ** 29 - 2 }).then(() => undefined, (error) => error),
})`;

/**
 * Runs `body(tools, ...rest)` in a page of its own, of which nothing but the disk is left. `more` is the text of a function that
 * adds to the tools. Gives what the body gives, and what the console had to say.
 */
export async function runInPage(context, site, body, rest, more = "(tools) => tools") {
	const { page, errors } = await blankPage(context, site);
	try {
		const call = async ([tools, more, body, rest]) => {
			const made = (source) => new Function(`return (${source})`)();
			return made(body)(await made(more)(await made(tools)()), ...rest);
		};
		const value = await page.evaluate(call, [TOOLS, more, body.toString(), rest]);
		return { value, errors };
	} finally {
		await page.close();
	}
}
