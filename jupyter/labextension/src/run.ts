/** From a document to a result that can be drawn: what it costs first, then the run. */

import { type Cost, fromSpec, type PlotOptions, type Result, type RunProgress } from "zarrscope";
import { geometryOf } from "../../../js/dist/cli/geometry.js";
import type { Output } from "./output.js";
import { hold } from "./workers.js";

/** Above this the user is asked before anything is fetched: notebooks run again each time they are opened. */
const DEAR_BYTES = 200e6;

/** A result, and where its cells lie if its axes do not tell. */
export interface Drawable {
	readonly result: Result;
	readonly geometry: PlotOptions["geometry"];
	/** The share of chunks in it, 0 to 1; undefined for the whole. */
	readonly partial: number | undefined;
}

export interface Reports {
	onProgress(progress: RunProgress): void;
	onDrawable(drawable: Drawable): void;
}

/** Gives the cost of what was not run, because it is dear and nobody said that it is wanted all the same. */
export async function run(
	{ document }: Output,
	willing: boolean,
	signal: AbortSignal,
	reports: Reports,
): Promise<Cost | undefined> {
	const release = hold();
	try {
		const array = await fromSpec(document);
		signal.throwIfAborted();
		if (!willing) {
			const cost = await array.explain();
			signal.throwIfAborted();
			if (cost.bytesToFetch > DEAR_BYTES) return cost;
		}
		const result = await array.compute({
			signal,
			onProgress: (progress) => signal.aborted || reports.onProgress(progress),
			onPartial: (part, partial) =>
				signal.aborted || reports.onDrawable({ result: part, geometry: undefined, partial }),
		});
		// A grid that cannot be read is no reason to show nothing: the values are drawn as a field.
		const geometry = await geometryOf(document, result, signal).catch(() => undefined);
		signal.throwIfAborted();
		reports.onDrawable({ result, geometry, partial: undefined });
		return undefined;
	} finally {
		release();
	}
}
