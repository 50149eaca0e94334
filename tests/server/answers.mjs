// What to answer: status, headers and span of the body, including the faults that change these.
// How the answer then travels, and breaks on its way, is the business of delivery.mjs.

import { resolve } from "node:path";
import { UNSATISFIABLE, contentRange, parseRange } from "./ranges.mjs";
import { bufferSource, fileSource } from "./sources.mjs";

/** @typedef {import('./sources.mjs').Source} Source */
/** @typedef {import('./ranges.mjs').Span} Span */

/**
 * A way to misbehave. A byte count left out means half of the body. `cors: false` goes with any kind.
 *
 * @typedef {(
 *   | { kind: 'status', status: number, headers?: Record<string, string>, body?: string | Uint8Array }
 *   | { kind: 'ignore-range' }
 *   | { kind: 'short', bytes?: number }
 *   | { kind: 'short206', bytes?: number }
 *   | { kind: 'wrong-range', shift?: number }
 *   | { kind: 'reset', afterBytes?: number }
 *   | { kind: 'stall', afterBytes?: number }
 *   | { kind: 'slow', bytesPerSecond: number }
 *   | { kind: 'delay', ms: number }
 *   | { kind: 'close10', bytes?: number }
 *   | { kind: 'corrupt', offset?: number }
 *   | { kind: 'replace', file?: string, buffer?: string | Uint8Array }
 * ) & { cors?: false }} Fault
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Record<string, string | number>} headers
 * @property {Source} source
 * @property {Span} span  Of the source.
 */

export const FAULT_KINDS = new Set([
	"status",
	"ignore-range",
	"short",
	"short206",
	"wrong-range",
	"reset",
	"stall",
	"slow",
	"delay",
	"close10",
	"corrupt",
	"replace",
]);

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {Source | undefined} source
 * @param {Fault | undefined} fault
 * @returns {Answer}
 */
export function answerTo(req, source, fault) {
	if (fault?.kind === "status") return message(fault.status, fault.body ?? "", fault.headers);
	if (!source) return message(404, "not found\n");

	const headers = { "Content-Type": source.type, ETag: source.etag, "Accept-Ranges": "bytes" };
	if (req.headers["if-none-match"] === source.etag) {
		return { status: 304, headers, source, span: { start: 0, end: 0 } };
	}

	const asked = spanAsked(req, source, fault);
	if (asked === UNSATISFIABLE) {
		return message(416, "range not satisfiable\n", { "Content-Range": `bytes */${source.length}` });
	}
	if (!asked) return withLength({ status: 200, headers, source, span: { start: 0, end: source.length } });

	const span = spanGiven(asked, source.length, fault);
	headers["Content-Range"] = contentRange(span, source.length);
	return withLength({ status: 206, headers, source, span });
}

/**
 * A short text in place of the resource.
 *
 * @param {number} status
 * @param {string | Uint8Array} body
 * @param {Record<string, string>} [headers]
 * @returns {Answer}
 */
export function message(status, body, headers = {}) {
	const source = bufferSource(body, "");
	const span = { start: 0, end: source.length };
	const answer = { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers }, source, span };
	return status === 204 || status === 304 ? answer : withLength(answer);
}

/**
 * The body that a `replace` fault puts in the place of the real one. Its ETag differs, as that of a
 * file overwritten under its readers would.
 *
 * @param {Fault & { kind: 'replace' }} fault
 * @param {string} root
 * @param {string} path
 */
export async function replacement(fault, root, path) {
	return fault.file ? fileSource(resolve(root, fault.file)) : bufferSource(fault.buffer ?? "", path);
}

/** @param {Answer} answer */
function withLength(answer) {
	answer.headers["Content-Length"] = answer.span.end - answer.span.start;
	return answer;
}

function spanAsked(req, source, fault) {
	// For HEAD no range is defined (RFC 9110 §14.2), and a stale If-Range voids it.
	const ifRange = req.headers["if-range"];
	if (req.method !== "GET" || fault?.kind === "ignore-range") return undefined;
	if (ifRange && ifRange !== source.etag) return undefined;
	return parseRange(req.headers.range, source.length);
}

/** @returns {Span} */
function spanGiven({ start, end }, length, fault) {
	const size = end - start;
	if (fault?.kind === "short206") {
		// Content-Range cannot express an empty span.
		return { start, end: start + Math.max(1, Math.min(fault.bytes ?? size >> 1, size)) };
	}
	if (fault?.kind === "wrong-range") {
		const { shift = 1 } = fault;
		// Of the same size where the body has room for it, or else cut off at the end.
		const moved = [start + shift, start - shift].find((s) => s >= 0 && s + size <= length);
		return moved === undefined ? { start: Math.min(start + 1, length - 1), end } : { start: moved, end: moved + size };
	}
	return { start, end };
}
