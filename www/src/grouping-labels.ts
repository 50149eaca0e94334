/** What of a store a variable can be grouped by, and what it can be put together with. */

import type { ArrayInfo, Dataset, OperationOption, Suggestion } from "zarrscope";
import { labelling } from "./grid.js";
import { near } from "./near.js";

/** More arrays than this are not offered: their path can be written in the link. */
const MAX_OFFERED = 40;

/** Parts of the variable's times, then coordinates with one dimension. */
export function labelsToGroupBy(option: OperationOption, array: ArrayInfo, dataset: Dataset): Suggestion[] {
	const times = array.dims.filter((dim) => labelling(dim, array, dataset)?.role === "time");
	const parts = times.flatMap((dim) =>
		(option.suggestions ?? []).map(({ value, title }) => ({ value: `${dim}.${value}`, title })),
	);
	const coordinates = near(array, dataset).filter(
		({ dims, group, name, problem, role }) =>
			group === array.group &&
			!problem &&
			role !== "time" &&
			dims.length === 1 &&
			array.dims.includes(dims[0] ?? "") &&
			name !== array.name,
	);
	return [...parts, ...coordinates.slice(0, MAX_OFFERED).map(({ name }) => ({ value: name, title: name }))];
}

/** Arrays of numbers whose dimensions are among the variable's: weights, or other variables to compare with. */
export function candidates(array: ArrayInfo, dataset: Dataset): ArrayInfo[] {
	const others = near(array, dataset).filter((other) => other.path !== array.path && fits(other, array));
	// Those of the same dimensions first.
	const rank = ({ dims }: ArrayInfo) => array.dims.length - dims.length;
	return others.sort((a, b) => rank(a) - rank(b)).slice(0, MAX_OFFERED);
}

/** They broadcast by dimension name, and are numbers; a dimension's own labels are none. */
function fits({ dims, dtype, name, problem, role }: ArrayInfo, array: ArrayInfo): boolean {
	if (problem || role || dims.length === 0 || dims.includes(name)) return false;
	return /^(float|int|uint)/.test(dtype) && dims.every((dim) => array.dims.includes(dim));
}
