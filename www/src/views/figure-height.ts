/**
 * How high a figure should be. Maps keep their proportions, so a wide one needs less than there is; how much less is found
 * by drawing it coarsely once, out of sight.
 */

import { drawPlot, type PlotOptions } from "zarrscope";
import type { Shown } from "../state.js";
import { shownVariable } from "../title.js";

/** Tick labels and the name of the horizontal axis. */
const BELOW_AXES = 56;
/** Less empty height than this is left. */
const SLACK = 16;
/** A colour bar needs that. */
const LEAST = 200;
const COARSE = 0.2;
/** Partial results of one run have all the same height: it is looked up once. */
const MAX_KEPT = 50;

export class Fits {
	readonly #kept = new Map<string, number>();

	/** The height for a result within the width and height of the options, in CSS pixels. */
	async height({ geometry, question, result }: Shown, options: PlotOptions & { height: number }): Promise<number> {
		const { select, source, variable } = question;
		const extent = Object.entries(select).filter(([dim]) => result.dims.includes(dim));
		const key = JSON.stringify([
			source,
			variable,
			shownVariable(question, result),
			extent,
			result.dims,
			result.shape,
			geometry !== undefined,
			options.width,
			options.height,
		]);
		const known = this.#kept.get(key);
		if (known !== undefined) return known;
		const { area, kind } = await drawPlot(document.createElement("canvas"), result, { ...options, scale: COARSE });
		const needed = Math.ceil(area.y + area.height + BELOW_AXES);
		const height = kind === "map" && options.height - needed > SLACK ? Math.max(LEAST, needed) : options.height;
		this.#kept.set(key, height);
		for (const old of [...this.#kept.keys()].slice(0, -MAX_KEPT)) this.#kept.delete(old);
		// The page may do something else between two drawings.
		await new Promise((resolve) => setTimeout(resolve));
		return height;
	}
}
