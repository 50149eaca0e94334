/** Numbers for readers. */

const STEPS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** A size in bytes: `17 B`, `1.66 MiB`. */
export function size(bytes: number): string {
	let at = 0;
	let value = bytes;
	while (value >= 1024 && at < STEPS.length - 1) {
		value /= 1024;
		at += 1;
	}
	return `${at === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${STEPS[at]}`;
}

/** A count with its digits in groups. */
export function count(value: number): string {
	return value.toLocaleString("en-US");
}

/** Seconds: `0.21 s`, `3 min 20 s`. */
export function seconds(value: number): string {
	if (value < 60) return `${value.toFixed(value < 10 ? 2 : 1)} s`;
	return `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
}
