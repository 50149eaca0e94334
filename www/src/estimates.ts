/** What is said of estimates from a sample of chunks. */

import type { Result } from "zarrscope";
import { bytes, count } from "./format.js";
import { percentText } from "./limits.js";
import type { Shown } from "./state.js";

/**
 * "estimate from 12 % of the chunks", and where an error was asked for "estimate ± 0.8 % (standard error) from …";
 * undefined for exact results.
 */
export function estimateText({ question, result }: Shown): string | undefined {
	const { estimate } = result;
	if (!estimate) return undefined;
	const { chunksSampled, chunks } = estimate;
	if (chunksSampled === chunks) return `exact: all ${count(chunks, "chunk")} were read`;
	const error = shortEstimateText({ question, result });
	const start = error === undefined ? "estimate" : `${error} (standard error)`;
	return `${start} from ${percent(chunksSampled / chunks)} % of the chunks`;
}

/** "estimate ± 0.8 %", where an error was asked for and is known. */
export function shortEstimateText({ question, result }: Pick<Shown, "question" | "result">): string | undefined {
	const error = question.relativeError === undefined ? undefined : relativeError(result);
	return error === undefined ? undefined : `estimate ± ${percentText(error)}`;
}

/** Why no more chunks were read: ", ended at the error asked for (1 %)"; empty where all were. */
export function endText({ question, result }: Shown): string {
	const { estimate } = result;
	if (!estimate || estimate.chunksSampled === estimate.chunks) return "";
	const { maxBytes, relativeError: wanted } = question;
	const reached = relativeError(result) ?? Number.POSITIVE_INFINITY;
	// Steps after the estimate may have changed its error, so the other limit tells, too.
	if (wanted !== undefined && (maxBytes === undefined || reached <= wanted))
		return `, ended at the error asked for (${percentText(wanted)})`;
	return maxBytes === undefined ? "" : `, ended at the bytes asked for (${bytes(maxBytes)})`;
}

/** Standard error over estimate, of several values the root mean squares of both, as the core ends by; undefined if not known. */
function relativeError({ data, standardError }: Result): number | undefined {
	let [errors, values] = [0, 0];
	standardError?.forEach((error, i) => {
		const value = Number(data[i]);
		if (!Number.isFinite(error) || !Number.isFinite(value)) return;
		errors += error ** 2;
		values += value ** 2;
	});
	return values > 0 ? Math.sqrt(errors / values) : undefined;
}

function percent(share: number): string {
	return share >= 0.1 ? String(Math.round(100 * share)) : String(Number((100 * share).toPrecision(1)));
}
