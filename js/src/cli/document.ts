/** Flags to analysis document: all of the contract's members, whether or not the core has their operation yet. */

import type { Selector, Storage } from "../api/spec.js";
import { type Flags, numberOf } from "./flags.js";
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
	precision?: "exact" | { maxBytes: number } | { relativeError: number };
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

function precisionOf(flags: Flags): WrittenDocument["precision"] {
	const text = flags.text("precision");
	if (text === undefined || text === "exact") return text;
	const [form, amount = ""] = text.split("=");
	const value = numberOf(amount, "--precision");
	if (form === "bytes") return { maxBytes: value };
	if (form === "error") return { relativeError: value };
	throw new UsageError(`--precision is exact, bytes=N or error=R, not ${text}`);
}
