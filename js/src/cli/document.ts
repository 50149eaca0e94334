/** Flags to analysis document: all of the contract's members, whether or not the core has their operation yet. */

import type { Precision, Selector, Storage } from "../api/spec.js";
import type { Flags } from "./flags.js";
import { precisionOf } from "./precision.js";
import { selectionOf } from "./selection.js";
import { stepsOf } from "./steps.js";
import { storageOf } from "./storage.js";
import { UsageError } from "./usage.js";

/** A document as it is written; whether its content holds is the core's to say. */
export interface WrittenDocument {
	version: number;
	source: string;
	variable?: string;
	variables?: string[];
	select?: Record<string, Selector>;
	steps?: WrittenStep[];
	storage?: Storage;
	decode?: boolean;
	precision?: "exact" | Precision;
}

/** A step as it is written. */
export type WrittenStep = { op: string } & Record<string, unknown>;

/** The document of `zarrscope OP SOURCE VAR [flags]`; commas part several variables. */
export function documentOf(op: string, source: string, variable: string, flags: Flags): WrittenDocument {
	const select = selectionOf(flags, !flags.has("no-decode"));
	const storage = storageOf(flags);
	const precision = precisionOf(flags);
	const steps = op === "select" ? [] : stepsOf(op, flags);
	const paths = variable.split(",").map((path) => path.trim().replace(/^\/+/, ""));
	return {
		version: 1,
		source,
		...(paths.length > 1 ? { variables: paths } : { variable: paths[0] ?? "" }),
		...(select ? { select } : {}),
		...(steps.length > 0 ? { steps } : {}),
		...(storage ? { storage } : {}),
		...(flags.has("no-decode") ? { decode: false } : {}),
		...(precision ? { precision } : {}),
	};
}

/** Low and high end. */
export function rangeOf(flags: Flags, name: string): [number, number] | undefined {
	const ends = flags.numbers(name);
	if (ends && ends.length !== 2) throw new UsageError(`--${name} wants low,high`);
	return ends as [number, number] | undefined;
}
