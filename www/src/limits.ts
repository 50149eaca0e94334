/** What may stop an estimate, and what is said of it. */

import { bytes } from "./format.js";
import type { Limit } from "./question.js";

/** What is read of, if the user does not say. */
const SAMPLE_BYTES = 50e6;

/** Those that are offered; the first is what the page begins with. */
export const LIMITS: readonly [Limit, ...Limit[]] = [
	{ maxBytes: SAMPLE_BYTES, relativeError: undefined },
	...[0.05, 0.01, 0.001].map((relativeError) => ({ maxBytes: undefined, relativeError })),
];

/** That of exact results. */
export const NO_LIMIT: Limit = { maxBytes: undefined, relativeError: undefined };

/** "50 MB read", "± 1 %"; of both what comes first. */
export function limitText({ maxBytes, relativeError }: Limit): string {
	return [
		maxBytes === undefined ? "" : `${bytes(maxBytes)} read`,
		relativeError === undefined ? "" : `± ${percentText(relativeError)}`,
	]
		.filter(Boolean)
		.join(" or ");
}

/** "0.82 %": two digits. */
export function percentText(share: number): string {
	return `${Number((100 * share).toPrecision(2))} %`;
}
