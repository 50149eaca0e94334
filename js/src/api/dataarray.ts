/** An array and what is to be done with it. Nothing is fetched before {@link DataArray.compute}. */

import { toError } from "../errors.js";
import { type RunProgress, runDocument } from "../pool/run.js";
import { Grouped, GroupedByLabel } from "./grouped.js";
import { resolved } from "./address.js";
import type { ArrayInfo } from "./info.js";
import type { GroupingStep, Operand, RegridOptions, RollingOptions, ScaleOptions, Step } from "./operations/steps.js";
import { type Dimension, groupedDimension, type Known, outlineOf } from "./outline.js";
import { over, Reductions } from "./reductions.js";
import { Result } from "./result.js";
import { session } from "./session.js";
import type { AnalysisDocument, Cost, Label, Precision, Selector } from "./spec.js";

/** One or more dimensions; absent for all. */
export type Dims = string | string[] | undefined;

/** The other side of arithmetic: a number, the path of a variable of the same store and selection, or another array. */
export type Other = number | string | DataArray;

/** How to compute. */
export interface ComputeOptions {
	/** Aborting it ends requests and decoding; the promise rejects with the signal's reason. */
	signal?: AbortSignal;
	/** Called ten times a second at most. */
	onProgress?: (progress: RunProgress) => void;
	/** Called four times a second at most with what is known so far, and the share of chunks in it (0 to 1). */
	onPartial?: (result: Result, seen: number) => void;
}

/** A lazy array: every method gives a new one. */
export class DataArray extends Reductions {
	readonly #document: AnalysisDocument;
	readonly #info: ArrayInfo;
	readonly #known: Known;

	/** Made by `Dataset.get`; `known` is what the store is known to have. */
	constructor(
		document: AnalysisDocument,
		info: ArrayInfo,
		known: Known = { array: (path) => (path === info.path ? info : undefined) },
	) {
		super();
		this.#document = document;
		this.#info = info;
		this.#known = known;
	}

	/** Name of the variable. */
	get name(): string {
		return this.#info.name;
	}

	/** Dimensions after all selections and steps, as far as metadata tell them. */
	get dims(): string[] {
		return this.#outline().map(({ name }) => name);
	}

	/** Length of each of {@link dims}; undefined where it depends on labels or data that have not been read. */
	get shape(): (number | undefined)[] {
		return this.#outline().map(({ length }) => length);
	}

	/** numpy's name of the stored type. */
	get dtype(): string {
		return this.#info.dtype;
	}

	/** Attributes of the variable. */
	get attrs(): Record<string, unknown> {
		return this.#info.attrs;
	}

