// Where the bytes of an answer come from: the disk, memory, or a function.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";

/**
 * @typedef {object} Source
 * @property {number} length
 * @property {string} type
 * @property {string} etag
 * @property {(start: number, end: number) => AsyncIterable<Buffer>} read  `end` is exclusive.
 */

/** @typedef {{ length: number, etag?: string, bytes(start: number, end: number): Buffer }} Generated */

/** Bodies are written in blocks of this size, so that a client's departure is noticed midway. */
const BLOCK = 256 * 1024;

const JSON_TYPE = "application/json; charset=utf-8";

const TYPES = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".json": JSON_TYPE,
	".wasm": "application/wasm",
	".svg": "image/svg+xml",
	".png": "image/png",
	".zarr": "application/vnd.zarr",
};

/** @param {string} path */
export function contentType(path) {
	// To extname, a dotfile such as `.zarray` has no extension.
	if (/^\.z(array|attrs|group|metadata)$/.test(basename(path))) return JSON_TYPE;
	return TYPES[extname(path)] ?? "application/octet-stream";
}

/**
 * The decoded path of a request target, or undefined where it is malformed or climbs out of the root.
 * `new URL` is not used: it resolves `..` silently, where a refusal should be seen.
 *
 * @param {string} target
 */
export function decodePath(target) {
	const [raw] = target.replace(/^https?:\/\/[^/]*/, "").split(/[?#]/);
	try {
		const path = decodeURIComponent(raw);
		const refused = !path.startsWith("/") || path.includes("\0") || path.split(/[/\\]/).includes("..");
		return refused ? undefined : path;
	} catch {
		return undefined;
	}
}

/**
 * The file that `path` names, or undefined: there are no listings, only a folder's own `index.html`.
 *
 * @param {string} root
 * @param {string} path  Decoded, and checked by `decodePath`.
 * @returns {Promise<Source | undefined>}
 */
export async function fileUnder(root, path) {
	const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
	return fileSource(file).catch((error) => {
		if (["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"].includes(error.code)) return undefined;
		throw error;
	});
}

/**
 * @param {string} file
 * @returns {Promise<Source>}
 */
export async function fileSource(file) {
	const info = await stat(file);
	if (!info.isFile()) throw Object.assign(new Error(`not a file: ${file}`), { code: "EISDIR" });
	return {
		length: info.size,
		type: contentType(file),
		etag: `"${info.size.toString(16)}-${Math.round(info.mtimeMs * 1000).toString(16)}"`,
		async *read(start, end) {
			// createReadStream's `end` is inclusive, and so cannot say "nothing".
			if (start < end) yield* createReadStream(file, { start, end: end - 1, highWaterMark: BLOCK });
		},
	};
}

/**
 * @param {Generated} generated
 * @param {string} path
 * @returns {Source}
 */
export function generatedSource(generated, path) {
	const { length, etag = `"g-${length.toString(16)}"` } = generated;
	return {
		length,
		type: contentType(path),
		etag,
		async *read(start, end) {
			for (let at = start; at < end; at += BLOCK) yield generated.bytes(at, Math.min(at + BLOCK, end));
		},
	};
}

/**
 * @param {Uint8Array | string} content
 * @param {string} path  Gives the content type.
 * @returns {Source}
 */
export function bufferSource(content, path) {
	const buffer = Buffer.from(content);
	const etag = `"b-${createHash("sha1").update(buffer).digest("hex").slice(0, 16)}"`;
	return generatedSource({ length: buffer.length, etag, bytes: (s, e) => buffer.subarray(s, e) }, path);
}
