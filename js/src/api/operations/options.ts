/** Options that several operations share. */

import type { OperationOption } from "./model.js";

export const OVER = {
	name: "dims",
	title: "Dimensions",
	about: "The dimensions to take away; all by default, after a grouping the grouped one",
	kind: "dims",
	common: true,
	example: "lat,lon",
} as const satisfies OperationOption;

export const ALONG = {
	...OVER,
	about: "The dimensions that it works along; all by default",
	example: "time",
} as const satisfies OperationOption;

/** Of what can only work along one. */
export const ALONG_ONE = {
	...OVER,
	about: "The dimension that it works along",
	required: true,
	most: 1,
	example: "time",
} as const satisfies OperationOption;

/** Of positions: one, or none for the position among all values. */
export const AT_MOST_ONE = {
	...OVER,
	about: "The dimension to look along; without it the position is that among all values",
	most: 1,
	example: "time",
} as const satisfies OperationOption;

export const SKIPNA = {
	name: "skipna",
	title: "Skip missing",
	about: "Pass over missing values; off, they make the result missing",
	kind: "boolean",
	byDefault: true,
	example: "true",
} as const satisfies OperationOption;

export const WEIGHTS = {
	name: "weights",
	title: "Weights",
	about: "How much each value counts: area, or the path of an array whose dimensions are among the variable's",
	kind: "weights",
	common: true,
	example: "area",
} as const satisfies OperationOption;

export const DDOF = {
	name: "ddof",
	title: "ddof",
	about: "Delta degrees of freedom: 0 for a population, 1 for a sample",
	kind: "number",
	byDefault: 0,
	example: "1",
} as const satisfies OperationOption;

export const MIN_COUNT = {
	name: "minCount",
	title: "Min count",
	about: "The fewest values for a result that is not missing",
	kind: "integer",
	least: 0,
	byDefault: 0,
	example: "1",
} as const satisfies OperationOption;

export const BINS = {
	name: "bins",
	title: "Bins",
	about: "A number of equal bins, or their ascending edges",
	kind: "bins",
	byDefault: 10,
	common: true,
	example: "20 or 0,10,20,50",
} as const satisfies OperationOption;

export const RANGE = {
	name: "range",
	title: "Range",
	about: "Lowest and highest edge; by default the data's own, which take a pass to find",
	kind: "range",
	common: true,
	example: "0..30",
} as const satisfies OperationOption;

export const OTHER = {
	name: "with",
	title: "With",
	about: "The path of the other variable",
	kind: "variable",
	required: true,
	common: true,
	example: "salinity",
} as const satisfies OperationOption;

export const OPERAND = {
	name: "with",
	title: "With",
	about: "A number, the path of a variable of the same selection, or an analysis document as JSON",
	kind: "operand",
	required: true,
	common: true,
	example: "273.15",
	start: "0",
} as const satisfies OperationOption;

export const WINDOWS = {
	name: "windows",
	title: "Windows",
	about: "How many cells make one, for each dimension",
	kind: "windows",
	required: true,
	common: true,
	least: 1,
	example: "lat=4,lon=4",
} as const satisfies OperationOption;

/** The labels of an axis of a new grid. */
export const AXIS = {
	about: "First, last and step of the new labels in degrees, or the labels themselves",
	kind: "axis",
	required: true,
	common: true,
} as const;
