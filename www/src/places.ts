/** Longitudes and latitudes of a result's cells, read from the store with the result's own selection. */

import type { ArrayInfo, Dataset, PlotOptions, Result } from "zarrscope";
import { mapDims, type Places, placesOf } from "./grid.js";
import { windowsOf } from "./operations.js";
import { arrayOf, type Question } from "./question.js";

/** More cells than this are drawn as a plain field. */
const MAX_CELLS = 2_000_000;
/** Grids are read once; a few of them are kept, since people go back and forth between variables. */
const MAX_KEPT = 8;

type Geometry = NonNullable<PlotOptions["geometry"]>;

const kept = new Map<string, Promise<Geometry>>();

/** The places of the cells of a question's result; undefined where its axes, or nothing, tell them. */
export async function placesFor(question: Question, array: ArrayInfo, dataset: Dataset): Promise<Geometry | undefined> {
	const places = placesOf(array, dataset);
	if (!places || places.lat.dims.some((dim) => isChanged(dim, question, dataset))) return undefined;
	if (mapDims(array, dataset).join() !== places.lat.dims.join() || cells(places.lat) > MAX_CELLS) return undefined;
	const select = Object.fromEntries(Object.entries(question.select).filter(([dim]) => places.lat.dims.includes(dim)));
	const key = JSON.stringify([question.source, places.lat.path, places.lon.path, select]);
	const found = kept.get(key) ?? read(places, select, dataset);
	kept.delete(key);
	kept.set(key, found);
	for (const old of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(old);
	found.catch(() => kept.delete(key));
	return found;
}

/** Whether the result has not got the dimension any more, or other cells along it. */
function isChanged(dim: string, question: Question, dataset: Dataset): boolean {
	const hasOthers = question.steps.some(
		(step) => step.op === "regrid" || (step.grouping?.op === "coarsen" && Object.hasOwn(windowsOf(step) ?? {}, dim)),
	);
	return hasOthers || !arrayOf(question, dataset).dims.includes(dim);
}

function cells(array: ArrayInfo): number {
	return array.shape.reduce((product, length) => product * length, 1);
}

async function read({ lat, lon }: Places, select: Question["select"], dataset: Dataset): Promise<Geometry> {
	const values = ({ path }: ArrayInfo) => dataset.get(path).isel(select).compute();
	const [lats, lons] = await Promise.all([values(lat), values(lon)]);
	return { lat: inDegrees(lats), lon: inDegrees(lons) };
}

function inDegrees({ data, units }: Result): Float64Array {
	const values = data instanceof Float64Array ? data : Float64Array.from(data, Number);
	return /^\s*rad/i.test(units ?? "") ? values.map((x) => (x * 180) / Math.PI) : values;
}
