/** The steps of an analysis document as types, held to the table of operations by the compiler. */

import type { AnalysisDocument } from "../spec.js";
import type { OPERATIONS } from "./table.js";

interface Over {
	/** The dimensions to take away; default: all, after a grouping the grouped one. */
	dims?: string[];
}

interface Skipping {
	/** Pass over missing values (default), or let them make the result missing. */
	skipna?: boolean;
}

interface Weighted {
	/** "area" for areas of cells, or the path of an array in the store. */
	weights?: string;
}

interface Spread {
	/** Delta degrees of freedom, default 0. */
	ddof?: number;
}

interface Summed {
	/** The fewest values for a result that is not missing, default 0. */
	minCount?: number;
}

interface Binned {
	/** A count of equal bins (default 10), or ascending edges. The last bin is closed on the right, as in numpy. */
	bins?: number | number[];
	/** Low and high end for a count of bins; default: the data's least and greatest finite values, which takes a pass. */
	range?: [number, number];
}

/** Options of reductions; each op takes those that make sense for it. */
export interface ReductionOptions extends Skipping, Weighted, Spread, Summed {}

/** Options of histograms. */
export interface HistogramOptions extends Binned, Weighted {
	/** Scale so that the integral over the bins is 1. */
	density?: boolean;
	/** A second variable, which makes the histogram two-dimensional. */
	with?: { variable: string } & Binned;
}

/** Options of {@link RollingStep}. */
export interface RollingOptions {
	/** Label each window by its middle; default: by its end. */
	center?: boolean;
	/** The fewest values for a result that is not missing; default: all of a window. */
	minPeriods?: number;
}

/** Labels of an axis: from `from` by `step` up to `to`, or a list. */
export type Axis = { from: number; to: number; step: number } | number[];

/** Another grid. */
export interface RegridOptions {
	method: "bilinear" | "nearest" | "conservative";
	lat: Axis;
	lon: Axis;
}

/** Options of {@link ScaleStep}. */
export interface ScaleOptions {
	/** Default 1. */
	factor?: number;
	/** Default 0. */
	offset?: number;
	units?: string;
}

/** What arithmetic is done with: a number, the path of a variable of the same selection, or a document. */
export type Operand = number | string | AnalysisDocument;

type ReductionStep =
	| ({ op: "mean" } & Over & Weighted & Skipping)
	| ({ op: "sum" } & Over & Weighted & Skipping & Summed)
	| ({ op: "std" | "var" } & Over & Weighted & Skipping & Spread)
	| ({ op: "min" | "max" | "count" | "median" | "argmin" | "argmax" } & Over & Skipping)
	| ({ op: "quantile"; q: number | number[] } & Over & Skipping)
	| ({ op: "histogram" } & Over & HistogramOptions);

/** What must be followed by a reduction; `groupby` also by `anomaly`. */
export type GroupingStep =
	/** By a part of a time, as "time.month", or by the name of a coordinate. */
	| { op: "groupby"; by: string }
	/** A length of time as pandas writes it: "7D", "MS", "QS-DEC". */
	| { op: "resample"; time: string }
	| { op: "coarsen"; windows: Record<string, number>; boundary?: "trim" | "pad" }
	| RollingStep;

/** Moving windows. */
export type RollingStep = { op: "rolling"; windows: Record<string, number> } & RollingOptions;

/** Times a factor, plus an offset. */
export type ScaleStep = { op: "scale" } & ScaleOptions;

type TransformStep =
	| ({ op: "anomaly" | "cumsum" } & Over & Skipping)
	| ScaleStep
	| { op: "trend"; dims: string[] }
	| ({ op: "regrid" } & RegridOptions);

type PairStep =
	| ({ op: "correlation"; with: string } & Over)
	| ({ op: "covariance"; with: string } & Over & Spread)
	| { op: "add" | "subtract" | "multiply" | "divide"; with: Operand };

/** A step of a document. */
export type Step = ReductionStep | GroupingStep | TransformStep | PairStep;

/** The reductions that need no option. */
export type ReductionOp = Exclude<ReductionStep["op"], "quantile" | "histogram">;

/** Members of each step by the types above, and by the table. */
type Written = { [Op in Step["op"]]: Exclude<MembersOf<Op>, "op"> };
type MembersOf<Op> = Step extends infer S
	? S extends { op: infer O }
		? Op extends O
			? keyof S
			: never
		: never
	: never;
type Listed = { [E in (typeof OPERATIONS)[number] as E["name"]]: MemberOf<E["options"][number]> };
type MemberOf<O> = O extends { path: readonly [infer Top, string] }
	? Top
	: O extends { name: infer Name }
		? Name
		: never;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** Does not compile unless the types of steps and the table have the same operations with the same members. */
export const HELD: Same<Written, Listed> = true;
