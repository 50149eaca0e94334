/** Where a step stands in the code, and the words that its options become. */

import type { AnalysisDocument } from "../api/spec.js";
import { ZarrscopeError } from "../errors.js";
import type { Code } from "./code.js";
import { literal } from "./literal.js";
import { placeOf } from "./opening.js";

/** Where a step stands: names of the dataset, of its variable and of the array, and how others are evaluated. */
export interface Place {
	readonly code: Code;
	readonly ds: string;
	readonly variable: string;
	readonly da: string;
	/** Python for an operand; the lines that it needs are added before. */
	readonly operand: (document: AnalysisDocument) => string;
	/** Whether the array is in double precision. */
	wide: boolean;
	/** Names of the edges of a histogram, which are no labels of the array. */
	edges: string[];
}

/** Members of any step, as they come. */
export type Members = {
	readonly op: string;
	readonly dims?: string[] | string;
	readonly skipna?: boolean;
	readonly weights?: string;
	readonly ddof?: number;
	readonly minCount?: number;
	readonly q?: number | number[];
};

/** Weights with the selection of the dataset; a missing one counts for nothing. */
export function weightsOf({ ds }: Place, spec: string): string {
	const name = spec === "area" ? "cell_area" : placeOf(spec).variable;
	return `${ds}[${literal(name)}].astype("float64").fillna(0)`;
}

/** The array in double precision, integers as they are. */
export function wide(place: Place): string {
	if (place.wide) return place.da;
	place.wide = true;
	return `${place.code.uses("float64")}(${place.da})`;
}

/** The array in double precision, integers too. */
export function double(place: Place): string {
	place.wide = true;
	return `${place.da}.astype("float64")`;
}

/** The dimensions of a step, if it names some. */
export function dims(step: Members): string | undefined {
	if (step.dims === undefined || step.dims === null) return undefined;
	const names = [step.dims].flat();
	return literal(names.length === 1 ? names[0] : names);
}

export function skipna(step: Members): string | undefined {
	return step.skipna === false ? "skipna=False" : undefined;
}

export function ddof(step: Members): string | undefined {
	return step.ddof ? `ddof=${literal(step.ddof)}` : undefined;
}

export function least(step: Members): string | undefined {
	return step.minCount ? `min_count=${literal(step.minCount)}` : undefined;
}

/** Arguments that are there; what follows one that is not is named. */
export function listed(...parts: readonly (string | undefined)[]): string {
	return parts.filter((part) => part !== undefined).join(", ");
}

export function unsupported(what: string): ZarrscopeError {
	return new ZarrscopeError({ code: "unsupported", message: `${what} in Python` });
}
