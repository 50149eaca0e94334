/** A labelled result, and its JSON and CSV forms. */

import { ZarrscopeError } from "../errors.js";
import type { RawResult, Stats } from "../pool/run.js";

/** A coordinate's labels: numbers, ISO 8601 times in their own calendar, or text; null where missing. */
export type Labels = (number | string | null)[];

/** A value of a result that is no plain number: digits of a wide integer, text, a complex pair, or missing. */
export type Value = number | string | boolean | null | Value[] | { [name: string]: Value };

/** A value as text: lists, objects and records as JSON. */
export function valueText(value: Value): string {
	return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** One of the variables of a result that has several. */
export interface ResultVariable {
	dims: string[];
	shape: number[];
	dtype: string;
	units?: string;
	longName?: string;
	data: Float64Array | Value[];
	/** Labels along its dimensions. */
	coords: Record<string, Labels>;
	scalarCoords: Record<string, number | string | null>;
	coordAttrs: Record<string, Record<string, unknown>>;
}

/** The sample that an estimate is made from. */
export interface EstimateInfo {
	/** Chunks that were read. */
	chunksSampled: number;
	/** Chunks there are. */
	chunks: number;
	/** Into how many stretches the chunks were divided, each with its own share of the sample. */
	strata: number;
	/** How many times chunks were drawn. */
	rounds: number;
	seed: number;
	/** The least of all values; null where nothing is left to chance. */
	degreesOfFreedom: number | null;
}

/** The labelled result of a document. */
export class Result {
	readonly variable: string;
	readonly dims: string[];
	readonly shape: number[];
	/** numpy's name of the type. */
	readonly dtype: string;
	readonly units: string | undefined;
	readonly longName: string | undefined;
	/** `long_name [units]`, as xarray's plots write it. */
	readonly label: string;
	readonly attrs: Record<string, unknown>;
	/** Labels along dimensions, by name. */
	readonly coords: Record<string, Labels>;
	/** Labels of dimensions that were dropped by the selection. */
	readonly scalarCoords: Record<string, number | string | null>;
	/** Attributes of coordinates, with `calendar` for times and `label` for axes. */
	readonly coordAttrs: Record<string, Record<string, unknown>>;
	/** Of several variables, and of operations that give several arrays (`trend`): these, by name, each with its labels. */
	readonly variables: Record<string, ResultVariable> | undefined;
	/**
	 * Values in C order; NaN where missing. Types that a double cannot hold come as a list. Where there are {@link variables}
	 * these are the first one's, which is what pictures show.
	 */
	readonly data: Float64Array | Value[];
	/** Of an estimate: the standard error of each value; NaN where fewer than two chunks say something of it. */
	readonly standardError: Float64Array | undefined;
	/** Of an estimate: how far the truth is from each value, to either side, in 95 of 100 cases (Student's t). */
	readonly interval95: Float64Array | undefined;
	/** Of an estimate: the sample behind it. */
	readonly estimate: EstimateInfo | undefined;
	readonly stats: Stats;

	constructor(raw: RawResult, stats: Stats) {
		const r = raw as unknown as Result;
		const { dims, shape, dtype, coords, scalarCoords, coordAttrs } = r;
		const own = { dims, shape, dtype, coords, scalarCoords, coordAttrs };
		const several = Object.entries(r.variables ?? {}).map(([name, part]) => [name, { ...own, ...part }] as const);
		this.variables = several.length > 0 ? Object.fromEntries(several) : undefined;
		const first = several[0]?.[1] ?? r;
		this.variable = r.variable;
		this.dims = first.dims;
		this.shape = first.shape;
		this.dtype = first.dtype;
		this.units = first.units ?? r.units;
		this.longName = r.longName;
		this.label = (first as Partial<Result>).label ?? r.label;
		this.attrs = r.attrs;
		this.coords = first.coords;
		this.scalarCoords = first.scalarCoords;
		this.coordAttrs = first.coordAttrs;
		this.data = first.data;
		this.standardError = r.standardError;
		this.interval95 = r.interval95;
		this.estimate = r.estimate;
		this.stats = stats;
	}

	/** The value of a result without dimensions; NaN for others. */
	get value(): Value {
		return this.shape.length === 0 ? (this.data[0] ?? Number.NaN) : Number.NaN;
	}

	/** The contract's JSON form: missing values are null, infinities are text. */
	toJSON(): Record<string, unknown> {
		const { variable, dims, shape, dtype, units, longName, coords, scalarCoords, coordAttrs, stats } = this;
		const labels = Object.entries(coords).map(([name, values]) => [name, values.map(jsonValue)]);
		const parts = Object.entries(this.variables ?? {});
		// What a trend gives has its labels in common.
		const common = parts.every(([, part]) => part.coords === coords);
		const values = this.variables
			? { variables: Object.fromEntries(parts.map(([name, part]) => [name, variableJSON(part, common)])) }
			: { data: jsonData(this.data) };
		const scalars = Object.keys(scalarCoords).length > 0 ? { scalarCoords } : {};
		return {
			variable,
			dims,
			shape,
			dtype,
			units,
			longName,
			coords: Object.fromEntries(labels),
			...scalars,
			coordAttrs,
			...values,
			...this.#errorsJSON(),
			stats,
		};
	}

	#errorsJSON(): Record<string, unknown> {
		const { standardError, interval95, estimate } = this;
		if (!standardError || !interval95) return {};
		return { standardError: jsonData(standardError), interval95: jsonData(interval95), estimate };
	}

	/** A row per value: its labels, then itself; of several variables, the value of each; of an estimate its errors, too. Text that a spreadsheet would run as a formula is made harmless. */
	toCSV(): string {
		for (const [name, { coords, dims, shape }] of Object.entries(this.variables ?? {})) {
			const isAlike = dims.join() === this.dims.join() && shape.join() === this.shape.join();
			// Bins of two variables are as many, and mean other values.
			if (isAlike && (coords === this.coords || JSON.stringify(coords) === JSON.stringify(this.coords))) continue;
			const differs = isAlike ? "has other labels" : "is on other dimensions";
			const message = `${name} ${differs} than the first variable: one table cannot hold both`;
			throw new ZarrscopeError({ code: "unsupported", message, path: name });
		}
		const labels = this.dims.map((dim, d) => rowLabels(this, dim, d));
		const own: [string, Result["data"]][] = [[this.variable.split("/").pop() ?? "value", this.data]];
		if (this.standardError) own.push(["standard_error", this.standardError]);
		if (this.interval95) own.push(["interval95", this.interval95]);
		const columns = this.variables
			? Object.entries(this.variables).map(([name, { data }]) => [name, data] as const)
			: own;
		const rows = [[...this.dims, ...columns.map(([name]) => name)].map(csvCell).join(",")];
		const at = new Array(this.dims.length).fill(0);
		for (let i = 0; i < this.data.length; i += 1) {
			const cells = at.map((position, d) => csvCell(labels[d]?.[position] ?? position));
			rows.push([...cells, ...columns.map(([, data]) => csvCell(data[i] ?? null))].join(","));
			for (let d = at.length - 1; d >= 0; d -= 1) {
				at[d] += 1;
				if (at[d] < (this.shape[d] ?? 0)) break;
				at[d] = 0;
			}
		}
		return `${rows.join("\n")}\n`;
	}
}

