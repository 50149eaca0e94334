/** One line on standard error that is rewritten while a run goes on. Only for a terminal. */

import type { RunProgress } from "../pool/run.js";
import { count, seconds } from "./numbers.js";

/** Shows how far a run is. */
export interface ProgressLine {
	update(progress: RunProgress): void;
	/** Takes the line away. */
	clear(): void;
}

/** A line on a terminal; on anything else, or where it is not wanted, nothing. */
export function progressLine(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): ProgressLine {
	if (quiet || !stream.isTTY) return { update() {}, clear() {} };
	let shown = false;
	return {
		update(progress) {
			shown = true;
			stream.write(`\r\x1b[K${lineOf(progress).slice(0, (stream.columns || 80) - 1)}`);
		},
		clear() {
			if (shown) stream.write("\r\x1b[K");
			shown = false;
		},
	};
}

/** `42 %  10/24 chunks  35.1 MB/s  0.21 s`. */
export function lineOf({ chunksDone, chunks, bytesDecoded, seconds: spent, pass, passes }: RunProgress): string {
	const share = chunks > 0 ? Math.floor((100 * chunksDone) / chunks) : 100;
	const speed = spent > 0 ? bytesDecoded / 1e6 / spent : 0;
	const which = passes > 1 ? `  pass ${pass} of ${passes}` : "";
	return `${share} %  ${count(chunksDone)}/${count(chunks)} chunks  ${speed.toFixed(1)} MB/s  ${seconds(spent)}${which}`;
}
