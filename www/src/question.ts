/** What the user asks: the part of the state that a link carries, and that becomes an analysis document. */

import {
	type AnalysisDocument,
	type ArrayInfo,
	type DataArray,
	type Dataset,
	type Precision,
	type Selector,
	ZarrscopeError,
} from "zarrscope";
import { type Asked, documentSteps, NO_STEP } from "./operations.js";

export interface Question {
	readonly source: string;
	/** Path of the array; empty until one is picked. */
	readonly variable: string;
	/** Further variables that the same is done to in the same run, by their paths; none of them is {@link variable}. */
	readonly others: readonly string[];
	/** A dimension that is absent is taken whole. */
	readonly select: Readonly<Record<string, Selector>>;
	/** What is done with the selected values, in this order; at least one. */
	readonly steps: readonly [Asked, ...Asked[]];
	/** Of a result with several variables, the one that is drawn; undefined for the first. */
	readonly shows: string | undefined;
	/** An estimate from chunks of at most so many bytes. Without this and the next the result is exact. */
	readonly maxBytes: number | undefined;
	/** An estimate that ends when its standard error is this share of it. */
	readonly relativeError: number | undefined;
}

export const NO_QUESTION: Question = {
	source: "",
	variable: "",
	others: [],
	select: {},
	steps: [NO_STEP],
	shows: undefined,
	maxBytes: undefined,
	relativeError: undefined,
};

/** As many as the core takes. */
export const MAX_VARIABLES = 64;
/** More steps than this are not offered, nor read from links. */
export const MAX_STEPS = 12;

/** The lazy array that answers the question. Throws `not_found` if the dataset has no such array. */
export function arrayOf(question: Question, dataset: Dataset): DataArray {
	return arrayBefore(question, question.steps.length, dataset);
}

/**
 * The same of all variables, as precise as the question wants it: what is explained, computed and copied.
 *
 * @throws {ZarrscopeError} `not_found` for variables that the dataset has not, `unsupported` for steps that take one only.
 */
export function askedArray(question: Question, dataset: Dataset): DataArray {
	const { others, steps, variable } = question;
	const refused = others.length > 0 ? onlyOfOne(question) : undefined;
	if (refused)
		throw new ZarrscopeError({ code: "unsupported", message: `${refused}: take the others out of this run` });
	const lazy = others.length > 0 ? dataset.get([variable, ...others]) : dataset.get(variable);
	const array = stepped(lazy, question, steps.length);
	const { precision } = precisionOf(question);
	return precision ? array.estimate(precision) : array;
}

/** Why there is an answer for one variable only; undefined where there may be several. */
export function onlyOfOne(question: Question): string | undefined {
	if (isEstimate(question)) return "an estimate is made of one variable at a time";
	// Its own results stand side by side already.
	if (question.steps.some(({ op }) => op === "trend")) return "a trend is made of one variable at a time";
	return undefined;
}

/** The lazy array that a step gets; of several variables the first one's, whose dimensions the controls show. */
export function arrayBefore(question: Question, at: number, dataset: Dataset): DataArray {
	return stepped(dataset.get(question.variable), question, at);
}

function stepped(lazy: DataArray, { select, steps }: Question, at: number): DataArray {
	return documentSteps(steps.slice(0, at)).reduce((array, step) => array.step(step), lazy.isel(select));
}

/** What a step gets, as far as it can be told, as though it were stored: the first gets the variable as it is. */
export function inputOf(question: Question, at: number, array: ArrayInfo, dataset: Dataset): ArrayInfo {
	if (at === 0) return array;
	const { dims, shape } = arrayBefore(question, at, dataset);
	return { ...array, dims, shape: shape.map((length) => length ?? 0) };
}

/** What stops an estimate; without either it is none. */
export type Limit = Pick<Question, "maxBytes" | "relativeError">;

export function isEstimate({ maxBytes, relativeError }: Limit): boolean {
	return maxBytes !== undefined || relativeError !== undefined;
}

/** What a document asks for beyond its steps. */
export function precisionOf({ maxBytes, relativeError }: Limit): { precision?: Precision } {
	const precision = {
		...(maxBytes === undefined ? {} : { maxBytes }),
		...(relativeError === undefined ? {} : { relativeError }),
	};
	return Object.keys(precision).length > 0 ? { precision } : {};
}

/** What of the store a document is about. */
export function variablesOf({ others, variable }: Question): Pick<AnalysisDocument, "variable" | "variables"> {
	return others.length > 0 ? { variables: [variable, ...others] } : { variable };
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
