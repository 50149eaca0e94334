/** The operations that are commands, and the flags that each of them takes: all from the table of operations. */

import type { Operation, OperationOption } from "../api/operations/model.js";
import { kebabName } from "../api/operations/names.js";
import { groupingsBefore, OPERATIONS as TABLE } from "../api/operations/table.js";
import type { FlagTable } from "./flags.js";

/** Operations that are commands: all but groupings, which are flags of what follows them. */
export const COMMAND_OPERATIONS: readonly Operation[] = TABLE.filter(({ kind }) => kind !== "grouping");

/** The flag of an option, without dashes. */
export const flagOf = kebabName;

/** Flags of each operation, beyond those that all have. */
export const OPERATIONS: Record<string, FlagTable> = {
	...Object.fromEntries(COMMAND_OPERATIONS.map((operation) => [operation.name, flagsOf(operation)])),
	select: {},
};

function flagsOf(operation: Operation): FlagTable {
	const flags: FlagTable = {};
	const take = (option: OperationOption) => {
		flags[flagOf(option)] = option.kind === "boolean" ? "switch" : "value";
		if (option.byDefault === true) flags[`no-${flagOf(option)}`] = "switch";
	};
	for (const option of operation.options) take(option);
	for (const grouping of groupingsBefore(operation)) {
		flags[grouping.name] = "value";
		for (const option of grouping.options.slice(1)) take(option);
	}
	return flags;
}

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
