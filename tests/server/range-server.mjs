// A real HTTP/1.1 server with ranges, CORS, a log of what was asked, and faults on demand.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FAULT_KINDS, answerTo, message, replacement } from "./answers.mjs";
import { deliver } from "./delivery.mjs";
import { decodePath, fileUnder, generatedSource } from "./sources.mjs";

export { chaos } from "./chaos.mjs";

/** @typedef {import('./answers.mjs').Fault} Fault */

/**
 * `count` is how often the path has been asked for since the last reset, this time included.
 *
 * @typedef {(req: { method: string, path: string, range: string | null, count: number })
 *   => Fault | undefined} Faults
 */

/**
 * @typedef {object} LogEntry
 * @property {string} method
 * @property {string} path  Decoded, without the query.
 * @property {string | null} range
 * @property {number} status  0 until the head is sent.
 * @property {number} bytes  Of the body, handed to the socket so far.
 * @property {string | null} origin
 * @property {string | null} cookie
 * @property {string | null} referer
 * @property {number} startedAt  As Date.now().
 * @property {boolean} aborted  The client went away before the end.
 */

/**
 * @typedef {object} Options
 * @property {string} [root]  The folder served; none for generated content alone.
 * @property {number} [port]
 * @property {boolean} [cors]
 * @property {Faults} [faults]
 * @property {number} [delayMs]  Before every answer.
 * @property {(path: string) => import('./sources.mjs').Generated | undefined} [generate]  Asked before
 *   the disk; `bytes(start, end)` has an exclusive end.
 * @property {Record<string, string>} [headers]  On every answer.
 */

const METHODS = ["GET", "HEAD", "OPTIONS"];
const ALLOW = { Allow: METHODS.join(", ") };

const CORS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": "Content-Range, Content-Length, ETag, Accept-Ranges",
};

const PREFLIGHT = { "Access-Control-Allow-Methods": ALLOW.Allow, "Access-Control-Allow-Headers": "Range" };

/** @param {Options} options */
export async function startRangeServer({ root, port = 0, cors = true, faults, delayMs = 0, generate, headers = {} }) {
	/** @type {LogEntry[]} */
	const log = [];
	/** @type {Map<string, number>} */
	const counts = new Map();
	/** @type {Set<import('./delivery.mjs').Exchange>} */
	const inFlight = new Set();
	let peak = 0;

	const server = createServer(async (req, res) => {
		const exchange = admit(req, res);
		try {
			await respond(exchange);
		} catch (error) {
			if (exchange.gone.aborted) return;
			// A mistake in a test's own function: shown, for a silent hang would be laborious to explain.
			console.error(error);
			if (!res.headersSent) return deliver(exchange, message(500, `${error.stack}\n`));
			exchange.ended = true;
			res.destroy();
		}
	});
	// Idle connections stay open until close(): a client that reuses one just as it times out would see a
	// reset that no test had asked for.
	Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });

	/** Enters a request into the books, until its connection is done with it. */
	function admit(req, res) {
		const header = (name) => req.headers[name] ?? null;
		const entry = {
			method: req.method,
			path: decodePath(req.url) ?? req.url,
			range: header("range"),
			status: 0,
			bytes: 0,
			origin: header("origin"),
			cookie: header("cookie"),
			referer: header("referer"),
			startedAt: Date.now(),
			aborted: false,
		};
		log.push(entry);

		const leaving = new AbortController();
		const exchange = { req, res, entry, gone: leaving.signal, ended: false };
		inFlight.add(exchange);
		peak = Math.max(peak, inFlight.size);
		res.once("close", () => {
			inFlight.delete(exchange);
			entry.aborted = !exchange.ended;
			leaving.abort();
		});
		return exchange;
	}

	/** @param {import('./delivery.mjs').Exchange} exchange */
	async function respond(exchange) {
		const { req, res, entry, gone } = exchange;
		// Before the test's own functions are asked, so that even their failures are readable in a browser.
		for (const [name, value] of Object.entries({ ...(cors && CORS), ...headers })) res.setHeader(name, value);
		const fault = faultFor(entry);
		if (fault?.cors === false) for (const name of Object.keys(CORS)) res.removeHeader(name);

		const delay = delayMs + (fault?.kind === "delay" ? fault.ms : 0);
		if (delay > 0) await sleep(delay, undefined, { signal: gone });
		await deliver(exchange, await answerFor(req, entry.path, fault), fault);
	}

	/** Preflights are spared and not counted: how many there are is the browser's choice. */
	function faultFor({ method, path, range }) {
		if (method === "OPTIONS") return undefined;
		const count = (counts.get(path) ?? 0) + 1;
		counts.set(path, count);
		const fault = faults?.({ method, path, range, count });
		if (fault && !FAULT_KINDS.has(fault.kind)) throw new Error(`unknown kind of fault: ${fault.kind}`);
		return fault;
	}

	async function answerFor(req, path, fault) {
		if (req.method === "OPTIONS") return message(204, "", { ...ALLOW, ...(cors && PREFLIGHT) });
		if (!METHODS.includes(req.method)) return message(405, "method not allowed\n", ALLOW);
		if (decodePath(req.url) === undefined) return message(403, "path refused\n");
		return answerTo(req, await sourceOf(path, fault), fault);
	}

	async function sourceOf(path, fault) {
		if (fault?.kind === "replace") return replacement(fault, root ?? ".", path);
		const generated = await generate?.(path);
		if (generated) return generatedSource(generated, path);
		return root === undefined ? undefined : fileUnder(root, path);
	}

	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const address = /** @type {import('node:net').AddressInfo} */ (server.address());

	return {
		url: `http://127.0.0.1:${address.port}`,
		port: address.port,
		log,
		/** Forgets the log, the counts and the peak; the faults stay. */
		reset() {
			log.length = 0;
			counts.clear();
			peak = inFlight.size;
		},
		/** @param {Faults} [next] */
		setFaults(next) {
			faults = next;
		},
		/** Connections with an unanswered request under way. */
		openSockets: () => new Set([...inFlight].map(({ req }) => req.socket)).size,
		/** The most requests that were under way at once since the last reset. */
		peakInFlight: () => peak,
		/** Resolves once nothing is under way: a client can see the end of an answer before the log does. */
		async idle() {
			while (inFlight.size > 0) await Promise.all([...inFlight].map(({ res }) => once(res, "close")));
		},
		/** Cuts whatever is still under way. */
		async close() {
			if (!server.listening) return;
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
