/** Ranges of bytes, as those who answer for a server read them. */

/** First byte and one past the last, of a single range; undefined for the whole. */
export function parseRange(header: string | null, size: number): [number, number] | "outside" | undefined {
	const match = header?.match(/^bytes=(\d*)-(\d*)$/);
	if (!match || (!match[1] && !match[2])) return undefined;
	const start = match[1] ? Number(match[1]) : Math.max(0, size - Number(match[2]));
	const end = match[1] && match[2] ? Math.min(size, Number(match[2]) + 1) : size;
	return start < end ? [start, end] : "outside";
}
