// The built dashboard on a static server and a sub-path, and what its tests do with it.
import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRangeServer } from "../server/range-server.mjs";
import { root, startBrowser } from "./harness.mjs";

/** Serves the page and starts a browser; `visit` opens the page with a hash, and collects what the console complains of. */
export async function startDashboard() {
	// Any folder, any path below it.
	const folder = mkdtempSync(join(tmpdir(), "zarrscope-site-"));
	cpSync(join(root, "www/dist"), join(folder, "some/sub/path"), { recursive: true });
	const site = await startRangeServer({ root: folder });
	const context = await startBrowser();
	const visit = async (hash = "", options = {}) => {
		const page = await context.newPage();
		await page.setViewportSize({ width: 1280, height: 860, ...options });
		const complaints = [];
		page.on("console", (m) => m.type() === "error" && complaints.push(m.text()));
		page.on("pageerror", (e) => complaints.push(String(e)));
		await page.goto(`${site.url}/some/sub/path/index.html${hash}`);
		return { page, complaints };
	};
	const close = async () => {
		await context.close();
		await site.close();
	};
	return { site, visit, close };
}

export const byId = (page, id) => page.locator(`[data-testid="${id}"]`);

export const drawn = (page, kind) =>
	page.waitForSelector(kind ? `.stage[data-drawn="${kind}"]` : ".stage[data-drawn]", { timeout: 15_000 });

/** What a click on a save button downloads. */
export async function save(page, format) {
	const [download] = await Promise.all([page.waitForEvent("download"), byId(page, `save-${format}`).click()]);
	return readFileSync(await download.path());
}
