/** Steps in Python: the method of xarray that each is named after, or a function where xarray has none. */

import type { Operation } from "../api/operations/model.js";
import type { Step } from "../api/operations/steps.js";
import { findOperation } from "../api/operations/table.js";
import type { AnalysisDocument } from "../api/spec.js";
import { ZarrscopeError } from "../errors.js";
import { grouping, isGrouping } from "./grouping.js";
import { literal } from "./literal.js";
import { placeOf } from "./opening.js";
import {
	ddof,
	dims,
	double,
	least,
	listed,
	skipna,
	unsupported,
	weightsOf,
	wide,
	type Members,
	type Place,
} from "./place.js";

const SIGNS: Readonly<Record<string, string>> = { add: "+", subtract: "-", multiply: "*", divide: "/" };

/** Adds the lines of all steps. */
export function stepping(place: Place, steps: readonly Step[]): void {
	for (let i = 0; i < steps.length; i += 1) {
		const step = steps[i] as unknown as Members;
		check(step);
		if (isGrouping(step.op)) {
			grouping(place, step, (steps[i + 1] ?? { op: "" }) as unknown as Members);
			i += 1;
		} else place.code.add(`${place.da} = ${expression(place, step)}`);
	}
}

/** What Python would do otherwise, or not at all, the core refuses by name; so does this. */
function check(step: Members): void {
	const operation: Operation | undefined = findOperation(step.op);
	const invalid = (message: string) => new ZarrscopeError({ code: "invalid_document", message });
	if (!operation) throw invalid(`no operation is called ${literal(step.op)}`);
	const known = new Set(["op", ...operation.options.map(({ name, path }) => path?.[0] ?? name)]);
	const other = Object.keys(step).find((member) => !known.has(member));
	if (other !== undefined) throw invalid(`the step ${literal(step.op)} has no member ${literal(other)}`);
	const most = operation.options.find(({ name }) => name === "dims")?.most ?? Number.POSITIVE_INFINITY;
	if ([step.dims ?? []].flat().length > most) throw invalid(`${literal(step.op)} takes ${most} dimension`);
}

function expression(place: Place, step: Members): string {
	const { code, da } = place;
	switch (step.op) {
		case "count":
			return `${da}.count(${dims(step) ?? ""})`;
		case "min":
		case "max":
			return `${da}.${step.op}(${listed(dims(step), skipna(step))})`;
		case "median":
			return `${code.uses("median")}(${listed(wide(place), dims(step), skipna(step))})`;
		case "quantile":
			return `${code.uses("quantile")}(${listed(double(place), literal(step.q), dims(step), skipna(step))})`;
		case "argmin":
		case "argmax":
			return position(place, step);
		case "histogram":
			return histogram(place, step);
		case "anomaly":
			code.add(`${da} = ${double(place)}`);
			return `${da} - ${da}.mean(${listed(dims(step), skipna(step))})`;
		case "scale": {
			const { factor = 1, offset = 0, units } = step as { factor?: number; offset?: number; units?: string };
			const scaled = `${double(place)} * ${literal(factor)} + ${literal(offset)}`;
			return units === undefined ? scaled : `(${scaled}).assign_attrs(units=${literal(units)})`;
		}
		case "cumsum":
			return `${wide(place)}.cumsum(${listed(dims(step), skipna(step))})`;
		case "trend":
			place.wide = true;
			return `${code.uses("trend")}(${da}, ${literal([step.dims].flat()[0])})`;
		case "correlation":
		case "covariance": {
			const ddof = step.ddof === undefined ? undefined : `ddof=${literal(step.ddof)}`;
			place.wide = true;
			return `${code.uses(step.op)}(${listed(da, other(place, step), dims(step), ddof)})`;
		}
		case "regrid":
			return regrid(place, step);
		default:
			if (SIGNS[step.op]) {
				const second = (step as { with?: unknown }).with;
				const operand = typeof second === "number" ? literal(second) : `${other(place, step)}.astype("float64")`;
				return `${double(place)} ${SIGNS[step.op]} ${operand}`;
			}
			return moment(place, step);
	}
}

function moment(place: Place, step: Members): string {
	const { da } = place;
	if (!["mean", "sum", "std", "var"].includes(step.op)) throw unsupported(`the operation ${step.op}`);
	if (step.weights !== undefined) {
		const weights = weightsOf(place, step.weights);
		return `${wide(place)}.weighted(${weights}).${step.op}(${listed(dims(step), skipna(step))})`;
	}
	const reduced = `${wide(place)}.${step.op}(${listed(dims(step), skipna(step), ddof(step), least(step))})`;
	// Dask divides by nothing, or by less, where numpy has no answer.
	return (step.ddof ?? 0) > 1 ? `${reduced}.where(${da}.count(${dims(step) ?? ""}) > ${step.ddof})` : reduced;
}

function position(place: Place, step: Members): string {
	const dim = [step.dims ?? []].flat();
	const name = place.code.uses("position");
	const there = step.skipna === false ? `.fillna(float("${step.op === "argmin" ? "-inf" : "inf"}"))` : "";
	return `${name}(${listed(place.da + there, literal(step.op), dim.length > 0 ? literal(dim[0]) : undefined)})`;
}

function histogram(place: Place, step: Members): string {
	const { code, ds, da } = place;
	const { with: second } = step as unknown as { with?: { variable: string } & Members };
	const edges = (of: string, from: Members) => {
		const { bins = 10, range } = from as { bins?: unknown; range?: unknown };
		return `${code.uses("edges_of")}(${listed(`${of}.astype("float64")`, literal(bins), range === undefined ? undefined : literal(range))})`;
	};
	const arrays = [da];
	code.add(`edges = [${edges(da, step)}]`);
	if (second) {
		const { variable } = placeOf(second.variable);
		arrays.push(`${ds}[${literal(variable)}]`);
		code.add(`edges.append(${edges(arrays[1] ?? "", second)})`);
	}
	place.edges = ["bin_edges", "bin_2_edges"].slice(0, arrays.length);
	place.wide = true;
	const weights = step.weights === undefined ? undefined : `weights=${weightsOf(place, step.weights)}`;
	const density = (step as { density?: boolean }).density ? "density=True" : undefined;
	return `${code.uses("histogram")}(${listed(`[${arrays.join(", ")}]`, "edges", dims(step), weights, density)})`;
}

function regrid(place: Place, step: Members): string {
	const { code, ds, variable, da } = place;
	const { method = "bilinear", lat, lon } = step as { method?: string; lat?: unknown; lon?: unknown };
	const axis = (labels: unknown) => {
		if (Array.isArray(labels)) return literal(labels);
		const { from, to, step: by } = labels as { from: number; to: number; step: number };
		return `${code.uses("grid")}(${literal(from)}, ${literal(to)}, ${literal(by)})`;
	};
	place.wide = true;
	const common = [ds, literal(variable), da, axis(lat), axis(lon)];
	if (method === "conservative") return `${code.uses("conservative")}(${common.join(", ")})`;
	return `${code.uses("interpolate")}(${[...common, literal(method)].join(", ")})`;
}

/** The other side of a step: a variable of the same selection, or what a document gives. */
function other({ ds, operand }: Place, step: Members): string {
	const second = (step as { with?: unknown }).with;
	if (typeof second === "string") return `${ds}[${literal(placeOf(second).variable)}]`;
	return operand(second as AnalysisDocument);
}
