// The Range request header, as RFC 9110 §14 has it.

/** @typedef {{ start: number, end: number }} Span  Half-open, like Buffer.subarray. */

/** The range is well-formed but lies outside the body: the answer is 416. */
export const UNSATISFIABLE = Symbol("unsatisfiable");

/**
 * The span asked for, or undefined where the header is to be ignored: absent, malformed, or several
 * ranges at once (a server may answer those with the whole body, and the object stores do).
 *
 * @param {string | undefined} header
 * @param {number} length  Of the whole body.
 * @returns {Span | typeof UNSATISFIABLE | undefined}
 */
export function parseRange(header, length) {
	const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
	if (!first && !last) return undefined;

	if (!first) {
		const start = Math.max(0, length - Number(last));
		return start < length ? { start, end: length } : UNSATISFIABLE;
	}

	const start = Number(first);
	if (last && Number(last) < start) return undefined;
	if (start >= length) return UNSATISFIABLE;
	return { start, end: last ? Math.min(Number(last) + 1, length) : length };
}

/**
 * @param {Span} span
 * @param {number} length
 */
export const contentRange = ({ start, end }, length) => `bytes ${start}-${end - 1}/${length}`;
