/** What becomes of a question when another operation or grouping is picked: it goes on with something that can be drawn. */

import type { ArrayInfo, Coordinate, DataArray, Dataset, Operation, OptionValues } from "zarrscope";
import { firstAxis } from "./first-axis.js";
import { candidates, labelsToGroupBy } from "./grouping-labels.js";
import {
	type Asked,
	carried,
	dimsOption,
	type Grouping,
	groupingOf,
	operationOf,
	VALUES,
	windowsOf,
	withStarts,
} from "./operations.js";
import { previewSelection, reducedFirst } from "./preview.js";
import { arrayBefore, drops, freed, inputOf, type Question, withStep } from "./question.js";
import { settled } from "./steps.js";

type Coordinates = Readonly<Record<string, Coordinate>>;

/** Cells that make one at first, of each dimension of the map. */
const FIRST_WINDOW = 3;

/** A step of a question, what it gets, and what is selected before it: nothing, but for the first step. */
interface Place {
	readonly asked: Asked;
	readonly select: Question["select"];
	readonly array: ArrayInfo;
	/** The same, before the selection drops any of its dimensions: a grouping takes its own whole. */
	readonly lazy: DataArray;
	readonly dataset: Dataset;
	readonly isFirst: boolean;
}

/** Whose step is to change, and what it is a step of. */
export interface Setting {
	readonly at: number;
	readonly array: ArrayInfo;
	readonly dataset: Dataset;
	readonly coordinates?: Coordinates;
}

/** The question with another operation. */
export function withOperation(question: Question, op: string, setting: Setting): Question {
	const place = placeOf(question, setting);
	const { asked } = place;
	const [from, to] = [operationOf(asked.op), operationOf(op)];
	const grouping = groupingOf(asked.grouping?.op, op) && asked.grouping;
	const options = startsOf(to, carried(from, to, asked.options), place, setting.coordinates);
	const next = { ...place, asked: { ...asked, op, options, grouping } };
	// What was reduced before goes on to be, such as for the minimum beside the maximum.
	const goesOn = reduces(from) && reduces(to) && asked.grouping === grouping;
	return taken(question, setting, goesOn ? next : withFirstDims(next));
}

/** The question with another grouping; undefined for none. */
export function withGrouping(
	question: Question,
	name: string | undefined,
	setting: Setting,
	options: OptionValues = {},
): Question {
	const place = placeOf(question, setting);
	const operation = groupingOf(name, place.asked.op);
	const grouping = operation && { op: operation.name, options: startsOf(operation, options, place) };
	return taken(question, setting, withFirstDims({ ...place, asked: { ...place.asked, grouping } }));
}

/** The question with another value of a grouping's option: another label may group another dimension. */
export function withGroupingOptions(question: Question, grouping: Grouping, setting: Setting): Question {
	const place = placeOf(question, setting);
	const next = { ...place, asked: { ...place.asked, grouping } };
	const isSame = dimOf(next) === dimOf(place) && !windowsOf(next.asked);
	return taken(question, setting, isSame ? next : withFirstDims(next));
}

/** The dimension that is grouped or resampled by a step. */
export function groupedDim(question: Question, { at, array, dataset }: Setting): string | undefined {
	return dimOf(placeOf(question, { at, array, dataset }));
}

function placeOf(question: Question, { at, array, dataset }: Setting): Place {
	const isFirst = at === 0;
	const asked = question.steps[at] ?? question.steps[0];
	const select = isFirst ? question.select : {};
	const lazy = isFirst ? dataset.get(array.path) : arrayBefore(question, at, dataset);
	return { asked, select, array: inputOf(question, at, array, dataset), lazy, dataset, isFirst };
}

function taken(question: Question, { at, array, dataset }: Setting, { asked, select, isFirst }: Place): Question {
	const next = withStep(isFirst ? { ...question, select } : question, at, asked);
	return settled(next, array, dataset);
}

function dimOf({ asked: { grouping }, lazy }: Place): string | undefined {
	const { by, time } = grouping?.options ?? {};
	if (grouping?.op === "groupby" && typeof by === "string") return lazy.groupby(by).dim;
	if (grouping?.op === "resample" && typeof time === "string") return lazy.resample({ time }).dim;
	return undefined;
}

/** A reduction over any number of dimensions, which leaves a map at first. */
function reduces(operation: Operation): boolean {
	const { kind, name } = operation;
	return kind === "reduction" && name !== "histogram" && dimsOption(operation)?.most === undefined;
}

/** Dimensions to begin with, and a selection that goes with them. */
function withFirstDims(place: Place): Place {
	const { array, asked, dataset, isFirst } = place;
	const operation = operationOf(asked.op);
	const option = dimsOption(operation);
	const withDims = (dims: string[] | undefined, select: Question["select"]): Place => ({
		...place,
		asked: { ...asked, dims },
		select: isFirst ? select : {},
	});
	// Values of many maps are no map: other dimensions go back to their first position, unless they are selected otherwise.
	const map = isFirst ? { ...previewSelection(array, dataset), ...place.select } : {};
	const left = array.dims.filter((dim) => !drops(map[dim]));
	const windows = windowsOf(asked);
	if (windows) return withDims(undefined, freed(map, Object.keys(windows)));
	const grouped = dimOf(place);
	if (asked.grouping) {
		const whole = grouped === undefined ? [] : [grouped];
		if (operation.kind !== "reduction" || option?.most === 1) return withDims(undefined, freed(map, whole));
		// All others go, too, so that a line over the groups is left.
		return withDims([...array.dims], freed(place.select, array.dims));
	}
	if (operation === VALUES || !option) return withDims(undefined, map);
	if (!operation.drops || operation.name === "histogram") return withDims(left, freed(map, left));
	const first = reducedFirst(array, dataset);
	const dims = option.most === 1 ? first.slice(0, 1) : first;
	return withDims(dims, freed(place.select, dims));
}

/** Options that an operation cannot do without, from the table or from what the store has. */
function startsOf(
	operation: Operation,
	values: OptionValues,
	{ array, dataset, isFirst }: Place,
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
		const map = isFirst ? previewSelection(array, dataset) : {};
		const dims = array.dims.filter((dim) => !drops(map[dim]));
		return [[option.name, Object.fromEntries(dims.map((dim) => [dim, FIRST_WINDOW]))]];
	});
	return { ...started, ...Object.fromEntries(found.filter(([, value]) => value !== undefined)) };
}
