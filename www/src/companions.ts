/** Variables that can be asked together with another: they lie on the same dimensions, so that all that is asked fits them. */

import type { ArrayInfo, Dataset } from "zarrscope";
import { near } from "./near.js";

/** Those of the same dimensions and lengths, but for coordinates. */
export function companionsOf(array: ArrayInfo, dataset: Dataset): ArrayInfo[] {
	return near(array, dataset).filter((other) => other.path !== array.path && isCompanion(other, array));
}

function isCompanion(other: ArrayInfo, array: ArrayInfo): boolean {
	if (other.problem || array.dims.length === 0 || !isNumeric(other) || other.role) return false;
	if (other.dims.join("\n") !== array.dims.join("\n") || other.shape.join() !== array.shape.join()) return false;
	return !other.dims.includes(other.name) && !array.coordinates.includes(other.name);
}

function isNumeric({ dtype }: ArrayInfo): boolean {
	return !/^[SUO|<>]|str/.test(dtype);
}
