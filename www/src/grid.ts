/**
 * Where the cells of an array lie: along its own latitude and longitude, or, on curvilinear and unstructured grids, at
 * places that two other arrays tell. From metadata alone.
 */

import type { ArrayInfo, Dataset } from "zarrscope";
import { near } from "./near.js";

/** Arrays that hold the place of every cell. */
export interface Places {
	readonly lat: ArrayInfo;
	readonly lon: ArrayInfo;
}

/** The dimensions that make a map of an array, or else the last two. */
export function mapDims(array: ArrayInfo, dataset: Dataset): string[] {
	const roles = array.dims.map((dim) => labelling(dim, array, dataset)?.role);
	const horizontal = array.dims.filter((_, d) => roles[d] === "latitude" || roles[d] === "longitude");
	if (roles.includes("latitude") && roles.includes("longitude")) return horizontal;
	return placesOf(array, dataset)?.lat.dims ?? array.dims.slice(-2);
}

/** The array that labels a dimension: of the dimension's name, in the array's group or the nearest one above. */
export function labelling(dim: string, array: ArrayInfo, dataset: Dataset): ArrayInfo | undefined {
	for (let group = array.group; ; group = group.split("/").slice(0, -1).join("/")) {
		const path = group === "" ? dim : `${group}/${dim}`;
		const found = dataset.info.array(path);
		if (found?.dims.length === 1 || group === "") return found?.dims.length === 1 ? found : undefined;
	}
}

/** The arrays that place an array's cells, where its dimensions do not: named by it, or known by role or name. */
export function placesOf(array: ArrayInfo, dataset: Dataset): Places | undefined {
	const around = near(array, dataset).filter((other) => isPlace(other, array));
	const named = around.filter((other) => array.coordinates.includes(other.name));
	return pairIn(named, array) ?? pairIn(around, array);
}

function isPlace(other: ArrayInfo, array: ArrayInfo): boolean {
	if (other.group !== array.group || other.path === array.path || other.problem) return false;
	if (other.dims.length === 0 || other.dims.length > 2 || !other.dims.every((dim) => array.dims.includes(dim)))
		return false;
	// A dimension's own labels place nothing by themselves; corners of cells are not their centres.
	return !other.dims.includes(other.name) && !/bound|bnds|vert|corner/i.test(other.name);
}

function pairIn(candidates: ArrayInfo[], array: ArrayInfo): Places | undefined {
	for (const lat of candidates.filter((c) => measures(c, "latitude"))) {
		const lon = candidates.find((c) => measures(c, "longitude") && c.dims.join() === lat.dims.join());
		// In the array's own order, or the values would be laid out crosswise.
		if (lon && array.dims.filter((dim) => lat.dims.includes(dim)).join() === lat.dims.join()) return { lat, lon };
	}
	return undefined;
}

function measures(array: ArrayInfo, what: "latitude" | "longitude"): boolean {
	if (array.role) return array.role === what;
	return what === "latitude" ? /lat/i.test(array.name) : /lon/i.test(array.name);
}
