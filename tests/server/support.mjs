// What the tests of the server share.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { startRangeServer } from "./range-server.mjs";

/** A thousand bytes, of which any window of 250 tells its own offset. */
export const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

/**
 * A server over a temporary folder, both gone when the test ends.
 *
 * @param {import('node:test').TestContext} t
 * @param {Omit<Parameters<typeof startRangeServer>[0], 'root'>} [options]
 * @param {Record<string, string | Uint8Array>} [files]
 */
export async function serve(t, options = {}, files = { "data.bin": BYTES }) {
	const root = await mkdtemp(join(tmpdir(), "range-server-"));
	for (const [path, content] of Object.entries(files)) {
		await mkdir(dirname(join(root, path)), { recursive: true });
		await writeFile(join(root, path), content);
	}
	const server = await startRangeServer({ root, ...options });
	t.after(async () => {
		await server.close();
		await rm(root, { recursive: true });
	});
	return server;
}

/**
 * What goes over the wire, which fetch would tidy up: paths, heads, and how the connection ends.
 *
 * @param {{ port: number }} server
 * @param {string} target
 * @param {{ method?: string, headers?: Record<string, string> }} [options]
 * @returns {Promise<{ head: string, body: Buffer, error?: string }>}
 */
export function rawRequest({ port }, target, { method = "GET", headers = {} } = {}) {
	return new Promise((resolve) => {
		const blocks = [];
		let error;
		const lines = Object.entries({ Host: "test", Connection: "close", ...headers }).map(([n, v]) => `${n}: ${v}\r\n`);
		connect(port, "127.0.0.1")
			.on("data", (block) => blocks.push(block))
			.on("error", ({ code }) => (error = code))
			.on("close", () => {
				const all = Buffer.concat(blocks);
				const split = all.indexOf("\r\n\r\n");
				resolve({ head: all.subarray(0, split).toString(), body: all.subarray(split + 4), error });
			})
			.write(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
	});
}

/**
 * @param {string} url
 * @param {string} [range]
 * @param {RequestInit} [init]
 */
export const get = (url, range, init = {}) =>
	fetch(url, { ...init, headers: { ...init.headers, ...(range && { Range: range }) } });

/** @param {Response} response */
export const bytesOf = async (response) => Buffer.from(await response.arrayBuffer());

/** @param {() => boolean} condition */
export async function until(condition) {
	const deadline = Date.now() + 5000;
	while (!condition()) {
		if (Date.now() > deadline) throw new Error(`never came true: ${condition}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
