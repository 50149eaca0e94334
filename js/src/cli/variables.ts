/** The arrays of a result: itself, or the several that a trend gives (`slope`, `intercept`, …). */

import type { Result } from "../api/result.js";

/** The part of a result that is an array: what tables, files and pictures are made of. */
export type Field = Pick<Result, "dims" | "shape" | "dtype" | "units" | "longName" | "data" | "coords"> & {
	name: string;
	attrs: Record<string, unknown>;
};

/** The result's arrays, at least one. */
export function fieldsOf(result: Result): Field[] {
	const several = result.variables;
	if (!several) return [{ ...own(result), name: lastOf(result.variable) }];
	// What each is in, its own units say: a p-value has none.
	const { units: _units, longName: _longName, ...common } = own(result);
	return Object.entries(several).map(([name, part]) => ({ ...common, ...own(part), name }));
}

function own(part: Partial<Result>): Omit<Field, "name"> {
	const { dims, shape, dtype, units, longName, data, coords, attrs = {} } = part;
	const members = Object.entries({ dims, shape, dtype, units, longName, data, coords, attrs });
	return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as unknown as Omit<Field, "name">;
}

/** A path's last name. */
export function lastOf(path: string): string {
	return path.split("/").pop() || "value";
}

/** Number of values of a shape. */
export function valuesIn(shape: number[]): number {
	return shape.reduce((n, length) => n * length, 1);
}
