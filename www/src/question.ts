/** What the user asks: the part of the state that a link carries, and that becomes an analysis document. */

import type { AnalysisDocument, ArrayInfo, DataArray, Dataset, Selector } from "zarrscope";
import { type Asked, documentSteps, NO_STEP } from "./operations.js";

export interface Question {
	readonly source: string;
	/** Path of the array; empty until one is picked. */
	readonly variable: string;
	/** A dimension that is absent is taken whole. */
	readonly select: Readonly<Record<string, Selector>>;
	/** What is done with the selected values, in this order; at least one. */
	readonly steps: readonly [Asked, ...Asked[]];
	/** Of a result with several variables, the one that is drawn; undefined for the first. */
	readonly shows: string | undefined;
	/** An estimate from chunks of at most so many bytes; undefined for the exact result. */
	readonly maxBytes: number | undefined;
}

export const NO_QUESTION: Question = {
	source: "",
	variable: "",
	select: {},
	steps: [NO_STEP],
	shows: undefined,
	maxBytes: undefined,
};

/** More steps than this are not offered, nor read from links. */
export const MAX_STEPS = 12;

/** The lazy array that answers the question. Throws `not_found` if the dataset has no such array. */
export function arrayOf(question: Question, dataset: Dataset): DataArray {
	return arrayBefore(question, question.steps.length, dataset);
}

/** The same, as precise as the question wants it: what is explained, computed and copied. */
export function askedArray(question: Question, dataset: Dataset): DataArray {
	const array = arrayOf(question, dataset);
	return question.maxBytes === undefined ? array : array.estimate({ maxBytes: question.maxBytes });
}

/** The lazy array that a step gets. */
export function arrayBefore({ select, steps, variable }: Question, at: number, dataset: Dataset): DataArray {
	const selected = dataset.get(variable).isel(select);
	return documentSteps(steps.slice(0, at)).reduce((array, step) => array.step(step), selected);
}

/** What a step gets, as far as it can be told, as though it were stored: the first gets the variable as it is. */
export function inputOf(question: Question, at: number, array: ArrayInfo, dataset: Dataset): ArrayInfo {
	if (at === 0) return array;
	const { dims, shape } = arrayBefore(question, at, dataset);
	return { ...array, dims, shape: shape.map((length) => length ?? 0) };
}

/** What a document asks for beyond its steps. */
export function precisionOf({ maxBytes }: Question): Pick<AnalysisDocument, "precision"> {
	return maxBytes === undefined ? {} : { precision: { maxBytes } };
}

/** The question with another step in a place. */
export function withStep(question: Question, at: number, step: Asked): Question {
	return {
		...question,
		steps: question.steps.map((old, i) => (i === at ? step : old)) as unknown as Question["steps"],
	};
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
