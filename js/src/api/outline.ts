/** Dimensions and lengths after all selections and steps, as far as metadata tell them. */

import type { ArrayInfo } from "./info.js";
import type { Axis, GroupingStep, Step } from "./operations/steps.js";
import { OPERATIONS, findOperation } from "./operations/table.js";
import type { AnalysisDocument, Selector } from "./spec.js";

/** A dimension; its length is undefined where it depends on labels or data that have not been read. */
export interface Dimension {
	name: string;
	length: number | undefined;
}

/** The dimensions of a document's result. `known` is the store, where coordinates are looked up. */
export function outlineOf(document: AnalysisDocument, info: ArrayInfo, known: Known): Dimension[] {
	let dims = info.dims
		.map((name, d) => ({ name, form: document.select?.[name], length: info.shape[d] ?? 0 }))
		.filter(({ form }) => !drops(form))
		.map(({ name, form, length }): Dimension => ({ name, length: selectedLength(form, length) }));
	let grouping: GroupingStep | undefined;
	for (const step of document.steps ?? []) {
		if (isGrouping(step)) grouping = step;
		else {
			dims = grouping ? grouped(dims, grouping, step, info, known) : after(dims, step, info, known);
			grouping = undefined;
		}
	}
	return dims;
}

/** The dimension that a grouping works on; undefined if metadata do not tell it, or it works on several. */
export function groupedDimension(
	grouping: GroupingStep,
	dims: readonly string[],
	info: ArrayInfo,
	known: Known,
): string | undefined {
	if (grouping.op === "resample") {
		const labels = (dim: string) => coordinate(dim, info, known)?.role === "time";
		return dims.find(labels) ?? dims.find((dim) => dim === "time");
	}
	if (grouping.op !== "groupby") return undefined;
	if (dims.includes(grouping.by)) return grouping.by;
	const [name = ""] = partOf(grouping.by) ?? [grouping.by];
	if (dims.includes(name)) return name;
	const [dim, ...more] = coordinate(name, info, known)?.dims ?? [];
	return dim !== undefined && more.length === 0 && dims.includes(dim) ? dim : undefined;
}

/** "time.month": the coordinate, and the part of it. */
function partOf(by: string): [string, string] | undefined {
	const at = by.lastIndexOf(".");
	return at < 1 ? undefined : [by.slice(0, at), by.slice(at + 1)];
}

/** What a store is known to have: looked up, so that large stores are not listed. */
export interface Known {
	/** An array by its path. */
	array(path: string): ArrayInfo | undefined;
}

/** The coordinate of a name, in the variable's group or above it. */
function coordinate(name: string, info: ArrayInfo, known: Known): ArrayInfo | undefined {
	let group = info.group;
	for (;;) {
		const found = known.array(group === "" ? name : `${group}/${name}`);
		if (found || group === "") return found;
		group = group.includes("/") ? group.slice(0, group.lastIndexOf("/")) : "";
	}
}

function isGrouping(step: Step): step is GroupingStep {
	return findOperation(step.op)?.kind === "grouping";
}

function grouped(dims: Dimension[], grouping: GroupingStep, step: Step, info: ArrayInfo, known: Known): Dimension[] {
	if (grouping.op === "rolling") return dims;
	if (grouping.op === "coarsen") {
		const round = { trim: Math.floor, pad: Math.ceil }[grouping.boundary ?? "trim"] ?? Math.floor;
		return dims.map(({ name, length }) => {
			const window = Object.hasOwn(grouping.windows, name) ? grouping.windows[name] : undefined;
			return { name, length: window && length !== undefined ? round(length / window) : length };
		});
	}
	const names = dims.map(({ name }) => name);
	const along = groupedDimension(grouping, names, info, known);
	// Rows without a label are gone.
	if (step.op === "anomaly") return dims.map((dim) => (dim.name === along ? { ...dim, length: undefined } : dim));
	const label = grouping.op === "groupby" ? (partOf(grouping.by)?.[1] ?? grouping.by) : along;
	const others = "dims" in step ? (step.dims ?? []) : [];
	const kept = dims
		.filter(({ name }) => name === along || !others.includes(name))
		.map((dim) => (dim.name === along ? { name: label ?? dim.name, length: undefined } : dim));
	return [...leading(step), ...kept, ...trailing(step)];
}

function after(dims: Dimension[], step: Step, info: ArrayInfo, known: Known): Dimension[] {
	if (step.op === "regrid") {
		return dims.map((dim) => {
			const role = coordinate(dim.name, info, known)?.role;
			if (role !== "latitude" && role !== "longitude") return dim;
			return { ...dim, length: axisLength(role === "latitude" ? step.lat : step.lon) };
		});
	}
	// A variable of the same store and selection brings its own dimensions; what a document brings, only the core knows.
	const other = "with" in step && typeof step.with === "string" ? coordinate(step.with, info, known) : undefined;
	const foreign = "with" in step && typeof step.with === "object" && "source" in step.with;
	const more = (other?.dims ?? []).filter((name) => !dims.some((dim) => dim.name === name));
	const all = [
		...dims.map((dim) => (foreign ? { ...dim, length: undefined } : dim)),
		...more.map((name): Dimension => ({ name, length: other?.shape[other.dims.indexOf(name)] })),
	];
	if (!OPERATIONS.some((operation) => operation.name === step.op && "drops" in operation)) return all;
	const gone = "dims" in step ? step.dims : undefined;
	return [...leading(step), ...all.filter(({ name }) => gone && !gone.includes(name)), ...trailing(step)];
}

/** What a list of quantiles puts first. */
function leading(step: Step): Dimension[] {
	return step.op === "quantile" && Array.isArray(step.q) ? [{ name: "quantile", length: step.q.length }] : [];
}

/** What a histogram puts last. */
function trailing(step: Step): Dimension[] {
	if (step.op !== "histogram") return [];
	const count = (bins: number | number[] = 10) => (Array.isArray(bins) ? bins.length - 1 : bins);
	const first = { name: "bin", length: count(step.bins) };
	return step.with ? [first, { name: "bin_2", length: count(step.with.bins) }] : [first];
}

function axisLength(axis: Axis): number {
	if (Array.isArray(axis)) return axis.length;
	// As numpy counts it, but that the end is within: steps of 0.1 do not add up exactly.
	return Math.max(0, Math.floor((axis.to - axis.from) / axis.step + 1e-9) + 1);
}

function drops(form: Selector | undefined): boolean {
	if (!form) return false;
	return ("index" in form && !Array.isArray(form.index)) || ("nearest" in form && !Array.isArray(form.nearest));
}

function selectedLength(form: Selector | undefined, length: number): number | undefined {
	if (!form) return length;
	if ("values" in form) return form.values.length;
	if ("nearest" in form) return Array.isArray(form.nearest) ? form.nearest.length : 1;
	if ("index" in form) return Array.isArray(form.index) ? form.index.length : 1;
	if ("from" in form || "to" in form) return undefined;
	const { start, stop, step = 1 } = form as { start?: number; stop?: number; step?: number };
	const clamp = (i: number) => Math.min(length, Math.max(0, i < 0 ? length + i : i));
	return Math.max(0, Math.ceil((clamp(stop ?? length) - clamp(start ?? 0)) / step));
}
