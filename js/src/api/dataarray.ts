/** An array and what is to be done with it. Nothing is fetched before {@link DataArray.compute}. */

import { toError } from "../errors.js";
import { type RunProgress, runDocument } from "../pool/run.js";
import type { ArrayInfo } from "./info.js";
import { Result } from "./result.js";
import { session } from "./session.js";
import type {
	AnalysisDocument,
	Cost,
	HistogramOptions,
	Label,
	ReductionOp,
	ReductionOptions,
	Selector,
	Step,
} from "./spec.js";

/** One or more dimensions; absent for all. */
export type Dims = string | string[] | undefined;

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
export class DataArray {
	readonly #document: AnalysisDocument;
	readonly #info: ArrayInfo;

	/** Made by `Dataset.get`. */
	constructor(document: AnalysisDocument, info: ArrayInfo) {
		this.#document = document;
		this.#info = info;
	}

	/** Name of the variable. */
	get name(): string {
		return this.#info.name;
	}

	/** Dimensions after all selections and steps. */
	get dims(): string[] {
		let dims = this.#info.dims.filter((dim) => !drops(this.#document.select?.[dim]));
		for (const step of this.#document.steps ?? []) {
			dims = dims.filter((dim) => step.dims !== undefined && !step.dims.includes(dim));
			if (step.op === "histogram") dims.push("bin");
		}
		return dims;
	}

	/** Length of each of {@link dims}; undefined where it depends on labels or data that have not been read. */
	get shape(): (number | undefined)[] {
		const bins = this.#document.steps?.findLast((s) => s.op === "histogram");
		const binCount = bins && "bins" in bins ? (Array.isArray(bins.bins) ? bins.bins.length - 1 : bins.bins) : 10;
		return this.dims.map((dim) => {
			const at = this.#info.dims.indexOf(dim);
			if (dim === "bin" && at < 0) return binCount;
			return selectedLength(this.#document.select?.[dim], this.#info.shape[at] ?? 0);
		});
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

	/** Arithmetic mean in float64. */
	mean(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("mean", dims, options);
	}

	/** Sum; exact for integers. Of nothing: 0, unless `minCount` says otherwise. */
	sum(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("sum", dims, options);
	}

	/** Least value. */
	min(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("min", dims, options);
	}

	/** Greatest value. */
	max(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("max", dims, options);
	}

	/** Standard deviation, with `ddof` 0 by default. */
	std(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("std", dims, options);
	}

	/** Variance, with `ddof` 0 by default. */
	var(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("var", dims, options);
	}

	/** Number of values that are not missing. */
	count(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("count", dims, options);
	}

	/** Histogram; adds the dimension `bin` last, with coordinates `bin_edges` and `bin_centers`. */
	histogram(options: HistogramOptions & { dims?: Dims } = {}): DataArray {
		const { dims, ...rest } = options;
		return this.#step({ op: "histogram", ...(dims === undefined ? {} : { dims: [dims].flat() }), ...rest });
	}

	/** Appends a step of the analysis document as it is. */
	step(step: Step): DataArray {
		return this.#step(step);
	}

	/** What computing will cost. Fetches metadata only. */
	async explain(): Promise<Cost> {
		try {
			return await (await session().coordinator()).call<Cost>("explain", this.#document);
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
			requests: 0,
			bytesFetched: 0,
			bytesDecoded: 0,
			seconds: 0,
			workers: 0,
		};
		const { result, stats: spent } = await runDocument(session(), this.#document, {
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

	#reduce(op: ReductionOp, dims: Dims, options: ReductionOptions = {}): DataArray {
		return this.#step({ op, ...(dims === undefined ? {} : { dims: [dims].flat() }), ...options });
	}

	#step(step: Step): DataArray {
		return this.#with({ steps: [...(this.#document.steps ?? []), step] });
	}

	#with(change: Partial<AnalysisDocument>): DataArray {
		return new DataArray({ ...this.#document, ...change }, this.#info);
	}
}

function drops(form: Selector | undefined): boolean {
	if (!form) return false;
	return ("index" in form && !Array.isArray(form.index)) || ("nearest" in form && !Array.isArray(form.nearest));
}

function selectedLength(form: Selector | undefined, length: number): number | undefined {
	if (!form) return length;
	if ("values" in form) return form.values.length;
	if ("nearest" in form) return Array.isArray(form.nearest) ? form.nearest.length : 1;
	if ("index" in form) return Array.isArray(form.index) ? form.index.length : 1;
	if ("from" in form || "to" in form) return undefined;
	const { start = 0, stop = length, step = 1 } = form as { start?: number; stop?: number; step?: number };
	const clamp = (i: number) => Math.min(length, Math.max(0, i < 0 ? length + i : i));
	return Math.max(0, Math.ceil((clamp(stop) - clamp(start)) / step));
}
