/** How options are named where names are in kebab case: flags and attributes. */

import type { Operation, OperationOption } from "./model.js";

/** `minCount` as `min-count`. */
export function kebabName({ name }: OperationOption): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The option that goes by a grouping's own name: `groupby` is `time.month`; the others have names of their own. */
export function mainOption({ options }: Operation): OperationOption | undefined {
	return options[0];
}
