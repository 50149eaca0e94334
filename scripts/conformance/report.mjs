// The tables on the terminal.

import { typeFamily } from "./types.mjs";

/** Counts by suite, format, type and codec, as text. */
export function tables(results) {
	return [
		["suite", (r) => [r.suite]],
		["format", (r) => [r.format]],
		["type", (r) => [typeFamily(r.dtype)]],
		["codec", (r) => (r.codecs.length > 0 ? [...new Set(r.codecs)] : ["none"])],
	]
		.map(([title, keysOf]) => table(title, results, keysOf))
		.join("\n\n");
}

function table(title, results, keysOf) {
	const rows = new Map();
	for (const result of results) {
		for (const key of keysOf(result)) {
			const row = rows.get(key) ?? { passed: 0, refused: 0, FAILED: 0, reasons: new Set() };
			rows.set(key, row);
			row[result.is] += 1;
			if (result.is === "refused") row.reasons.add(result.why);
		}
	}
	const lines = [...rows]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, { passed, refused, FAILED, reasons }]) => [
			key,
			passed || "",
			refused || "",
			FAILED || "",
			[...reasons].join(", "),
		]);
	return aligned([[title, "passed", "refused", "FAILED", ""], ...lines]);
}

function aligned(rows) {
	const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => String(row[c]).length)));
	const cell = (value, c) => (c > 0 && c < 4 ? String(value).padStart(widths[c]) : String(value).padEnd(widths[c]));
	return rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n");
}
