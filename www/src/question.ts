/** What the user asks: the part of the state that a link carries, and that becomes an analysis document. */

import type { DataArray, Dataset, Selector } from "zarrscope";
import { type OptionName, type OptionValue, operationOf, type OperationName, stepOf } from "./operations.js";

export interface Question {
	readonly source: string;
	/** Path of the array; empty until one is picked. */
	readonly variable: string;
	/** A dimension that is absent is taken whole. */
	readonly select: Readonly<Record<string, Selector>>;
	readonly op: OperationName;
	/** Dimensions that the operation takes away; undefined for all. */
	readonly dims: readonly string[] | undefined;
	/** Options that differ from their defaults. */
	readonly options: Readonly<Partial<Record<OptionName, OptionValue>>>;
}

export const NO_QUESTION: Question = {
	source: "",
	variable: "",
	select: {},
	op: "values",
	dims: undefined,
	options: {},
};

/** The lazy array that answers the question. Throws `not_found` if the dataset has no such array. */
export function arrayOf(question: Question, dataset: Dataset): DataArray {
	const selected = dataset.get(question.variable).isel(question.select);
	const step = stepOf(question);
	return step ? selected.step(step) : selected;
}

/** Whether a form takes the dimension away. */
export function drops(form: Selector | undefined): boolean {
	if (!form) return false;
	return ("index" in form && !Array.isArray(form.index)) || ("nearest" in form && !Array.isArray(form.nearest));
}

/** The question with an operation, and dimensions that go with it. */
export function withOperation(question: Question, op: OperationName, dims: readonly string[] | undefined): Question {
	const allowed = operationOf(op).options;
	const options = Object.fromEntries(
		Object.entries(question.options).filter(([name]) => allowed.includes(name as OptionName)),
	);
	if (op === "values") return { ...question, op, dims: undefined, options };
	return { ...question, op, dims, options, select: freed(question.select, dims) };
}

/** A dimension cannot be dropped and reduced at once: what is to be reduced is taken whole again. */
function freed(select: Question["select"], dims: readonly string[] | undefined): Question["select"] {
	return Object.fromEntries(
		Object.entries(select).filter(([dim, form]) => !drops(form) || (dims && !dims.includes(dim))),
	);
}
