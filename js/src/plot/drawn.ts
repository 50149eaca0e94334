/** What of a result is drawn: itself, or one of its variables, with what stands beside its values. */

import type { Result } from "../api/result.js";
import { ZarrscopeError } from "../errors.js";

/** What pictures and hovering need of a result. */
export type Drawn = Pick<
	Result,
	"variable" | "dims" | "shape" | "label" | "units" | "longName" | "coords" | "scalarCoords" | "coordAttrs" | "data"
> & {
	/** How far the truth may be from each value, in 95 of 100 cases. */
	interval95?: ArrayLike<number>;
	/** Of each value, where it is the slope of a trend. */
	pValues?: unknown;
	/** What a title says of it beyond the steps: which of a trend's variables it is. */
	part: string;
};

/**
 * Of several variables the named one, or the first.
 *
 * @throws {ZarrscopeError} `invalid_document` if there is none of that name.
 */
export function drawnOf(result: Result, wanted: string | undefined): Drawn {
	const { variable, dims, shape, label, units, longName, coords, scalarCoords, coordAttrs } = result;
	const { data, variables, interval95 } = result;
	const beside = interval95 === undefined ? {} : { interval95 };
	if (!variables) {
		if (wanted !== undefined) throw unknown(wanted, [variable]);
		const common = { variable, longName, coords, scalarCoords, coordAttrs };
		return { ...common, dims, shape, label, units, data, ...beside, part: "" };
	}
	const names = Object.keys(variables);
	const name = wanted ?? names[0] ?? "";
	const part = Object.hasOwn(variables, name) ? variables[name] : undefined;
	if (!part) throw unknown(name, names);
	// Variables of the store have names of their own; those of a trend are parts of one.
	const isPart = !Object.hasOwn(variables, variable);
	const { attrs, label: told } = part as { attrs?: Record<string, unknown>; label?: string };
	const own = part.longName ?? (typeof attrs?.long_name === "string" ? attrs.long_name : undefined);
	const title = isPart ? name : (own ?? name);
	return {
		...part,
		variable: isPart ? variable : name,
		longName: isPart ? longName : own,
		units: part.units,
		label: told ?? (part.units ? `${title} [${part.units}]` : title),
		part: isPart ? ` (${name})` : "",
		...(name === "slope" && variables.pvalue ? { pValues: variables.pvalue.data } : {}),
	};
}

function unknown(wanted: string, names: string[]): ZarrscopeError {
	const message = `there is no variable \`${wanted}\` in the result; it has ${names.join(", ")}`;
	return new ZarrscopeError({ code: "invalid_document", message });
}
