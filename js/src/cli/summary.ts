/** A result for readers: a scalar's value, a short table, or what a large field is like. */

import { type Labels, type Result, type Value, valueText } from "../api/result.js";
import type { Stats } from "../pool/run.js";
import { count, seconds, size } from "./numbers.js";
import { printable } from "./secrets.js";
import { type Field, fieldsOf } from "./variables.js";

/** A table of more rows than this is summed up instead. */
const MAX_ROWS = 60;

/** The text that is printed without `--json`. */
export function summaryOf(result: Result): string {
	const parts = fieldsOf(result).map(fieldText);
	const at = Object.entries(result.scalarCoords ?? {}).map(([name, label]) => `${name} = ${label}`);
	const place = at.length > 0 ? `at ${at.join(", ")}\n` : "";
	return `${parts.join("\n")}${printable(place).trim()}${place ? "\n" : ""}${sampleOf(result)}`;
}

/** What an estimate rests on, in a line. */
function sampleOf({ estimate }: Result): string {
	if (!estimate) return "";
	const { chunksSampled, chunks, seed } = estimate;
	if (chunksSampled === chunks) return `exact: all ${count(chunks)} chunks were read\n`;
	const share = ((100 * chunksSampled) / chunks).toPrecision(2);
	return `estimate from ${count(chunksSampled)} of ${count(chunks)} chunks (${share} %, seed ${seed}); ± holds the truth in 95 of 100\n`;
}

/** What the run cost, in a line. */
export function footerOf(stats: Stats): string {
	const { chunks, chunksReused, requests, bytesFetched, bytesDecoded, seconds: spent, workers } = stats;
	const reused = chunksReused > 0 ? ` and ${count(chunksReused)} reused` : "";
	const amounts = `${count(chunks)} chunks${reused} in ${count(requests)} requests, ${size(bytesFetched)} fetched, ${size(bytesDecoded)} decoded`;
	return `${amounts}, ${seconds(spent)}, ${workers} ${workers === 1 ? "worker" : "workers"}\n`;
}

function fieldText(field: Field): string {
	const title = titleOf(field);
	if (field.dims.length === 0)
		return `${printable(title)}: ${printable(show(field.data[0] ?? null, field.dtype))}${errorText(field, 0)}${unitsOf(field)}\n`;
	const [dim = "", ...more] = field.dims;
	const heading = `${printable(title)}${unitsOf(field, "in")}\n`;
	if (more.length === 0 && field.data.length <= MAX_ROWS) return heading + table(dim, labelsOf(field, dim), field);
	return heading + outline(field);
}

/** ` ± 0.042`: an error in three digits, of which no more are known. */
function errorText({ interval95 }: Field, i: number): string {
	if (!interval95) return "";
	const half = interval95[i] ?? Number.NaN;
	return Number.isNaN(half) ? " ± unknown" : ` ± ${Number(half.toPrecision(3))}`;
}

function titleOf({ name, longName }: Field): string {
	return longName && longName !== name ? `${name} (${longName})` : name;
}

function unitsOf({ units }: Field, word = ""): string {
	return units ? ` ${word ? `${word} ` : ""}${printable(units)}` : "";
}

function labelsOf({ coords }: Field, dim: string): Labels | undefined {
	const edges = dim === "bin" ? coords.bin_edges : undefined;
	if (edges) return edges.slice(0, -1).map((edge, i) => `${edge} to ${edges[i + 1]}`);
	return coords[dim];
}

function table(dim: string, labels: Labels | undefined, field: Field): string {
	const rows = Array.from(field.data as ArrayLike<Value>, (value, i) =>
		[show(labels?.[i] ?? i), `${show(value, field.dtype)}${errorText(field, i)}`].map(printable),
	);
	const head = [dim, field.name].map(printable);
	const widths = [0, 1].map((c) => Math.max(...[head, ...rows].map((row) => (row[c] ?? "").length)));
	const lines = [head, ...rows].map(
		([left = "", right = ""]) => `  ${left.padStart(widths[0] ?? 0)}  ${right.padStart(widths[1] ?? 0)}`,
	);
	return `${lines.join("\n")}\n`;
}

function outline(field: Field): string {
	const lines = [
		["dims", field.dims.map((dim, d) => `${printable(dim)}: ${field.shape[d]}`).join(", ")],
		["dtype", field.dtype],
		...spread(field.data),
		...(field.interval95 ? [["mean ±", meanOf(field.interval95)]] : []),
	];
	const text = lines.map(([name = "", value]) => `  ${name.padEnd(8)}${value}`).join("\n");
	return `${text}\n  (--json prints the values; --out FILE.json, .csv, .npy or .zarr keeps them)\n`;
}

/** Least, mean and greatest of the values that are there: the mean of what is printed, not an area's. */
function spread(data: Field["data"]): string[][] {
	let [least, greatest, sum, there] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
	for (const value of data) {
		if (typeof value !== "number" || Number.isNaN(value)) continue;
		least = Math.min(least, value);
		greatest = Math.max(greatest, value);
		sum += value;
		there += 1;
	}
	const missing = data.length - there;
	const values = `${count(data.length)}${missing > 0 ? `, ${count(missing)} of them missing` : ""}`;
	if (there === 0) return [["values", `${count(data.length)}`]];
	const ends = [
		["min", show(least)],
		["mean", show(sum / there)],
		["max", show(greatest)],
	];
	return [["values", values], ...ends];
}

function meanOf(errors: Float64Array): string {
	const known = errors.filter((error) => !Number.isNaN(error));
	return known.length > 0
		? show(Number((known.reduce((sum, e) => sum + e, 0) / known.length).toPrecision(3)))
		: "unknown";
}

function show(value: Value, dtype = ""): string {
	if (value === null || (typeof value === "number" && Number.isNaN(value))) return "missing";
	if (Array.isArray(value) && /^complex/.test(dtype)) {
		const [re, im] = value as [number, number];
		return `${re}${im < 0 ? "-" : "+"}${Math.abs(im)}j`;
	}
	return valueText(value);
}
