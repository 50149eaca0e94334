/** The package's table of operations as the page uses it: with the values themselves as one more choice. */

import {
	findOperation,
	groupingsBefore,
	OPERATIONS,
	type Operation,
	type OperationOption,
	type OptionValues,
	parseOption,
	type Step,
	stepFrom,
} from "zarrscope";

/** What is done when nothing is asked for. */
export const VALUES: Operation = {
	name: "values",
	title: "Values",
	about: "The selected values themselves",
	kind: "transform",
	options: [],
};

/** All that can be picked, in groups. */
export const CHOICES: readonly { readonly title: string; readonly operations: readonly Operation[] }[] = [
	{ title: "Reduce", operations: OPERATIONS.filter(({ kind }) => kind === "reduction") },
	{ title: "Transform", operations: OPERATIONS.filter(({ kind }) => kind === "transform") },
	{ title: "With another", operations: OPERATIONS.filter(({ kind }) => kind === "pair") },
];

/** What the array is divided by before the operation. */
export interface Grouping {
	readonly op: string;
	readonly options: OptionValues;
}

/** One step as people see it: an operation, and what the array is divided by before it. */
export interface Asked {
	readonly op: string;
	/** Dimensions that the operation takes away or works along; undefined for what it does by default. */
	readonly dims: readonly string[] | undefined;
	/** Options that differ from their defaults. */
	readonly options: OptionValues;
	readonly grouping: Grouping | undefined;
}

/** Whether there is such a choice. Groupings alone are none. */
export function isChoice(name: string): boolean {
	return operationOf(name).name === name && operationOf(name).kind !== "grouping";
}

export function operationOf(name: string): Operation {
	return findOperation(name) ?? VALUES;
}

/** The grouping of that name, if it may stand before an operation. */
export function groupingOf(name: string | undefined, op: string): Operation | undefined {
	return groupingsBefore(operationOf(op)).find((grouping) => grouping.name === name);
}

/** The windows of a step's blocks or moving windows. */
export function windowsOf({ grouping }: Asked): Record<string, number> | undefined {
	const windows = grouping?.options.windows;
	return typeof windows === "object" ? (windows as Record<string, number>) : undefined;
}

/** The option for dimensions: chips, not a field, hold its value. */
export function dimsOption({ options }: Operation): OperationOption | undefined {
	return options.find(({ kind }) => kind === "dims");
}

/** The other options. */
export function fieldsOf({ options }: Operation): OperationOption[] {
	return options.filter(({ kind }) => kind !== "dims");
}

/** How a grouping's option is called in links: the first has the grouping's own name. */
export function linkName(grouping: Operation, option: OperationOption): string {
	return option === grouping.options[0] ? grouping.name : option.name;
}

/** The step that changes nothing: what a question begins with, and what stands where an operation is yet to be picked. */
export const NO_STEP: Asked = { op: VALUES.name, dims: undefined, options: {}, grouping: undefined };

/** The steps of the analysis document. */
export function documentSteps(steps: readonly Asked[]): Step[] {
	return steps.flatMap(stepsOfOne);
}

function stepsOfOne({ op, dims, options, grouping }: Asked): Step[] {
	const operation = operationOf(op);
	if (operation === VALUES) return [];
	const before = grouping && groupingOf(grouping.op, op);
	const own = stepFrom(operation, { ...options, ...(dims && dimsOption(operation) ? { dims: [...dims] } : {}) });
	return before ? [stepFrom(before, grouping.options), own] : [own];
}

/** Values of an operation's options, with those that it cannot do without where a start is known. */
export function withStarts(operation: Operation, values: OptionValues): OptionValues {
	const starts = operation.options.flatMap((option) => {
		const value = option.start === undefined ? undefined : parseOption(option, option.start);
		return value === undefined ? [] : [[option.name, value] as const];
	});
	return { ...Object.fromEntries(starts), ...values };
}

/** What of an operation's options another one has, too, with the same meaning. */
export function carried(from: Operation, to: Operation, values: OptionValues): OptionValues {
	const kindIn = ({ options }: Operation, name: string) => options.find((option) => option.name === name)?.kind;
	return Object.fromEntries(
		Object.entries(values).filter(([name]) => kindIn(from, name) && kindIn(from, name) === kindIn(to, name)),
	);
}
