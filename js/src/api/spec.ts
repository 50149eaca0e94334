/** The analysis document, version 1: what every front of zarrscope builds and reads (docs/contract.md). */

/** A label of a coordinate: a number, or ISO 8601 for times ("2013", "2013-06", "2013-06-01T12:00"). */
export type Label = number | string;

/** What to take of a dimension, in one of these forms. */
export type Selector =
	/** Labels, both ends included, in either order. An absent end is open. */
	| { from?: Label; to?: Label }
	/** The nearest label; drops the dimension. A list keeps it. */
	| { nearest: Label | Label[] }
	/** These labels, which must be there. */
	| { values: Label[] }
	/** A position, negative from the end; drops the dimension. A list keeps it. */
	| { index: number | number[] }
	/** Positions, `stop` excluded, `step` at least 1. */
	| { start?: number; stop?: number; step?: number };

/** The operations that are built. */
export type ReductionOp = "mean" | "sum" | "min" | "max" | "std" | "var" | "count";

/** Options of reductions; each op takes those that make sense for it. */
export interface ReductionOptions {
	/** Pass over missing values (default), or let them make the result missing. */
	skipna?: boolean;
	/** `std`, `var`: delta degrees of freedom, default 0. */
	ddof?: number;
	/** `sum`: the fewest values for a result that is not missing, default 0. */
	minCount?: number;
	/** `mean`, `sum`, `std`, `var`: "area" for the cosine of latitude, or the path of an array in the store. */
	weights?: string;
}

/** Options of histograms. */
export interface HistogramOptions {
	/** A count of equal bins (default 10), or ascending edges. The last bin is closed on the right, as in numpy. */
	bins?: number | number[];
	/** Low and high end for a count of bins; default: the data's least and greatest finite values, which takes a pass. */
	range?: [number, number];
	weights?: string;
	/** Scale so that the integral over the bins is 1. */
	density?: boolean;
}

/** A step of a document. */
export type Step =
	| ({ op: ReductionOp; dims?: string[] } & ReductionOptions)
	| ({ op: "histogram"; dims?: string[] } & HistogramOptions);

/** How to reach a store, beyond its address. `headers` and `query` may be secret: they never leave in errors or links. */
export interface Storage {
	endpoint?: string;
	region?: string;
	headers?: Record<string, string>;
	query?: string;
	/** Where files that references name are to be found instead: the longest prefix that fits is replaced. */
	rewrite?: Record<string, string>;
}

/** An analysis document. */
export interface AnalysisDocument {
	version: 1;
	source: string;
	variable: string;
	select?: Record<string, Selector>;
	steps?: Step[];
	storage?: Storage;
	/** false turns CF decoding off. */
	decode?: boolean;
	precision?: "exact";
}

/** The cost of a document, from metadata alone. */
export interface Cost {
	/** Chunks (shards, where sharded) touched. */
	chunks: number;
	requests: number;
	bytesToFetch: number;
	/** True where sizes are only known when the chunks come. */
	bytesToFetchIsEstimate: boolean;
	bytesToDecode: number;
	/** The most memory of one worker, in bytes. */
	memoryBytes: number;
	outputShape: number[];
	units: number;
	/** 2 for a histogram that looks for its range first. */
	passes: number;
	warnings: string[];
}
