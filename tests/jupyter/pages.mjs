// Notebooks in a real browser, and what tests do with them.
import { root, startBrowser } from "../browser/harness.mjs";
import { startRangeServer } from "../server/range-server.mjs";

/** Starting JupyterLab takes its time on a busy machine. */
export const LONG_MS = 60_000;

/** A browser and a data server. `strangers` are the hosts, other than this machine, that pages asked for anything. */
export async function startPages() {
	const data = await startRangeServer({ root });
	const context = await startBrowser();
	context.setDefaultTimeout(LONG_MS);
	const strangers = [];
	context.on("request", (request) => {
		const { hostname, protocol } = new URL(request.url());
		if (protocol.startsWith("http") && hostname !== "127.0.0.1") strangers.push(hostname);
	});
	const visit = async (url) => {
		const page = await context.newPage();
		await page.setViewportSize({ width: 1280, height: 900 });
		await page.goto(url);
		return page;
	};
	return {
		data,
		strangers,
		visit,
		async close() {
			await context.close();
			await data.close();
		},
	};
}

export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

/** A drawn picture of a kind, in an output or in a widget. */
export const drawn = (page, kind) => page.locator(`.stage[data-drawn="${kind}"]`);

/** Where a notebook's kernel is not there, JupyterLab asks for another: none. */
export async function chooseNoKernel(page) {
	await page.locator(".jp-Dialog button", { hasText: "No Kernel" }).click();
	await page.locator(".jp-Dialog").waitFor({ state: "detached" });
}

/** What is asked of a data server for a store, since a place in its log. */
export const requestsFor = (data, store, since = 0) => data.log.slice(since).filter(({ path }) => path.includes(store));
