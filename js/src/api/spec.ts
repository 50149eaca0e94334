/** The analysis document, version 1: what every front of zarrscope builds and reads (docs/contract.md). */

import type { Step } from "./operations/steps.js";

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
	/** Path of an array. */
	variable?: string;
	/** In its place, several: the steps are done on each, in one run that shares what it fetches. */
	variables?: string[];
	select?: Record<string, Selector>;
	steps?: Step[];
	storage?: Storage;
	/** false turns CF decoding off. */
	decode?: boolean;
	precision?: "exact" | Precision;
}

/**
 * Asks for an estimate from a random sample of chunks, which ends at the first of the limits that are given, at least one,
 * or when all chunks are read.
 */
export interface Precision {
	/** Bytes to fetch, at most. */
	maxBytes?: number;
	/** The standard error that is good enough, as a share of the estimate (of several values: root mean squares of both). */
	relativeError?: number;
	/** Which sample: the same seed draws the same chunks. Default 0. */
	seed?: number;
}

/** The cost of a document, without a chunk being read. */
export interface Cost {
	/** Chunks (shards, where sharded) touched. */
	chunks: number;
	/** In all passes, neighbours read together. */
	requests: number;
	/** True for many shards, of which only some are looked into. */
	requestsAreEstimate: boolean;
	bytesToFetch: number;
	/** True where not all sizes are told before the chunks come. */
	bytesToFetchIsEstimate: boolean;
	/** As exact as `bytesToFetch`. */
	bytesToDecode: number;
	/** About the most memory of one worker, in bytes: of one that decodes, or of the one that puts the result together. */
	memoryBytes: number;
	/** Shape of the result after all steps; of the first of several variables. */
	outputShape: number[];
	/** Names of the results side by side: of several variables, or those of a trend, all of one shape; otherwise none. */
	outputVariables: string[];
	/** Bytes of all results' values in their type. */
	outputBytes: number;
	units: number;
	/** More than 1 where a range or order statistics are looked for first, or where the document is done in tiles. */
	passes: number;
	warnings: string[];
}