/** Labels of a dimension for tables: bins are named by their centres. */
function rowLabels(result: Result, dim: string, d: number): Labels {
	const own = result.coords[dim] ?? (dim === "bin" ? result.coords.bin_centers : undefined);
	return own ?? Array.from({ length: result.shape[d] ?? 0 }, (_, i) => i);
}

function variableJSON(part: ResultVariable, common: boolean): object {
	const { coords, scalarCoords, coordAttrs, data, ...own } = part;
	return { ...own, ...(common ? {} : { coords, scalarCoords, coordAttrs }), data: jsonData(data) };
}

function jsonData(data: Result["data"]): unknown[] {
	return Array.from(data as ArrayLike<Value>, jsonValue);
}

function jsonValue(value: Value): unknown {
	if (Array.isArray(value)) return value.map(jsonValue);
	if (typeof value !== "number" || Number.isFinite(value)) return value;
	if (Number.isNaN(value)) return null;
	return value > 0 ? "Infinity" : "-Infinity";
}

function csvCell(value: Value): string {
	if (value === null || (typeof value === "number" && Number.isNaN(value))) return "";
	if (typeof value === "number") return String(value);
	const text = valueText(value);
	const harmless =
		/^[=+@\t\r-]/.test(text) && Number.isNaN(Number(text)) && !/^-?\d{4,}-/.test(text) ? `'${text}` : text;
	return /[",\n\r]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
