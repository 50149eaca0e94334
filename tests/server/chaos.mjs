// Failures that look random, and are the same on every run.

/** @typedef {import('./answers.mjs').Fault} Fault */

/** Faults that a client can notice at once and mend by asking again. */
const MENDABLE = ["status", "reset", "short"];

/** For kinds named by a string alone; byte counts default to half of the body. */
const DEFAULTS = { status: { status: 503 }, slow: { bytesPerSecond: 64 * 1024 }, delay: { ms: 50 } };

/** A client that tries three times is to succeed in the end, whatever the rate. */
const MOST_IN_A_ROW = 2;

/**
 * A faults function under which a share `rate` of the attempts fails. What becomes of an attempt depends
 * on the seed, the path, the range and the number of earlier attempts at these, not on how requests for
 * different paths interleave. Neither a path nor one range of it fails more than twice in a row.
 *
 * @param {{ seed?: number, rate?: number, kinds?: (Fault['kind'] | Fault)[] }} [options]
 * @returns {(req: { path: string, range?: string | null }) => Fault | undefined}
 */
export function chaos({ seed = 1, rate = 0.3, kinds = MENDABLE } = {}) {
	const faults = kinds.map((kind) => (typeof kind === "string" ? { kind, ...DEFAULTS[kind] } : kind));
	/** @type {Map<string, number>} */
	const attempts = new Map();
	/** @type {Map<string, number>} */
	const inARow = new Map();

	return ({ path, range }) => {
		// The server refuses paths with a NUL, so the keys of a path and of its ranges never coincide.
		const keys = [path, `${path}\0${range ?? "whole"}`];
		const attempt = (attempts.get(keys[1]) ?? 0) + 1;
		attempts.set(keys[1], attempt);

		const next = xorshift(hash(`${seed} ${keys[1]} ${attempt}`));
		const allowed = keys.every((key) => (inARow.get(key) ?? 0) < MOST_IN_A_ROW);
		const fails = next() < rate && allowed;
		for (const key of keys) inARow.set(key, fails ? (inARow.get(key) ?? 0) + 1 : 0);
		return fails ? faults[Math.floor(next() * faults.length)] : undefined;
	};
}

/** FNV-1a, of 32 bits. */
function hash(text) {
	let h = 0x811c9dc5;
	for (const byte of Buffer.from(text)) h = Math.imul(h ^ byte, 0x01000193);
	return h >>> 0;
}

/** Marsaglia's xorshift32: numbers in [0, 1). */
function xorshift(state) {
	const next = () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
	state ||= 1; // Zero is its one fixed point.
	next(); // Similar hashes give similar first numbers.
	next();
	return next;
}
