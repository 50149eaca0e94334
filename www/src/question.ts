/** What the user asks: the part of the state that a link carries, and that becomes an analysis document. */

import type { DataArray, Dataset, Selector } from "zarrscope";
import { type Asked, stepsOf } from "./operations.js";

export interface Question extends Asked {
	readonly source: string;
	/** Path of the array; empty until one is picked. */
	readonly variable: string;
	/** A dimension that is absent is taken whole. */
	readonly select: Readonly<Record<string, Selector>>;
}

export const NO_QUESTION: Question = {
	source: "",
	variable: "",
	select: {},
	op: "values",
	dims: undefined,
	options: {},
	grouping: undefined,
};

/** The lazy array that answers the question. Throws `not_found` if the dataset has no such array. */
export function arrayOf(question: Question, dataset: Dataset): DataArray {
	const selected = dataset.get(question.variable).isel(question.select);
	return stepsOf(question).reduce((array, step) => array.step(step), selected);
}

/** Whether a form takes the dimension away. */
export function drops(form: Selector | undefined): boolean {
	if (!form) return false;
	return ("index" in form && !Array.isArray(form.index)) || ("nearest" in form && !Array.isArray(form.nearest));
}

/** A selection that takes whole again what an operation needs: a dimension cannot be dropped and worked along at once. */
export function freed(select: Question["select"], dims: readonly string[]): Question["select"] {
	return Object.fromEntries(Object.entries(select).filter(([dim, form]) => !drops(form) || !dims.includes(dim)));
}
