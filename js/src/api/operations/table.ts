/**
 * The table of operations: all that docs/contract.md allows in `steps`. The types of steps are held to it (steps.ts), and
 * the flags and help of the command line, and the controls and links of the page, are made from it: what stands here is
 * everywhere, and what does not stand here is nowhere.
 */

import type { Operation } from "./model.js";
import {
	ALONG,
	ALONG_ONE,
	AT_MOST_ONE,
	AXIS,
	BINS,
	DDOF,
	MIN_COUNT,
	OPERAND,
	OTHER,
	OVER,
	RANGE,
	SKIPNA,
	WEIGHTS,
	WINDOWS,
} from "./options.js";

const reduction = { kind: "reduction", drops: true } as const;
const arithmetic = { kind: "pair", options: [OPERAND] } as const;
/** By nothing is no beginning. */
const ratio = { kind: "pair", options: [{ ...OPERAND, start: "1" }] } as const;

/** All operations, in the order in which people are shown them. */
export const OPERATIONS = [
	{ name: "mean", title: "Mean", about: "Arithmetic mean", ...reduction, options: [OVER, WEIGHTS, SKIPNA] },
	{
		name: "sum",
		title: "Sum",
		about: "Sum; exact for integers",
		...reduction,
		options: [OVER, WEIGHTS, SKIPNA, MIN_COUNT],
	},
	{ name: "min", title: "Minimum", about: "Least value", ...reduction, options: [OVER, SKIPNA] },
	{ name: "max", title: "Maximum", about: "Greatest value", ...reduction, options: [OVER, SKIPNA] },
	{
		name: "std",
		title: "Standard deviation",
		about: "Standard deviation",
		...reduction,
		options: [OVER, WEIGHTS, DDOF, SKIPNA],
	},
	{ name: "var", title: "Variance", about: "Variance", ...reduction, options: [OVER, WEIGHTS, DDOF, SKIPNA] },
	{
		name: "count",
		title: "Number of values",
		about: "How many values are not missing",
		...reduction,
		options: [OVER, SKIPNA],
	},
	{ name: "median", title: "Median", about: "The value in the middle, exactly", ...reduction, options: [OVER, SKIPNA] },
	{
		name: "quantile",
		title: "Quantile",
		about: "The value below which a share of all lies, exactly; a list of shares adds a dimension quantile",
		...reduction,
		options: [
			{
				name: "q",
				title: "Shares",
				about: "A number from 0 to 1, or a list of them",
				kind: "numbers",
				required: true,
				common: true,
				example: "0.05,0.5,0.95",
				start: "0.5",
			},
			OVER,
			SKIPNA,
		],
	},
	{
		name: "argmin",
		title: "Position of the minimum",
		about: "Position of the first least value",
		...reduction,
		options: [AT_MOST_ONE, SKIPNA],
	},
	{
		name: "argmax",
		title: "Position of the maximum",
		about: "Position of the first greatest value",
		...reduction,
		options: [AT_MOST_ONE, SKIPNA],
	},
	{
		name: "histogram",
		title: "Histogram",
		about: "How many values lie in each bin; with another variable, in each pair of bins",
		...reduction,
		options: [
			BINS,
			RANGE,
			OVER,
			WEIGHTS,
			{
				name: "density",
				title: "Density",
				about: "Scale so that the integral over the bins is 1",
				kind: "boolean",
				byDefault: false,
				example: "true",
			},
			{
				name: "with",
				title: "With",
				about: "The path of a second variable, which makes the histogram two-dimensional",
				kind: "variable",
				path: ["with", "variable"],
				example: "salinity",
			},
			{ ...BINS, name: "withBins", title: "Its bins", path: ["with", "bins"], common: false },
			{ ...RANGE, name: "withRange", title: "Its range", path: ["with", "range"], common: false },
		],
	},
	{
		name: "groupby",
		title: "By label",
		about: "Puts together what has the same month, season or other label",
		kind: "grouping",
		followedBy: ["reduction", "anomaly"],
		options: [
			{
				name: "by",
				title: "By",
				about: "A part of a time, or the name of a coordinate with one dimension",
				kind: "labels",
				required: true,
				common: true,
				example: "time.month",
				suggestions: [
					{ value: "month", title: "month" },
					{ value: "season", title: "season" },
					{ value: "dayofyear", title: "day of the year" },
					{ value: "hour", title: "hour of the day" },
					{ value: "year", title: "year" },
					{ value: "day", title: "day of the month" },
				],
			},
		],
	},
	{
		name: "resample",
		title: "By period",
		about: "Divides time into periods of one length",
		kind: "grouping",
		followedBy: ["reduction"],
		options: [
			{
				name: "time",
				title: "Periods of",
				about: "A length of time as pandas writes it",
				kind: "text",
				required: true,
				common: true,
				example: "MS",
				start: "MS",
				suggestions: [
					{ value: "1D", title: "days" },
					{ value: "7D", title: "seven days" },
					{ value: "W", title: "weeks that end on Sunday" },
					{ value: "MS", title: "months" },
					{ value: "ME", title: "months, labelled by their last day" },
					{ value: "QS", title: "quarters" },
					{ value: "QS-DEC", title: "seasons" },
					{ value: "YS", title: "years" },
					{ value: "10YS", title: "ten years" },
					{ value: "6h", title: "six hours" },
				],
			},
		],
	},
	{
		name: "coarsen",
		title: "By block",
		about: "Puts neighbouring cells together, each cell in one block",
		kind: "grouping",
		followedBy: ["reduction"],
		options: [
			WINDOWS,
			{
				name: "boundary",
				title: "At the end",
				about: "What becomes of cells that fill no block; without it there must be none",
				kind: "choice",
				choices: ["trim", "pad"],
				common: true,
				example: "trim",
				start: "trim",
			},
		],
	},
	{
		name: "rolling",
		title: "By moving window",
		about: "Puts each cell together with those around it",
		kind: "grouping",
		followedBy: ["reduction"],
		options: [
			{ ...WINDOWS, about: "How many cells a window holds, for each dimension", example: "time=12" },
			{
				name: "center",
				title: "Centred",
				about: "Label each window by its middle instead of its end",
				kind: "boolean",
				byDefault: false,
				common: true,
				example: "true",
			},
			{
				name: "minPeriods",
				title: "Min values",
				about: "The fewest values for a result that is not missing; by default all of a window",
				kind: "integer",
				least: 0,
				example: "6",
			},
		],
	},
	{
		name: "anomaly",
		title: "Anomaly",
		about: "What differs from the mean along dimensions, or from the mean of the group",
		kind: "transform",
		aroundZero: true,
		options: [ALONG, SKIPNA],
	},
	{
		name: "scale",
		title: "Scale",
		about: "Each value times a factor, plus an offset",
		kind: "transform",
		options: [
			{
				name: "factor",
				title: "Factor",
				about: "What each value is multiplied by",
				kind: "number",
				byDefault: 1,
				common: true,
				example: "1.8",
			},
			{
				name: "offset",
				title: "Offset",
				about: "What is added then",
				kind: "number",
				byDefault: 0,
				common: true,
				example: "-273.15",
			},
			{
				name: "units",
				title: "Units",
				about: "Units of the result",
				kind: "text",
				common: true,
				example: "degC",
			},
		],
	},
	{
		name: "cumsum",
		title: "Running sum",
		about: "The sum of all values so far",
		kind: "transform",
		options: [ALONG, SKIPNA],
	},
	{
		name: "trend",
		title: "Trend",
		about: "Least squares along a dimension, per year or per unit of its labels: slope, intercept, stderr, pvalue",
		kind: "transform",
		drops: true,
		aroundZero: true,
		options: [ALONG_ONE],
	},
	{
		name: "regrid",
		title: "Regrid",
		about: "The values on another grid of latitudes and longitudes",
		kind: "transform",
		options: [
			{
				name: "method",
				title: "Method",
				about: "How values between cells are found; conservative keeps the mean over areas",
				kind: "choice",
				choices: ["bilinear", "nearest", "conservative"],
				required: true,
				common: true,
				example: "bilinear",
				start: "bilinear",
			},
			{ ...AXIS, name: "lat", title: "Latitudes", example: "-90:90:2.5", start: "-80:80:10" },
			{ ...AXIS, name: "lon", title: "Longitudes", example: "0:357.5:2.5", start: "0:350:10" },
		],
	},
	{
		name: "correlation",
		title: "Correlation",
		about: "Pearson's correlation of pairs of values that are both there",
		kind: "pair",
		drops: true,
		aroundZero: true,
		options: [OTHER, OVER],
	},
	{
		name: "covariance",
		title: "Covariance",
		about: "Covariance of pairs of values that are both there",
		kind: "pair",
		drops: true,
		aroundZero: true,
		options: [OTHER, OVER, { ...DDOF, byDefault: 1, example: "0" }],
	},
	{ name: "add", title: "Add", about: "Plus a number or another array", sign: "+", ...arithmetic },
	{
		name: "subtract",
		title: "Subtract",
		about: "Minus a number or another array",
		sign: "−",
		aroundZero: true,
		...arithmetic,
	},
	{ name: "multiply", title: "Multiply", about: "Times a number or another array", sign: "×", ...ratio },
	{ name: "divide", title: "Divide", about: "Divided by a number or another array", sign: "÷", ...ratio },
] as const satisfies readonly Operation[];

/** Names of operations. */
export type OperationName = (typeof OPERATIONS)[number]["name"];

/** An operation by its name. */
export function findOperation(name: string): (Operation & { readonly name: OperationName }) | undefined {
	return OPERATIONS.find((operation) => operation.name === name);
}

/** Groupings that may stand before an operation. */
export function groupingsBefore({ name, kind }: Operation): (Operation & { readonly name: OperationName })[] {
	return OPERATIONS.filter(
		(grouping: Operation) => grouping.followedBy?.includes(kind) || grouping.followedBy?.includes(name),
	);
}
