/** The operations and their options, in one table each: controls, links and documents are made from these. */

import type { Step } from "zarrscope";

export type OperationName = "values" | "mean" | "sum" | "min" | "max" | "std" | "var" | "count" | "histogram";
export type OptionName = "skipna" | "ddof" | "minCount" | "weights" | "bins" | "range" | "density";
export type OptionValue = boolean | number | string | number[];

export interface Operation {
	readonly name: OperationName;
	readonly label: string;
	/** As the beginning of a title: "Mean of sea surface temperature". */
	readonly title: string;
	readonly options: readonly OptionName[];
}

/** The first is what is done when nothing is asked for. */
export const OPERATIONS: readonly Operation[] = [
	{ name: "values", label: "Values", title: "", options: [] },
	{ name: "mean", label: "Mean", title: "Mean of", options: ["weights", "skipna"] },
	{ name: "sum", label: "Sum", title: "Sum of", options: ["weights", "skipna", "minCount"] },
	{ name: "min", label: "Minimum", title: "Minimum of", options: ["skipna"] },
	{ name: "max", label: "Maximum", title: "Maximum of", options: ["skipna"] },
	{ name: "std", label: "Standard deviation", title: "Standard deviation of", options: ["weights", "ddof", "skipna"] },
	{ name: "var", label: "Variance", title: "Variance of", options: ["weights", "ddof", "skipna"] },
	{ name: "count", label: "Count", title: "Number of values of", options: [] },
	{ name: "histogram", label: "Histogram", title: "Histogram of", options: ["bins", "range", "weights", "density"] },
];

export interface Option {
	readonly label: string;
	readonly about: string;
	readonly kind: "flag" | "text" | "weights";
	/** What holds when the option is absent. */
	readonly byDefault: OptionValue | undefined;
	readonly placeholder?: string;
	/** The value that a text stands for; undefined if it stands for none. */
	parse(text: string): OptionValue | undefined;
}

const flag = (label: string, about: string, byDefault: boolean): Option => ({
	label,
	about,
	kind: "flag",
	byDefault,
	parse: (text) => ({ true: true, false: false })[text.trim().toLowerCase()],
});

const whole = (label: string, about: string): Option => ({
	label,
	about,
	kind: "text",
	byDefault: 0,
	placeholder: "0",
	parse: (text) => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined),
});

export const OPTIONS: Readonly<Record<OptionName, Option>> = {
	skipna: flag("Skip missing", "Pass over missing values; off, they make the result missing", true),
	ddof: whole("ddof", "Delta degrees of freedom: 0 for a population, 1 for a sample"),
	minCount: whole("Min count", "The fewest values for a result that is not missing"),
	weights: {
		label: "Weights",
		about: "How much each value counts",
		kind: "weights",
		byDefault: undefined,
		parse: (text) => text.trim() || undefined,
	},
	bins: {
		label: "Bins",
		about: "A number of equal bins, or their edges, with commas",
		kind: "text",
		byDefault: 10,
		placeholder: "10",
		parse: parseBins,
	},
	range: {
		label: "Range",
		about: "Lowest and highest edge, such as 0..30; empty for the data's own, which takes a second pass",
		kind: "text",
		byDefault: undefined,
		placeholder: "low..high",
		parse: parseRange,
	},
	density: flag("Density", "Scale so that the integral over the bins is 1", false),
};

/** The largest count of bins that can be asked for here. */
const MAX_BINS = 10_000;

function parseBins(text: string): number | number[] | undefined {
	const numbers = text.split(",").map(number);
	const [first] = numbers;
	if (numbers.some((n) => n === undefined) || first === undefined) return undefined;
	if (numbers.length === 1) return Number.isInteger(first) && first >= 1 && first <= MAX_BINS ? first : undefined;
	const edges = numbers as number[];
	return edges.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge)) ? edges : undefined;
}

function parseRange(text: string): number[] | undefined {
	const [low, high, ...rest] = text.split("..").map(number);
	if (low === undefined || high === undefined || rest.length > 0 || low >= high) return undefined;
	return [low, high];
}

function number(text: string): number | undefined {
	const value = Number(text);
	return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
}

/** The text of an option, as links and fields write it. */
export function optionText(name: OptionName, value: OptionValue): string {
	if (Array.isArray(value)) return value.join(name === "range" ? ".." : ",");
	return String(value);
}

export function isOperation(name: string): name is OperationName {
	return OPERATIONS.some((operation) => operation.name === name);
}

export function operationOf(name: OperationName): Operation {
	return OPERATIONS.find((operation) => operation.name === name) ?? (OPERATIONS[0] as Operation);
}

/** The step of the analysis document; none for the values themselves. */
export function stepOf(asked: {
	op: OperationName;
	dims: readonly string[] | undefined;
	options: Readonly<Partial<Record<OptionName, OptionValue>>>;
}): Step | undefined {
	if (asked.op === "values") return undefined;
	const dims = asked.dims ? { dims: [...asked.dims] } : {};
	return { op: asked.op, ...dims, ...asked.options } as Step;
}
