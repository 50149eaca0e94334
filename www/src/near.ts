/** How far the page looks for what belongs to a variable: a store of a hundred thousand arrays must not hold it up. */

import type { ArrayInfo, Dataset, SourceInfo } from "zarrscope";

/** Arrays that are looked at one by one. */
export const LOOKED_AT = 2000;

/** Whether a store has more arrays than the page looks at. */
export function isLarge(info: SourceInfo): boolean {
	return info.arrayPaths.length > LOOKED_AT;
}

/** The arrays around one: all of a store; of a large one those of its group that come first, and those that it names. */
export function near(array: ArrayInfo, { info }: Dataset): ArrayInfo[] {
	if (!isLarge(info)) return info.arrays;
	const named = array.coordinates.flatMap(
		(name) => info.array(array.group === "" ? name : `${array.group}/${name}`) ?? [],
	);
	return [...named, ...info.arraysIn(array.group, LOOKED_AT)];
}
