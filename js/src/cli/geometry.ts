/** Where the cells of curvilinear and unstructured grids lie: their latitudes and longitudes, for pictures. */

import { open } from "../api/dataset.js";
import { fromSpec } from "../api/from-spec.js";
import type { ArrayInfo } from "../api/info.js";
import type { Result } from "../api/result.js";
import type { AnalysisDocument } from "../api/spec.js";
import { valuesIn } from "./variables.js";

/** Longitude and latitude of every cell, in degrees. */
export interface Geometry {
	lon: Float64Array;
	lat: Float64Array;
}

/** Arrays of the variable's group that are looked at: a group of very many is no grid with its coordinates. */
const MAX_NEAR = 2000;

/** The cells of a result; undefined where its axes are labelled by themselves, or nothing says where they are. */
export async function geometryOf(
	document: AnalysisDocument,
	result: Result,
	signal: AbortSignal,
): Promise<Geometry | undefined> {
	const { source, storage } = document;
	const variable = document.variable ?? document.variables?.[0] ?? "";
	const dataset = await open(source, { variable, signal, ...(storage ? { storage } : {}) });
	const { info } = dataset.get(variable);
	const near = dataset.info.arraysIn(info.group, MAX_NEAR).filter((array) => isOfCells(array, result));
	// The variable's own coordinates come first: a store may hold several grids.
	near.sort((a, b) => Number(info.coordinates.includes(b.name)) - Number(info.coordinates.includes(a.name)));
	const lat = near.find((array) => measures(array, "latitude", /lat/i));
	const lon = near.find((array) => measures(array, "longitude", /lon/i) && array.dims.join() === lat?.dims.join());
	if (!lat || !lon) return undefined;
	const [latitudes, longitudes] = await Promise.all([lat, lon].map((array) => degreesOf(array, document, signal)));
	const cells = valuesIn(lat.dims.map((dim) => result.shape[result.dims.indexOf(dim)] ?? 0));
	// A coarsened result has fewer cells than the grid: it cannot be placed by it.
	if (!latitudes || !longitudes || latitudes.length !== cells || longitudes.length !== cells) return undefined;
	return { lat: latitudes, lon: longitudes };
}

/** Whether an array has a value for each cell: its dimensions are the result's, in order, and it labels none of them. */
function isOfCells({ dims, name, problem }: ArrayInfo, result: Result): boolean {
	if (dims.length === 0 || problem || dims.includes(name)) return false;
	return result.dims.filter((dim) => dims.includes(dim)).join() === dims.join();
}

function measures(array: ArrayInfo, role: ArrayInfo["role"], name: RegExp): boolean {
	return array.role === role || (array.role === null && name.test(array.name) && isRadian(array));
}

function isRadian(array: ArrayInfo): boolean {
	return /^rad(ian)?s?$/i.test(String(array.attrs.units ?? ""));
}

async function degreesOf(array: ArrayInfo, document: AnalysisDocument, signal: AbortSignal): Promise<Float64Array> {
	const { source, storage, select = {} } = document;
	const own = Object.fromEntries(Object.entries(select).filter(([dim]) => array.dims.includes(dim)));
	const wanted: AnalysisDocument = {
		version: 1,
		source,
		variable: array.path,
		select: own,
		...(storage ? { storage } : {}),
	};
	const { data } = await (await fromSpec(wanted)).compute({ signal });
	const factor = isRadian(array) ? 180 / Math.PI : 1;
	return Float64Array.from(data as ArrayLike<number>, (value) => value * factor);
}
