/** What is said of estimates from a sample of chunks. */

import { count } from "./format.js";
import type { Shown } from "./state.js";

/** "estimate from 12 % of the chunks"; undefined for exact results. */
export function estimateText({ result }: Shown): string | undefined {
	const { estimate } = result;
	if (!estimate) return undefined;
	const { chunksSampled, chunks } = estimate;
	if (chunksSampled === chunks) return `exact: all ${count(chunks, "chunk")} were read`;
	return `estimate from ${percent(chunksSampled / chunks)} % of the chunks`;
}

function percent(share: number): string {
	return share >= 0.1 ? String(Math.round(100 * share)) : String(Number((100 * share).toPrecision(1)));
}
