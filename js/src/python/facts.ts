/** What an open store tells of itself that makes its Python shorter, and right. */

import type { ArrayInfo, SourceInfo } from "../api/info.js";
import { type Facts, placeOf } from "./opening.js";

/** Calendars that have no year 0. */
const WITHOUT_YEAR_ZERO = new Set(["", "standard", "gregorian", "julian"]);

/** Facts of the store for one of its variables. */
export function pythonFacts(info: SourceInfo, path: string): Facts {
	const array = info.array(path);
	const { group } = placeOf(path);
	const siblings = info.arraysIn(group, MOST);
	const latitude = array && cosineOf(array, siblings);
	return {
		// What is no address is a folder, which Python lists.
		listed: info.consolidated || !/^https?:/.test(info.source),
		dated: !siblings.some(isUndated),
		...(latitude === undefined ? {} : { latitude }),
	};
}

/** Arrays of a group that are looked at, at most. */
const MOST = 1000;

/** Whether times count from a year that their calendar has not, which xarray refuses. */
function isUndated({ attrs }: ArrayInfo): boolean {
	const calendar = String(attrs.calendar ?? "").toLowerCase();
	return / since [-+]?0+(-|\s|$)/i.test(String(attrs.units ?? "")) && WITHOUT_YEAR_ZERO.has(calendar);
}

/** The latitude whose cosine is the weight "area": a dimension in degrees, without bounds, where no areas are named. */
function cosineOf(array: ArrayInfo, siblings: readonly ArrayInfo[]): string | undefined {
	if (array.attrs.cell_measures !== undefined) return undefined;
	const found = siblings.find(
		({ name, role, dims }) => role === "latitude" && dims.length === 1 && dims[0] === name && array.dims.includes(name),
	);
	if (!found || found.attrs.bounds !== undefined) return undefined;
	return String(found.attrs.units ?? "")
		.toLowerCase()
		.startsWith("rad")
		? undefined
		: found.name;
}
