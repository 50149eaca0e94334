/** Several variables with the same labels: what can be read, and stand in one table, side by side. */

import { type Result, type ResultVariable, type Value, valueText } from "zarrscope";
import { quantity } from "./format.js";
import type { Shown } from "./state.js";
import { nameOf, shownVariable } from "./title.js";

/** Whether all variables of a result have the labels of the first. */
export function isSideBySide({ coords, dims, shape, variables }: Result): boolean {
	const labels = JSON.stringify;
	const first = [dims, shape, coords];
	return Object.values(variables ?? {}).every(
		(part) => part.coords === coords || labels([part.dims, part.shape, part.coords]) === labels(first),
	);
}

/** Looked up for each move of a pointer, but found once. */
const known = new WeakMap<Result, boolean>();

/** Names and values of all variables of the store at a position of the result, the drawn one first; empty for one alone. */
export function besideOf({ question, result }: Shown, index: number): [string, string][] {
	if (question.others.length === 0 || !result.variables) return [];
	const together = known.get(result) ?? isSideBySide(result);
	known.set(result, together);
	const shown = shownVariable(question, result);
	const all = Object.entries(result.variables);
	const drawn = all.filter(([name]) => name === shown);
	const others = together ? all.filter(([name]) => name !== shown) : [];
	return [...drawn, ...others].map(([name, part]) => [nameOf(name), valueAt(part, index)]);
}

function valueAt({ data, units }: ResultVariable, index: number): string {
	const text = cellText(data[index] ?? null);
	return text === "missing" || !units ? text : `${text} ${units}`;
}

/** A value as people read it. */
export function cellText(value: Value): string {
	if (value === null) return "missing";
	return typeof value === "number" ? quantity(value) : valueText(value);
}
