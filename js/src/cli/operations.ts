/** The operations that are commands, and the flags that each of them takes, as the contract lists their members. */

import type { FlagTable } from "./flags.js";

const REDUCTION: FlagTable = { dims: "value", skipna: "switch", "no-skipna": "switch" };
const GROUPING: FlagTable = { groupby: "value", resample: "value", coarsen: "value", boundary: "value" };
const REDUCED: FlagTable = { ...REDUCTION, ...GROUPING };

/** Flags of each operation, beyond those that all have. */
export const OPERATIONS: Record<string, FlagTable> = {
	mean: { ...REDUCED, weights: "value" },
	sum: { ...REDUCED, weights: "value", "min-count": "value" },
	min: REDUCED,
	max: REDUCED,
	std: { ...REDUCED, weights: "value", ddof: "value" },
	var: { ...REDUCED, weights: "value", ddof: "value" },
	count: REDUCED,
	median: REDUCED,
	argmin: REDUCED,
	argmax: REDUCED,
	quantile: { ...REDUCED, q: "value" },
	histogram: {
		...GROUPING,
		dims: "value",
		bins: "value",
		range: "value",
		weights: "value",
		density: "switch",
		with: "value",
		"with-bins": "value",
		"with-range": "value",
	},
	trend: { dims: "value" },
	anomaly: { dims: "value", groupby: "value" },
	scale: { factor: "value", offset: "value", units: "value" },
	select: {},
};

/** Flags of every operation: what to take, how to read it, and how to reach it. */
export const SOURCE_FLAGS: FlagTable = {
	sel: "list",
	isel: "list",
	nearest: "list",
	"no-decode": "switch",
	precision: "value",
	document: "switch",
};

/** How to reach a store. */
export const STORAGE_FLAGS: FlagTable = {
	endpoint: "value",
	region: "value",
	header: "list",
	query: "value",
	rewrite: "list",
};

/** Flags of every command that computes. */
export const COMMON_FLAGS: FlagTable = {
	json: "switch",
	workers: "value",
	out: "value",
	quiet: "switch",
	help: "switch",
};
