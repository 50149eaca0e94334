/** What is under the pointer: from the layout that the core drew to labels and a value in words. */

import type { Drawn } from "./drawn.js";
import type { PlotLayout, PlotPoint } from "./layout.js";

/** What the core tells of a picture. */
export interface CoreLayout {
	kind: PlotLayout["kind"];
	area: PlotLayout["area"];
	description: string;
	/** Where the drawn slice begins in the result's data. */
	offset: number;
	/** Fields: the cell of each pixel, row by row, -1 where there is none. */
	cells?: Int32Array;
	columns?: number;
	rows?: number;
	/** Lines: where each position stands. Histograms: where each edge stands. */
	places: Float64Array;
	/** Lines: how high each value stands. */
	heights: Float64Array;
	/** Several lines: whether all values of one come before those of the next. */
	seriesFirst: boolean;
}

/** Adds the look-up to a layout. */
export function withHover(core: CoreLayout, result: Drawn): PlotLayout {
	const { kind, area, description } = core;
	const at = (x: number, y: number): PlotPoint | undefined => {
		const position = positionAt(core, x, y);
		return position === undefined ? undefined : pointAt(result, core.offset + position);
	};
	return { kind, area, description, at };
}

function positionAt(core: CoreLayout, x: number, y: number): number | undefined {
	const { area, kind, cells, columns = 0, rows = 0, places, heights } = core;
	const [across, down] = [(x - area.x) / area.width, (y - area.y) / area.height];
	if (across < 0 || across >= 1 || down < 0 || down >= 1) return undefined;
	if (kind === "value") return 0;
	if (cells) {
		const cell = cells[Math.floor(down * rows) * columns + Math.floor(across * columns)];
		return cell === undefined || cell < 0 ? undefined : cell;
	}
	if (kind === "histogram") {
		const bin = places.findLastIndex((edge) => edge <= x);
		return bin >= 0 && bin < places.length - 1 ? bin : undefined;
	}
	const position = nearest(places, x);
	if (position === undefined || heights.length <= places.length) return position;
	// Of several lines, the one that is nearest above or below.
	const lines = heights.length / places.length;
	const indices = Array.from({ length: lines }, (_, line) =>
		core.seriesFirst ? line * places.length + position : position * lines + line,
	);
	const line = nearest(
		Float64Array.from(indices, (index) => heights[index] ?? Number.NaN),
		y,
	);
	return line === undefined ? indices[0] : indices[line];
}

function nearest(places: Float64Array, x: number): number | undefined {
	let best: number | undefined;
	for (let i = 0; i < places.length; i += 1) {
		const distance = Math.abs((places[i] ?? Number.NaN) - x);
		if (Number.isNaN(distance)) continue;
		if (best === undefined || distance < Math.abs((places[best] ?? Number.NaN) - x)) best = i;
	}
	return best;
}

/** Labels and value of a position in the result's data. */
export function pointAt(result: Drawn, index: number): PlotPoint {
	const labels: [string, string][] = [];
	let rest = index;
	for (let d = result.dims.length - 1; d >= 0; d -= 1) {
		const length = result.shape[d] ?? 1;
		const position = rest % length;
		rest = Math.floor(rest / length);
		labels.unshift(labelOf(result, result.dims[d] ?? "", position));
	}
	const value = result.data[index];
	const missing = value === null || value === undefined || Number.isNaN(value);
	const text = typeof value === "number" ? formatNumber(value) : String(value);
	const error = result.interval95?.[index];
	const sure =
		typeof error === "number" && Number.isFinite(error) ? ` ± ${formatNumber(Number(error.toPrecision(2)))}` : "";
	return { labels, value: missing ? "missing" : [text + sure, result.units].filter(Boolean).join(" "), index };
}

function labelOf(result: Drawn, dim: string, position: number): [string, string] {
	const edges = result.coords[`${dim}_edges`];
	if (dim.startsWith("bin") && edges) {
		const [low, high] = [edges[position], edges[position + 1]];
		const title = result.dims.includes("bin_2") ? String(result.coordAttrs[`${dim}_centers`]?.label ?? dim) : "Bin";
		return [title, `${formatNumber(Number(low))} to ${formatNumber(Number(high))}`];
	}
	const label = result.coords[dim]?.[position];
	const attrs = result.coordAttrs[dim] ?? {};
	const title = String(attrs.label ?? dim);
	if (label === undefined) return [dim, `position ${position}`];
	if (label === null) return [title, "missing"];
	if (typeof label === "string") return [title, label.replace(/T00:00:00$/, "").replace("T", " ")];
	if (attrs.role === "latitude") return [dim, degrees(label, "N", "S")];
	if (attrs.role === "longitude") return [dim, degrees(label > 180 ? label - 360 : label, "E", "W")];
	return [title, formatNumber(label)];
}

function degrees(value: number, positive: string, negative: string): string {
	const side = value === 0 ? "" : value > 0 ? ` ${positive}` : ` ${negative}`;
	return `${formatNumber(Math.abs(value))}°${side}`;
}

/** Six significant digits, without trailing zeros. */
export function formatNumber(value: number): string {
	if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
	if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value).replace("-", "−");
	return String(Number(value.toPrecision(6))).replace("-", "−");
}
