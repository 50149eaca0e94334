/** `zarrscope plot`: the picture of a result, as SVG or PNG. */

import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Result } from "../api/result.js";
import type { PlotOptions } from "../plot/plot.js";
import { known } from "./compute.js";
import { rangeOf, type WrittenDocument } from "./document.js";
import type { Flags, FlagTable } from "./flags.js";
import { geometryOf } from "./geometry.js";
import { UsageError } from "./usage.js";

/** Flags of pictures. */
export const PLOT_FLAGS: FlagTable = {
	width: "value",
	height: "value",
	scale: "value",
	theme: "value",
	title: "value",
	colormap: "value",
	range: "value",
	"no-coastlines": "switch",
	variable: "value",
	significance: "value",
	behind: "value",
};

/** Kinds of pictures. */
export const PICTURE_KINDS = [".svg", ".png"];
/** Larger pictures than this are a slip, and would not fit into memory. */
const MAX_PIXELS = 16384;

/** What the flags say of a picture. */
export function pictureOptions(flags: Flags): PlotOptions {
	const options: PlotOptions = {};
	for (const side of ["width", "height"] as const) {
		const pixels = flags.integer(side, 1);
		if (pixels !== undefined && pixels > MAX_PIXELS)
			throw new UsageError(`--${side} is at most ${MAX_PIXELS}, not ${pixels}`);
		if (pixels !== undefined) options[side] = pixels;
	}
	const scale = flags.number("scale");
	if (scale !== undefined && !(scale > 0 && scale <= 8))
		throw new UsageError(`--scale is above 0 and at most 8, not ${scale}`);
	const theme = flags.word("theme", ["light", "dark"]);
	const colormap = flags.word("colormap", ["viridis", "cividis", "thermal", "balance", "grey"]);
	const title = flags.text("title");
	const range = rangeOf(flags, "range");
	const variable = flags.text("variable");
	const significance = flags.number("significance");
	if (significance !== undefined && !(significance >= 0 && significance <= 1))
		throw new UsageError(`--significance is a p-value from 0 to 1, not ${significance}`);
	if (flags.has("no-coastlines")) options.coastlines = false;
	return {
		...options,
		...(scale === undefined ? {} : { scale }),
		...(theme ? { theme } : {}),
		...(colormap ? { colormap } : {}),
		...(title === undefined ? {} : { title }),
		...(range ? { range } : {}),
		...(variable === undefined ? {} : { variable }),
		...(significance === undefined ? {} : { significance }),
	};
}

/** Draws a result into a file. */
export async function drawTo(
	path: string,
	document: WrittenDocument,
	result: Result,
	options: PlotOptions,
	signal: AbortSignal,
): Promise<void> {
	// Only here: whoever computes without drawing need not load the core on this thread.
	const { plotPNG, plotSVG } = await import("../plot/plot.js");
	const geometry = result.dims.length > 0 ? await geometryOf(known(document), result, signal) : undefined;
	const { steps } = known(document);
	const whole = { ...options, ...(Array.isArray(steps) ? { steps } : {}), ...(geometry ? { geometry } : {}) };
	const draw = extname(path).toLowerCase() === ".svg" ? plotSVG : plotPNG;
	await writeFile(path, await draw(result, whole));
}
