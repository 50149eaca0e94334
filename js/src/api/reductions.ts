/** What makes many values one: the methods that arrays and groups of arrays share. */

import type { DataArray, Dims } from "./dataarray.js";
import type { HistogramOptions, ReductionOp, ReductionOptions, Step } from "./operations/steps.js";

/** Methods of reductions; every one gives a new lazy array. */
export abstract class Reductions {
	/** Appends a step of the analysis document as it is. */
	abstract step(step: Step): DataArray;

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

	/** The value in the middle, exactly. */
	median(dims?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("median", dims, options);
	}

	/** Quantiles, exactly, by linear interpolation as in numpy. A list adds the dimension `quantile` first. */
	quantile(q: number | number[], dims?: Dims, options?: ReductionOptions): DataArray {
		return this.step({ op: "quantile", q, ...over(dims), ...options });
	}

	/** Position of the first least value along a dimension; without one, among all values in C order. */
	argmin(dim?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("argmin", dim, options);
	}

	/** Position of the first greatest value along a dimension; without one, among all values in C order. */
	argmax(dim?: Dims, options?: ReductionOptions): DataArray {
		return this.#reduce("argmax", dim, options);
	}

	/**
	 * Histogram; adds the dimension `bin` last, with coordinates `bin_edges` and `bin_centers`. `with` another variable it
	 * has two: `bin` and `bin_2`.
	 */
	histogram(options: HistogramOptions & { dims?: Dims } = {}): DataArray {
		const { dims, ...rest } = options;
		return this.step({ op: "histogram", ...over(dims), ...rest });
	}

	#reduce(op: ReductionOp, dims: Dims, options: ReductionOptions = {}): DataArray {
		return this.step({ op, ...over(dims), ...options } as Step);
	}
}

/** The member of a step; absent for all dimensions. */
export function over(dims: Dims): { dims?: string[] } {
	return dims === undefined ? {} : { dims: [dims].flat() };
}
