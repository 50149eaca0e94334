/** `--precision exact`, or `bytes=50MB`, `error=0.01`, `seed=3` between commas: an estimate from a sample of chunks. */

import type { Precision } from "../api/spec.js";
import { type Flags, numberOf } from "./flags.js";
import { UsageError } from "./usage.js";

const UNITS: Record<string, number> = {
	kB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 1e12,
	KiB: 2 ** 10,
	MiB: 2 ** 20,
	GiB: 2 ** 30,
	TiB: 2 ** 40,
};
const PARTS: Record<string, keyof Precision> = { bytes: "maxBytes", error: "relativeError", seed: "seed" };

/** The document's `precision`; undefined if the flag is not given. */
export function precisionOf(flags: Flags): "exact" | Precision | undefined {
	const text = flags.text("precision");
	if (text === undefined || text === "exact") return text;
	const precision: Precision = {};
	for (const part of text.split(",")) {
		const [name = "", amount = ""] = part.split("=");
		const member = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
		if (!member)
			throw new UsageError(`--precision is exact, or bytes=N, error=R and seed=N between commas, not ${text}`);
		if (precision[member] !== undefined) throw new UsageError(`--precision has ${name} twice`);
		precision[member] = member === "maxBytes" ? bytesOf(amount) : numberOf(amount, "--precision");
	}
	return precision;
}

/** A number of bytes, with or without a unit. */
function bytesOf(text: string): number {
	const unit = Object.keys(UNITS).find((name) => text.endsWith(name));
	if (unit === undefined) return numberOf(text, "--precision");
	return Math.round(numberOf(text.slice(0, -unit.length), "--precision") * (UNITS[unit] ?? 1));
}