	/** Names of the coordinates that belong to the variable; `Dataset.coordinate` reads their labels. */
	get coords(): string[] {
		return [...new Set(this.#info.coordinates.map((path) => path.split("/").pop() ?? path))];
	}

	/** All metadata of the stored array. */
	get info(): ArrayInfo {
		return this.#info;
	}

	/**
	 * Selects by label, as xarray's `sel`: `{lat: [20, 60]}` are labels, `{lat: {from: 20, to: 60}}` a range with both ends,
	 * `{time: "2013-06"}` a period, `{lon: {nearest: 250}}` the nearest. With `{method: "nearest"}` plain labels are nearest
	 * ones.
	 */
	sel(labels: Record<string, Label | Label[] | Selector>, options: { method?: "nearest" } = {}): DataArray {
		const select: Record<string, Selector> = {};
		for (const [dim, label] of Object.entries(labels)) {
			if (typeof label === "object" && !Array.isArray(label)) select[dim] = label;
			else if (options.method === "nearest") select[dim] = { nearest: label };
			else if (typeof label === "string") select[dim] = { from: label, to: label };
			else select[dim] = { values: Array.isArray(label) ? label : [label] };
		}
		return this.#with({ select: { ...this.#document.select, ...select } });
	}

	/** Selects by position, as xarray's `isel`: `{time: -1}`, `{time: [0, 5]}`, `{time: {start: 0, stop: 12, step: 2}}`. */
	isel(positions: Record<string, number | number[] | Selector>): DataArray {
		const select: Record<string, Selector> = {};
		for (const [dim, position] of Object.entries(positions)) {
			select[dim] = typeof position === "object" && !Array.isArray(position) ? position : { index: position };
		}
		return this.#with({ select: { ...this.#document.select, ...select } });
	}

	/** Groups by a part of a time, as "time.month", or by a coordinate with one dimension. A reduction or `anomaly` follows. */
	groupby(by: string): GroupedByLabel {
		return new GroupedByLabel(this, { op: "groupby", by }, this.#grouped({ op: "groupby", by }));
	}

	/** Divides time into periods, as pandas writes them: `{time: "MS"}`. A reduction follows. */
	resample({ time }: { time: string }): Grouped {
		return new Grouped(this, { op: "resample", time }, this.#grouped({ op: "resample", time }));
	}

	/** Divides dimensions into blocks: `{lat: 4, lon: 4}`. Without `boundary` nothing may be left over. A reduction follows. */
	coarsen(windows: Record<string, number>, options: { boundary?: "trim" | "pad" } = {}): Grouped {
		return new Grouped(this, { op: "coarsen", windows, ...options }, undefined);
	}

	/** Moves a window along dimensions: `{time: 12}`. A reduction follows. */
	rolling(windows: Record<string, number>, options: RollingOptions = {}): Grouped {
		return new Grouped(this, { op: "rolling", windows, ...options }, undefined);
	}

	/** What differs from the mean along dimensions. */
	anomaly(dims?: Dims, options: { skipna?: boolean } = {}): DataArray {
		return this.step({ op: "anomaly", ...over(dims), ...options });
	}

	/** Each value times `factor`, plus `offset`, in `units`. */
	scale(options: ScaleOptions): DataArray {
		return this.step({ op: "scale", ...options });
	}

	/** The sum of all values so far along dimensions. */
	cumsum(dims?: Dims, options: { skipna?: boolean } = {}): DataArray {
		return this.step({ op: "cumsum", ...over(dims), ...options });
	}

	/**
	 * Least squares along a dimension: per year of 365.2425 days for times, otherwise per unit of the labels. The result has
	 * the variables `slope`, `intercept`, `stderr` and `pvalue`.
	 */
	trend(dim: string): DataArray {
		return this.step({ op: "trend", dims: [dim] });
	}

	/** Pearson's correlation with another variable of the store, of pairs that are both there. */
	correlation(other: string, dims?: Dims): DataArray {
		return this.step({ op: "correlation", with: other, ...over(dims) });
	}

	/** Covariance with another variable of the store, of pairs that are both there; `ddof` is 1 by default. */
	covariance(other: string, dims?: Dims, options: { ddof?: number } = {}): DataArray {
		return this.step({ op: "covariance", with: other, ...over(dims), ...options });
	}

	/** The values on another grid of latitudes and longitudes. */
	regrid(options: RegridOptions): DataArray {
		return this.step({ op: "regrid", ...options });
	}

	/** Plus a number, a variable of the store (by its path, with the same selection), or another array. */
	add(other: Other): DataArray {
		return this.step({ op: "add", with: operand(other) });
	}

	/** Minus a number, a variable or another array. */
	subtract(other: Other): DataArray {
		return this.step({ op: "subtract", with: operand(other) });
	}

	/** Times a number, a variable or another array. */
	multiply(other: Other): DataArray {
		return this.step({ op: "multiply", with: operand(other) });
	}

	/** Divided by a number, a variable or another array. */
	divide(other: Other): DataArray {
		return this.step({ op: "divide", with: operand(other) });
	}

	/** Appends a step of the analysis document as it is. */
	override step(step: Step): DataArray {
		return this.#with({ steps: [...(this.#document.steps ?? []), structuredClone(step)] });
	}

	/**
	 * Asks for an estimate from a sample of chunks, `{maxBytes: 50e6}` or `{relativeError: 0.01}`: of `mean`, `sum`, `count`,
	 * `std`, `var` or a `histogram` with a range, as the first step. Its result has `standardError` and `interval95`.
	 */
	estimate(precision: Precision): DataArray {
		return this.#with({ precision: { ...precision } });
	}

	/** What computing will cost. Fetches metadata, listings and sizes only, and falls back to estimates. */
	async explain(): Promise<Cost> {
		try {
			const [coordinator, workers] = await Promise.all([session().coordinator(), session().size()]);
			return await coordinator.call<Cost>("explain", await resolved(this.#document), workers);
		} catch (error) {
			throw toError(error);
		}
	}

	/**
	 * Fetches, decodes and reduces in the workers.
	 *
	 * @throws {ZarrscopeError} with the contract's codes; the signal's reason when cancelled.
	 */
	async compute(options: ComputeOptions = {}): Promise<Result> {
		const { signal, onProgress, onPartial } = options;
		const stats = {
			chunks: 0,
			chunksMissing: 0,
			chunksForbidden: 0,
			chunksReused: 0,
			requests: 0,
			bytesFetched: 0,
			bytesDecoded: 0,
			seconds: 0,
			workers: 0,
		};
		const { result, stats: spent } = await runDocument(session(), await resolved(this.#document), {
			signal,
			onProgress,
			onPartial: onPartial && ((raw, seen) => onPartial(new Result(raw, stats), seen)),
		});
		return new Result(result, spent);
	}

	/** The analysis document of all that was asked. */
	toSpec(): AnalysisDocument {
		return structuredClone(this.#document);
	}

	#outline(): Dimension[] {
		return outlineOf(this.#document, this.#info, this.#known);
	}

	#grouped(step: GroupingStep): string | undefined {
		return groupedDimension(step, this.dims, this.#info, this.#known);
	}

	#with(change: Partial<AnalysisDocument>): DataArray {
		return new DataArray({ ...this.#document, ...change }, this.#info, this.#known);
	}
}

function operand(other: Other): Operand {
	return other instanceof DataArray ? other.toSpec() : other;
}
