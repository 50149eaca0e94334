/** The axis that regridding begins with: the variable's own, half as fine, in round numbers. */

import type { ArrayInfo, Axis, Coordinate, Dataset } from "zarrscope";
import { labelling } from "./grid.js";

/** Digits that steps in degrees begin with. */
const ROUND = [1, 2, 2.5, 5, 10];

/** Undefined where labels do not tell it. */
export function firstAxis(
	role: "latitude" | "longitude",
	array: ArrayInfo,
	dataset: Dataset,
	coordinates: Readonly<Record<string, Coordinate>>,
): Axis | undefined {
	const dim = array.dims.find((name) => labelling(name, array, dataset)?.role === role);
	const labels = (dim === undefined ? [] : (coordinates[dim]?.values ?? [])).filter((v) => typeof v === "number");
	const [low, high] = labels.reduce(
		([least, greatest], v) => [Math.min(least, v), Math.max(greatest, v)],
		[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
	);
	if (labels.length < 3 || !(low < high)) return undefined;
	const wanted = (2 * (high - low)) / (labels.length - 1);
	const unit = 10 ** Math.floor(Math.log10(wanted));
	const step = unit * (ROUND.find((digit) => digit * unit >= wanted * (1 - 1e-9)) ?? 10);
	const [from, to] = [Math.ceil(low / step - 1e-9) * step, Math.floor(high / step + 1e-9) * step];
	// Products of steps such as 0.1 are not what people write.
	return from < to ? { from: round(from), to: round(to), step: round(step) } : undefined;
}

function round(value: number): number {
	return Number(value.toPrecision(12)) || 0;
}
