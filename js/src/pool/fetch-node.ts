/** `fetch` for Node: also for `file:` addresses, which answer as a range server would, folders with a listing. */

import { open, readdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseRange } from "./ranges.js";

/** Fetches `http(s):` by Node's own fetch and `file:` from disk. */
export async function fetchAny(url: string, options: RequestInit = {}): Promise<Response> {
	if (!url.startsWith("file:")) return fetch(url, options);
	options.signal?.throwIfAborted();
	const path = fileURLToPath(url.split("?")[0] ?? url);
	const info = await stat(path).catch(() => undefined);
	if (!info) return new Response(null, { status: 404 });
	if (info.isDirectory()) return url.split("?")[0]?.endsWith("/") ? listing(path) : new Response(null, { status: 404 });
	const headers = new Headers(options.headers);
	const range = parseRange(headers.get("range"), info.size);
	if (range === "outside") return new Response(null, { status: 416 });
	const [start, end] = range ?? [0, info.size];
	if (options.method === "HEAD")
		return new Response(null, { status: 200, headers: { "Content-Length": `${info.size}` } });
	const file = await open(path);
	try {
		const bytes = new Uint8Array(end - start);
		const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
		const status = range ? 206 : 200;
		const contentRange = range ? { "Content-Range": `bytes ${start}-${end - 1}/${info.size}` } : undefined;
		// The length lets the core take the memory that it needs, once.
		const length = { "Content-Length": `${bytesRead}` };
		return new Response(bytes.subarray(0, bytesRead), { status, headers: { ...length, ...contentRange } });
	} finally {
		await file.close();
	}
}

/** The folder's entries as the HTML page that static servers write. */
async function listing(path: string): Promise<Response> {
	const entries = await readdir(path, { withFileTypes: true });
	const links = entries.map((e) => `<a href="${encodeURIComponent(e.name)}${e.isDirectory() ? "/" : ""}"></a>`);
	return new Response(links.join("\n"), { headers: { "Content-Type": "text/html" } });
}
