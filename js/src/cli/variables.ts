/** The arrays of a result: itself, or the several that a trend gives (`slope`, `intercept`, …). */

import type { Result } from "../api/result.js";

/** The part of a result that is an array: what tables, files and pictures are made of. */
export type Field = Pick<Result, "dims" | "shape" | "dtype" | "units" | "longName" | "data" | "coords"> & {
	name: string;
	attrs: Record<string, unknown>;
	/** How far the truth may be from each value, where these are estimates. */
	interval95?: Float64Array;
};

/** The result's arrays, at least one. */
export function fieldsOf(result: Result): Field[] {
	const several = result.variables;
	const interval = result.interval95 ? { interval95: result.interval95 } : {};
	if (!several) return [{ ...own(result), ...interval, name: lastOf(result.variable) }];
	// What each is in, its own units say: a p-value has none.
	const { units: _units, longName: _longName, ...common } = own(result);
	return Object.entries(several).map(([name, part]) => ({ ...common, ...own(part), name }));
}

/** The errors of an estimate as arrays of their own: `air_standard_error` and `air_interval95`. */
export function errorsOf(result: Result): Field[] {
	const { standardError, interval95 } = result;
	const { longName: _longName, attrs: _attrs, ...common } = own(result);
	const field = (name: string, longName: string, data: Float64Array | undefined): Field[] =>
		data ? [{ ...common, name: `${lastOf(result.variable)}_${name}`, longName, attrs: {}, data }] : [];
	return [
		...field("standard_error", "standard error of the estimate", standardError),
		...field("interval95", "half width of the 95 % confidence interval", interval95),
	];
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
