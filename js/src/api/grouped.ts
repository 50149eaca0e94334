/** An array that has been divided: by labels, periods, blocks or moving windows. A reduction says what becomes of each part. */

import type { DataArray } from "./dataarray.js";
import type { GroupingStep, Step } from "./operations/steps.js";
import { Reductions } from "./reductions.js";

/** Made by `resample`, `coarsen` and `rolling`. */
export class Grouped extends Reductions {
	readonly #array: DataArray;
	readonly #grouping: GroupingStep;
	/** The dimension that is divided; undefined if metadata do not tell it, or there are several. */
	readonly dim: string | undefined;

	constructor(array: DataArray, grouping: GroupingStep, dim: string | undefined) {
		super();
		this.#array = array;
		this.#grouping = grouping;
		this.dim = dim;
	}

	override step(step: Step): DataArray {
		return this.#array.step(this.#grouping).step(step);
	}
}

/** Made by `groupby`. */
export class GroupedByLabel extends Grouped {
	/** What differs from the mean of the group. */
	anomaly(): DataArray {
		return this.step({ op: "anomaly" });
	}
}
