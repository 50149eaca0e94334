/** Flags to analysis document: all of the contract's members, whether or not the core has their operation yet. */

import type { Selector, Storage } from "../api/spec.js";
import { type Flags, numberOf } from "./flags.js";
import { nameAndText, selectionOf } from "./selection.js";
import { storageOf } from "./storage.js";
import { UsageError } from "./usage.js";

/** A document as it is written; whether its content holds is the core's to say. */
export interface WrittenDocument {
	version: number;
	source: string;
	variable: string;
	select?: Record<string, Selector>;
	steps?: WrittenStep[];
	storage?: Storage;
	decode?: boolean;
	precision?: "exact" | { maxBytes: number } | { relativeError: number };
}

/** A step as it is written. */
export type WrittenStep = { op: string } & Record<string, unknown>;

/** The document of `zarrscope OP SOURCE VAR [flags]`. */
export function documentOf(op: string, source: string, variable: string, flags: Flags): WrittenDocument {
	const select = selectionOf(flags, !flags.has("no-decode"));
	const storage = storageOf(flags);
	const precision = precisionOf(flags);
	const steps = op === "select" ? [] : [...groupingSteps(flags), stepOf(op, flags)];
	return {
		version: 1,
		source,
		variable: variable.replace(/^\/+/, ""),
		...(select ? { select } : {}),
		...(steps.length > 0 ? { steps } : {}),
		...(storage ? { storage } : {}),
		...(flags.has("no-decode") ? { decode: false } : {}),
		...(precision ? { precision } : {}),
	};
}

/** Steps that say what the operation is done over, in the order in which they are given. */
function groupingSteps(flags: Flags): WrittenStep[] {
	const boundary = flags.word("boundary", ["trim", "pad"]);
	if (boundary && !flags.has("coarsen")) throw new UsageError("--boundary belongs to --coarsen");
	const steps: WrittenStep[] = [];
	for (const { name, value } of flags.given) {
		if (name === "groupby") steps.push({ op: "groupby", by: value });
		if (name === "resample") steps.push({ op: "resample", time: value });
		if (name === "coarsen") steps.push({ op: "coarsen", windows: windowsOf(value), ...defined({ boundary }) });
	}
	return steps;
}

function windowsOf(text: string): Record<string, number> {
	const windows = text.split(",").map((part): [string, number] => {
		const [dim, size] = nameAndText(part, "--coarsen");
		const value = numberOf(size, `--coarsen ${dim}`);
		if (!Number.isSafeInteger(value) || value < 1)
			throw new UsageError(`--coarsen ${dim} wants a whole number from 1 on`);
		return [dim, value];
	});
	return Object.fromEntries(windows);
}

/** The operation itself; members that were not asked for are left to the core's defaults. */
function stepOf(op: string, flags: Flags): WrittenStep {
	if (flags.has("skipna") && flags.has("no-skipna"))
		throw new UsageError("--skipna and --no-skipna exclude each other");
	const skipna = flags.has("skipna") ? true : flags.has("no-skipna") ? false : undefined;
	if (op === "quantile" && !flags.has("q"))
		throw new UsageError("quantile wants --q, such as --q 0.5 or --q 0.05,0.95");
	return {
		op,
		...defined({
			dims: dimsOf(flags),
			skipna,
			ddof: flags.number("ddof"),
			minCount: flags.integer("min-count", 0),
			q: quantilesOf(flags),
			bins: binsOf(flags, "bins"),
			range: rangeOf(flags, "range"),
			weights: flags.text("weights"),
			density: flags.has("density") ? true : undefined,
			with: otherOf(flags),
			factor: flags.number("factor"),
			offset: flags.number("offset"),
			units: flags.text("units"),
		}),
	};
}

function dimsOf(flags: Flags): string[] | undefined {
	const dims = flags
		.text("dims")
		?.split(",")
		.map((dim) => dim.trim());
	if (dims?.includes("")) throw new UsageError("--dims has an empty name");
	return dims;
}

/** One number, or a list: a list of one is written `0.5,`. */
function quantilesOf(flags: Flags): number | number[] | undefined {
	const text = flags.text("q");
	if (text === undefined) return undefined;
	const numbers = text
		.replace(/,$/, "")
		.split(",")
		.map((part) => numberOf(part, "--q"));
	return text.includes(",") ? numbers : numbers[0];
}

function binsOf(flags: Flags, name: string): number | number[] | undefined {
	return flags.text(name)?.includes(",") ? flags.numbers(name) : flags.integer(name, 1);
}

/** Low and high end. */
export function rangeOf(flags: Flags, name: string): [number, number] | undefined {
	const ends = flags.numbers(name);
	if (ends && ends.length !== 2) throw new UsageError(`--${name} wants low,high`);
	return ends as [number, number] | undefined;
}

/** The other variable of a two-dimensional histogram. */
function otherOf(flags: Flags): object | undefined {
	const variable = flags.text("with");
	const rest = defined({ bins: binsOf(flags, "with-bins"), range: rangeOf(flags, "with-range") });
	if (variable === undefined && Object.keys(rest).length > 0)
		throw new UsageError("--with-bins and --with-range belong to --with");
	return variable === undefined ? undefined : { variable, ...rest };
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

/** Members that have a value. */
function defined(members: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
