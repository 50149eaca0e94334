/**
 * A folder over HTTP: single ranges, CORS for everybody, ETags, and listings, so that stores without consolidated metadata
 * open. Reads only, and only what lies in the folder, dotfiles too (`.zmetadata`).
 */

import { createReadStream, type Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { etagMatches, listing, rangeOf, typeOf } from "./serving.js";

/** How to serve. */
export interface ServeOptions {
	/** Default 0: any that is free. */
	port?: number;
	/** Default 127.0.0.1: only this machine. */
	host?: string;
	/** More headers for a path, such as `/index.html`; they win over the server's own. */
	headers?: (path: string) => Record<string, string> | undefined;
}

/** A server that runs. */
export interface RunningServer {
	/** Ends in a slash. */
	url: string;
	port: number;
	/** Ends all connections and the server. */
	close(): Promise<void>;
}

const CORS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": "Content-Range, Content-Length, ETag, Accept-Ranges, Last-Modified",
	// A page whose policy isolates it may still take what is here.
	"Cross-Origin-Resource-Policy": "cross-origin",
};

/** Serves a folder. Rejects if it is not there, or the port is taken. */
export async function startServer(root: string, options: ServeOptions = {}): Promise<RunningServer> {
	const { port = 0, host = "127.0.0.1" } = options;
	const base = await realpath(resolve(root));
	if (!(await stat(base)).isDirectory()) throw Object.assign(new Error(`${root} is not a folder`), { code: "ENOTDIR" });
	const server = createServer((request, response) => {
		answer(base, options, request, response).catch(() => {
			if (!response.headersSent) response.writeHead(500, CORS);
			response.destroyed || response.end();
		});
	});
	await new Promise<void>((done, failed) => {
		server.once("error", failed);
		server.listen(port, host, () => {
			server.off("error", failed);
			done();
		});
	});
	const bound = (server.address() as AddressInfo).port;
	return {
		url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`,
		port: bound,
		close: () =>
			new Promise((done) => {
				server.close(() => done());
				server.closeAllConnections();
			}),
	};
}

async function answer(
	base: string,
	options: ServeOptions,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const plain = (status: number, headers: Record<string, string> = {}) => {
		response.writeHead(status, { ...CORS, "Content-Length": "0", ...headers });
		response.end();
	};
	if (request.method === "OPTIONS") return plain(204, preflight(request));
	if (request.method !== "GET" && request.method !== "HEAD") return plain(405, { Allow: "GET, HEAD, OPTIONS" });
	const path = pathOf(request.url ?? "/");
	if (path === undefined) return plain(400);
	const place = await locate(base, path);
	if (!place) return plain(404);
	const more = options.headers?.(path) ?? {};
	if (!place.info.isDirectory()) return path.endsWith("/") ? plain(404) : sendFile(place, more, request, response);
	if (!path.endsWith("/")) {
		// Readers of stores ask for chunks by names that may be folders: to them that is nothing.
		const browser = request.headers.accept?.includes("text/html");
		return browser ? plain(301, { Location: `./${encodeURIComponent(path.split("/").pop() ?? "")}/` }) : plain(404);
	}
	const index = await locate(base, `${path}index.html`);
	if (index?.info.isFile()) return sendFile(index, more, request, response);
	const page = Buffer.from(listing(path, await namesIn(place.file)));
	const headers = { ...CORS, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache", ...more };
	response.writeHead(200, { ...headers, "Content-Length": page.length });
	response.end(request.method === "HEAD" ? undefined : page);
}

/** The path that is asked for, decoded; undefined if it is none. */
function pathOf(url: string): string | undefined {
	try {
		const path = decodeURIComponent(url.split(/[?#]/)[0] ?? "/");
		return path.startsWith("/") && !path.includes("\0") ? path : undefined;
	} catch {
		return undefined;
	}
}

interface Place {
	file: string;
	info: Stats;
}

/** A file or folder in the root; undefined where there is none, or where `..` or a link leads out of it. */
async function locate(base: string, path: string): Promise<Place | undefined> {
	const wanted = resolve(base, `.${join("/", path)}`);
	if (path.split(/[/\\]/).includes("..")) return undefined;
	try {
		const file = await realpath(wanted);
		if (file !== base && !file.startsWith(base.endsWith(sep) ? base : base + sep)) return undefined;
		return { file, info: await stat(file) };
	} catch {
		return undefined;
	}
}

/** Names in a folder; those of folders, and of links to folders, end in a slash. */
async function namesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { withFileTypes: true });
	return Promise.all(
		entries.map(async (entry) => {
			const isFolder = entry.isSymbolicLink()
				? (await stat(join(folder, entry.name)).catch(() => undefined))?.isDirectory()
				: entry.isDirectory();
			return isFolder ? `${entry.name}/` : entry.name;
		}),
	);
}

async function sendFile(
	{ file, info }: Place,
	more: Record<string, string>,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	if (!info.isFile()) return void response.writeHead(404, { ...CORS, "Content-Length": "0" }).end();
	const etag = `"${info.size.toString(16)}-${Math.round(info.mtimeMs * 1000).toString(16)}"`;
	const headers = {
		...CORS,
		"Accept-Ranges": "bytes",
		"Cache-Control": "no-cache",
		ETag: etag,
		"Last-Modified": info.mtime.toUTCString(),
		"Content-Type": typeOf(file),
		...more,
	};
	if (etagMatches(request.headers["if-none-match"], etag)) return void response.writeHead(304, headers).end();
	const { "if-range": condition, range: wanted } = request.headers;
	const range = condition && condition !== etag ? undefined : rangeOf(wanted, info.size);
	if (range === "outside") {
		return void response
			.writeHead(416, { ...headers, "Content-Range": `bytes */${info.size}`, "Content-Length": 0 })
			.end();
	}
	const [start, end] = range ?? [0, info.size];
	const part = range ? { "Content-Range": `bytes ${start}-${end - 1}/${info.size}` } : {};
	response.writeHead(range ? 206 : 200, { ...headers, ...part, "Content-Length": end - start });
	if (request.method === "HEAD" || end === start) return void response.end();
	// A reader that goes away is no error of ours.
	await pipeline(createReadStream(file, { start, end: end - 1 }), response).catch(() => response.destroy());
}

function preflight(request: IncomingMessage): Record<string, string> {
	const asked = request.headers["access-control-request-headers"];
	return {
		"Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
		"Access-Control-Allow-Headers": asked ?? "Range, If-None-Match",
		"Access-Control-Max-Age": "86400",
		// Asked for by browsers when a public page (the dashboard) reads from this machine.
		...(request.headers["access-control-request-private-network"]
			? { "Access-Control-Allow-Private-Network": "true" }
			: {}),
	};
}
