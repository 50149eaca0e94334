/** What is shown of a variable before anything is asked: its first map, or its line. */

import type { ArrayInfo, Dataset, Selector, SourceInfo } from "zarrscope";
import { mapDims } from "./grid.js";
import { isLarge, LOOKED_AT } from "./near.js";
import { NO_QUESTION, type Question } from "./question.js";

/** The question of a variable's first map: position 0 of all other dimensions. */
export function previewOf(array: ArrayInfo, dataset: Dataset, source: string): Question {
	return { ...NO_QUESTION, source, variable: array.path, select: previewSelection(array, dataset) };
}

export function previewSelection(array: ArrayInfo, dataset: Dataset): Record<string, Selector> {
	const kept = array.dims.length <= 1 ? array.dims : mapDims(array, dataset);
	return Object.fromEntries(array.dims.filter((dim) => !kept.includes(dim)).map((dim) => [dim, { index: 0 }]));
}

/** What an operation takes away when the user has not said: time and levels, so that a map remains; or else all. */
export function reducedFirst(array: ArrayInfo, dataset: Dataset): string[] {
	const kept = mapDims(array, dataset);
	const others = array.dims.filter((dim) => !kept.includes(dim));
	return others.length > 0 ? others : [...array.dims];
}

/** The variable that a store is opened with when none is named: the one that looks most like data. */
export function firstVariable(dataset: Dataset): ArrayInfo | undefined {
	const { info } = dataset;
	if (isLarge(info)) return firstOf(info);
	const coordinates = new Set(groupsOf(dataset).flatMap((group) => group.coords.map((array) => array.path)));
	const readable = info.arrays.filter((array) => !array.problem && !/^[SUO|<>]|str|bool/.test(array.dtype));
	const data = readable.filter((array) => !coordinates.has(array.path));
	const most = Math.max(...data.map((array) => array.dims.length));
	return data.find((array) => array.dims.length === most) ?? readable[0];
}

/** In a large store: the first that has a map, or else the first that can be read. */
function firstOf(info: SourceInfo): ArrayInfo | undefined {
	const some = info.arrayPaths.slice(0, LOOKED_AT).flatMap((path) => info.array(path) ?? []);
	const readable = some.filter((array) => !array.problem);
	return readable.find((array) => array.dims.length > 1) ?? readable[0];
}

function groupsOf(dataset: Dataset): Dataset[] {
	const paths = new Set(dataset.info.arrays.map((array) => array.group));
	return [...paths].map((path) => (path === dataset.path ? dataset : dataset.group(path)));
}
