/** What becomes of a question when another operation or grouping is picked: it goes on with something that can be drawn. */

import type { ArrayInfo, Coordinate, Dataset, Operation, OptionValues } from "zarrscope";
import { firstAxis } from "./first-axis.js";
import { candidates, labelsToGroupBy } from "./grouping-labels.js";
import { carried, dimsOption, type Grouping, groupingOf, operationOf, VALUES, withStarts } from "./operations.js";
import { previewSelection, reducedFirst } from "./preview.js";
import { drops, freed, type Question } from "./question.js";

type Coordinates = Readonly<Record<string, Coordinate>>;

/** Cells that make one at first, of each dimension of the map. */
const FIRST_WINDOW = 3;

/** The question with another operation. */
export function withOperation(
	question: Question,
	op: string,
	array: ArrayInfo,
	dataset: Dataset,
	coordinates: Coordinates = {},
): Question {
	const from = operationOf(question.op);
	const to = operationOf(op);
	const grouping = groupingOf(question.grouping?.op, op) && question.grouping;
	const options = startsOf(to, carried(from, to, question.options), array, dataset, coordinates);
	const next = { ...question, op, options, grouping };
	// What was reduced before goes on to be, such as for the minimum beside the maximum.
	const goesOn = reduces(from) && reduces(to) && question.grouping === grouping;
	return goesOn ? next : withFirstDims(next, array, dataset);
}

/** The question with another grouping; undefined for none. */
export function withGrouping(
	question: Question,
	name: string | undefined,
	array: ArrayInfo,
	dataset: Dataset,
	options: OptionValues = {},
): Question {
	const operation = groupingOf(name, question.op);
	const grouping = operation && { op: operation.name, options: startsOf(operation, options, array, dataset) };
	return withFirstDims({ ...question, grouping }, array, dataset);
}

/** The question with another value of a grouping's option: another label may group another dimension. */
export function withGroupingOptions(
	question: Question,
	grouping: Grouping,
	array: ArrayInfo,
	dataset: Dataset,
): Question {
	const next = { ...question, grouping };
	const dim = groupedDim(next, array, dataset);
	if (dim === groupedDim(question, array, dataset) && !windowsOf(next)) return next;
	return withFirstDims(next, array, dataset);
}

/** The dimension that is grouped or resampled. */
export function groupedDim({ grouping }: Question, array: ArrayInfo, dataset: Dataset): string | undefined {
	const lazy = dataset.get(array.path);
	const { by, time } = grouping?.options ?? {};
	if (grouping?.op === "groupby" && typeof by === "string") return lazy.groupby(by).dim;
	if (grouping?.op === "resample" && typeof time === "string") return lazy.resample({ time }).dim;
	return undefined;
}

/** The windows of a question's blocks or moving windows. */
export function windowsOf({ grouping }: Question): Record<string, number> | undefined {
	const windows = grouping?.options.windows;
	return typeof windows === "object" ? (windows as Record<string, number>) : undefined;
}

/** A reduction over any number of dimensions, which leaves a map at first. */
function reduces(operation: Operation): boolean {
	const { kind, name } = operation;
	return kind === "reduction" && name !== "histogram" && dimsOption(operation)?.most === undefined;
}

/** Dimensions to begin with, and a selection that goes with them. */
function withFirstDims(question: Question, array: ArrayInfo, dataset: Dataset): Question {
	const operation = operationOf(question.op);
	const option = dimsOption(operation);
	// Values of many maps are no map: other dimensions go back to their first position, unless they are selected otherwise.
	const map = { ...previewSelection(array, dataset), ...question.select };
	const left = array.dims.filter((dim) => !drops(map[dim]));
	const windows = windowsOf(question);
	if (windows) return { ...question, dims: undefined, select: freed(map, Object.keys(windows)) };
	const grouped = groupedDim(question, array, dataset);
	if (question.grouping) {
		const whole = grouped === undefined ? [] : [grouped];
		if (operation.kind !== "reduction") return { ...question, dims: undefined, select: freed(map, whole) };
		if (option?.most === 1) return { ...question, dims: undefined, select: freed(map, whole) };
		// All others go, too, so that a line over the groups is left.
		return { ...question, dims: [...array.dims], select: freed(question.select, array.dims) };
	}
	if (operation === VALUES || !option) return { ...question, dims: undefined, select: map };
	if (!operation.drops || operation.name === "histogram") return { ...question, dims: left, select: freed(map, left) };
	const first = reducedFirst(array, dataset);
	const dims = option.most === 1 ? first.slice(0, 1) : first;
	return { ...question, dims, select: freed(question.select, dims) };
}

/** Options that an operation cannot do without, from the table or from what the store has. */
function startsOf(
	operation: Operation,
	values: OptionValues,
	array: ArrayInfo,
	dataset: Dataset,
	coordinates: Coordinates = {},
): OptionValues {
	const started = withStarts(operation, values);
	const found = operation.options.flatMap((option): [string, OptionValues[string]][] => {
		if (option.kind === "axis" && values[option.name] === undefined) {
			const role = option.name === "lat" ? "latitude" : "longitude";
			return [[option.name, firstAxis(role, array, dataset, coordinates)]];
		}
		if (!option.required || started[option.name] !== undefined) return [];
		if (option.kind === "variable") return [[option.name, candidates(array, dataset)[0]?.path]];
		if (option.kind === "labels") return [[option.name, labelsToGroupBy(option, array, dataset)[0]?.value]];
		if (option.kind !== "windows") return [];
		const dims = array.dims.filter((dim) => !drops(previewSelection(array, dataset)[dim]));
		return [[option.name, Object.fromEntries(dims.map((dim) => [dim, FIRST_WINDOW]))]];
	});
	return { ...started, ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) };
}
