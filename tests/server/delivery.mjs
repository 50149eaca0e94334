// How an answer travels: whole, slowly, damaged, or cut off on its way.

import { once } from "node:events";
import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import('./answers.mjs').Answer} Answer */
/** @typedef {import('./answers.mjs').Fault} Fault */

/**
 * @typedef {object} Exchange
 * @property {import('node:http').IncomingMessage} req
 * @property {import('node:http').ServerResponse} res
 * @property {{ status: number, bytes: number }} entry  Of the log.
 * @property {AbortSignal} gone  Aborts when the connection closes.
 * @property {boolean} ended  The answer ended as the server meant it to.
 */

/** Throttled bodies are sent in this many pieces a second. */
const PIECES_PER_SECOND = 20;

/** A reset discards what the kernel has not yet passed on; on loopback this is ample. */
const MS_BEFORE_RESET = 20;

/**
 * @param {Exchange} exchange
 * @param {Answer} answer
 * @param {Fault | undefined} fault
 */
export async function deliver(exchange, answer, fault) {
	const { req, res, entry, gone } = exchange;
	const size = req.method === "HEAD" ? 0 : answer.span.end - answer.span.start;
	const cut = cutOf(fault, size);
	const { start } = answer.span;

	const out = writeHead(exchange, answer, fault);
	let body = answer.source.read(start, start + (cut?.at ?? size));
	if (fault?.kind === "corrupt") body = corrupted(body, fault.offset ?? size >> 1);
	if (fault?.kind === "slow") body = throttled(body, fault.bytesPerSecond, gone);

	for await (const block of body) {
		gone.throwIfAborted();
		entry.bytes += block.length;
		if (!out.write(block)) await once(out, "drain", { signal: gone });
	}

	if (!cut) {
		res.once("finish", () => (exchange.ended = true));
		res.end();
	} else {
		await end(exchange, cut.ending);
	}
}

/**
 * Where the body breaks off, and what the connection does there.
 *
 * @param {Fault | undefined} fault
 * @param {number} size
 * @returns {{ at: number, ending: 'fin' | 'rst' | 'silence' } | undefined}
 */
function cutOf(fault, size) {
	const at = (bytes) => Math.min(bytes ?? size >> 1, size);
	switch (fault?.kind) {
		case "short":
		case "close10":
			return { at: at(fault.bytes), ending: "fin" };
		case "reset":
			return { at: at(fault.afterBytes), ending: "rst" };
		case "stall":
			return { at: at(fault.afterBytes), ending: "silence" };
		default:
			return undefined;
	}
}

/**
 * @param {Exchange} exchange
 * @param {'fin' | 'rst' | 'silence'} how
 */
async function end(exchange, how) {
	const { req, gone } = exchange;
	if (how === "silence") return sleep(2 ** 31 - 1, undefined, { signal: gone, ref: false });
	if (how === "rst") await sleep(MS_BEFORE_RESET, undefined, { signal: gone });
	exchange.ended = true;
	// `res.end()` would leave the connection open, and the client waiting for the bytes still owed.
	return how === "rst" ? req.socket.resetAndDestroy() : req.socket.destroySoon();
}

/**
 * Writes the head, and returns what the body is to be written to.
 *
 * @param {Exchange} exchange
 * @param {Answer} answer
 * @param {Fault | undefined} fault
 */
function writeHead({ req, res, entry }, { status, headers }, fault) {
	entry.status = status;
	if (fault?.kind !== "close10") {
		res.writeHead(status, headers);
		res.flushHeaders();
		return res;
	}
	// Node always adds a length or chunks to an answer that is to have a body: only raw bytes omit both.
	const lines = Object.entries({ ...res.getHeaders(), ...headers, Connection: "close" })
		.filter(([name]) => name.toLowerCase() !== "content-length")
		.map(([name, value]) => `${name}: ${value}\r\n`);
	req.socket.write(`HTTP/1.0 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`);
	return req.socket;
}

/** Flips the byte at `offset` of the body sent, on a copy: blocks may be shared between requests. */
async function* corrupted(body, offset) {
	let at = 0;
	for await (const block of body) {
		const within = offset - at;
		at += block.length;
		if (within < 0 || within >= block.length) {
			yield block;
		} else {
			const copy = Buffer.from(block);
			copy[within] ^= 0xff;
			yield copy;
		}
	}
}

/** Paced by the clock, not by equal pauses: timers run late, and the delays would add up. */
async function* throttled(body, bytesPerSecond, gone) {
	const piece = Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND));
	const startedAt = performance.now();
	let sent = 0;
	for await (const block of body) {
		for (let at = 0; at < block.length; at += piece) {
			const part = block.subarray(at, at + piece);
			sent += part.length;
			const due = startedAt + (sent / bytesPerSecond) * 1000;
			await sleep(Math.max(0, due - performance.now()), undefined, { signal: gone });
			yield part;
		}
	}
}
