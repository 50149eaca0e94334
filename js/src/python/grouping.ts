/** Groups, periods, blocks and moving windows in Python, each with the reduction that follows. */

import { byDim, literal } from "./literal.js";
import { ddof, dims, least, listed, type Members, type Place, skipna, unsupported, weightsOf, wide } from "./place.js";

const GROUPINGS = ["groupby", "resample", "coarsen", "rolling"];
const PLAIN = ["min", "max", "count"];

export function isGrouping(op: string): boolean {
	return GROUPINGS.includes(op);
}

/** Adds the lines of a grouping and of what follows it. */
export function grouping(place: Place, first: Members, step: Members): void {
	const { code, da } = place;
	if (["histogram", "argmin", "argmax"].includes(step.op)) throw unsupported(`${step.op} after ${first.op}`);
	if (!PLAIN.includes(step.op) && !place.wide) code.add(`${da} = ${wide(place)}`);
	if (first.op === "groupby") groupby(place, first as Members & { by?: string }, step);
	else if (first.op === "resample") resample(place, first as Members & { time?: string }, step);
	else windows(place, first as Members & WindowOptions, step);
	if (step.op !== "min" && step.op !== "max") place.wide = true;
}

function groupby(place: Place, { by = "" }: { by?: string }, step: Members): void {
	const { code, ds, da } = place;
	const [name = "", part] = by.split(".");
	// Labels must be at hand to be grouped by; times are.
	if (part === undefined)
		code.add(`${da} = ${da}.assign_coords(${byDim({ [name]: `${ds}[${literal(name)}].compute()` })})`);
	if (step.op === "anomaly") {
		code.add(`groups = ${da}.groupby(${literal(by)})`);
		const drop = part === undefined ? "" : `.drop_vars(${literal(part)})`;
		code.add(`${da} = (groups - groups.mean(${skipna(step) ?? ""})).transpose(*${da}.dims)${drop}`);
		return;
	}
	const along = part === undefined ? `list(${da}[${literal(name)}].dims)` : literal([name]);
	code.add(`${da} = ${ofGroups(place, `${da}.groupby(${literal(by)})`, along, step)}`);
}

function resample(place: Place, { time = "" }: { time?: string }, step: Members): void {
	const { code, da } = place;
	const named = step.dims === undefined ? undefined : [step.dims].flat();
	const dim = named?.length === 1 ? named[0] : named?.find((one) => one.toLowerCase() === "time");
	const at = dim === undefined ? `{${code.uses("time_of")}(${da}): ${literal(time)}}` : byDim({ [dim]: literal(time) });
	const along = dim === undefined ? `[${code.uses("time_of")}(${da})]` : literal([dim]);
	code.add(`${da} = ${ofGroups(place, `${da}.resample(${at})`, along, step)}`);
}

/** A reduction of groups; those that xarray's groups do not have over Dask are done group by group. */
function ofGroups(place: Place, groups: string, along: string, step: Members): string {
	const { code } = place;
	const over = step.dims === undefined ? along : literal([step.dims].flat());
	const each = (body: string) => `${groups}.map(lambda part: ${body})`;
	if (step.op === "count") return `${groups}.count(${dims(step) ?? ""})`;
	if (step.op === "median") return each(`${code.uses("median")}(${listed("part", over, skipna(step))})`);
	if (step.op === "quantile") {
		const found = each(`${code.uses("quantile")}(${listed("part", literal(step.q), over, skipna(step))})`);
		return Array.isArray(step.q) ? `${found}.transpose("quantile", ...)` : found;
	}
	if (step.weights !== undefined) {
		code.add(`weights = ${weightsOf(place, step.weights)}`);
		return each(`part.weighted(weights).${step.op}(${listed(over, skipna(step))})`);
	}
	const reduced = `${groups}.${step.op}(${listed(dims(step), skipna(step), ddof(step), least(step))})`;
	if ((step.ddof ?? 0) <= 1) return reduced;
	code.add(`counts = ${groups}.count(${dims(step) ?? ""})`);
	return `${reduced}.where(counts > ${step.ddof})`;
}

interface WindowOptions {
	readonly windows?: Readonly<Record<string, number>>;
	readonly boundary?: string;
	readonly center?: boolean;
	readonly minPeriods?: number;
}

function windows(place: Place, first: Members & WindowOptions, step: Members): void {
	const { code, da } = place;
	const sizes = byDim(Object.fromEntries(Object.entries(first.windows ?? {}).map(([dim, n]) => [dim, literal(n)])));
	const rolls = first.op === "rolling";
	const center = first.center ? "center=True" : undefined;
	const periods = first.minPeriods === undefined ? undefined : `min_periods=${first.minPeriods}`;
	const boundary = first.boundary === undefined ? undefined : `boundary=${literal(first.boundary)}`;
	const of = (array: string) => `${array}.${first.op}(${listed(sizes, ...(rolls ? [center, periods] : [boundary]))})`;
	const others = [step.dims ?? []].flat().filter((dim) => !(dim in (first.windows ?? {})));
	if (others.length > 0) throw unsupported(`${step.op} of windows over other dimensions, too`);
	if (!rolls) code.add(`${da} = ${code.uses("float64_labels")}(${da}, ${literal(Object.keys(first.windows ?? {}))})`);
	const reduce = (windowed: string) => reduced(place, windowed, rolls ? { ...step, skipna: true } : step);
	let found: string;
	if (step.weights !== undefined) {
		const passed = [
			da,
			weightsOf(place, step.weights),
			literal(first.windows),
			`lambda x: ${of("x")}`,
			literal(step.op),
		];
		found = `${code.uses("weighted_windows")}(${listed(...passed, rolls ? undefined : skipna(step))})`;
	} else if (first.boundary === "pad") {
		found = `${code.uses("padded")}(${da}, ${literal(first.windows)}, lambda blocks: ${reduce("blocks")})`;
	} else found = reduce(of(da));
	if (rolls && step.skipna === false && step.op !== "count")
		found = `${code.uses("unless_missing")}(${listed(da, found, literal(first.windows), center)})`;
	code.add(`${da} = ${found}`);
}

/** A reduction of blocks or windows: their own method, or numpy's function where that takes no options. */
function reduced({ code }: Place, windowed: string, step: Members): string {
	const options = listed(ddof(step));
	if (
		step.op === "count" ||
		(step.op !== "median" && step.op !== "quantile" && step.skipna !== false && !step.ddof && !step.minCount)
	)
		return `${windowed}.${step.op}()`;
	code.import("import dask.array");
	code.import("from functools import partial");
	const name = (op: string) => `dask.array.${step.skipna === false ? "" : "nan"}${op}`;
	if (step.op === "quantile") {
		const one = (q: string) => `${windowed}.reduce(partial(${name("quantile")}, q=${q}))`;
		if (!Array.isArray(step.q)) return one(literal(step.q));
		code.import("import xarray as xr");
		return `xr.concat([${one("q")} for q in ${literal(step.q)}], xr.IndexVariable("quantile", ${literal(step.q)}))`;
	}
	const function_ = options === "" ? name(step.op) : `partial(${name(step.op)}, ${options})`;
	const found = `${windowed}.reduce(${function_})`;
	return step.minCount ? `${found}.where(${windowed}.count() >= ${step.minCount})` : found;
}
