/** Running a document as commands do: with a progress line, and a footer on what it cost. */

import { fromSpec } from "../api/from-spec.js";
import type { Result } from "../api/result.js";
import { init } from "../api/session.js";
import type { AnalysisDocument, Cost } from "../api/spec.js";
import type { WrittenDocument } from "./document.js";
import type { Flags } from "./flags.js";
import { progressLine } from "./progress.js";
import { write } from "./streams.js";
import { footerOf } from "./summary.js";

/** Computes a document. */
export async function compute(document: WrittenDocument, flags: Flags, signal: AbortSignal): Promise<Result> {
	await startWorkers(flags);
	const progress = progressLine(flags.has("quiet"));
	try {
		const array = await unlessAborted(fromSpec(known(document)), signal);
		return await unlessAborted(array.compute({ signal, onProgress: (now) => progress.update(now) }), signal);
	} finally {
		progress.clear();
	}
}

/** What a document would cost. */
export async function explain(document: WrittenDocument, flags: Flags, signal: AbortSignal): Promise<Cost> {
	await startWorkers(flags);
	const array = await unlessAborted(fromSpec(known(document)), signal);
	return unlessAborted(array.explain(), signal);
}

/** Tells what a reader of the result must know, and a terminal what the run cost. */
export async function printFooter(result: Result, flags: Flags): Promise<void> {
	const { chunksForbidden } = result.stats;
	if (chunksForbidden > 0 && !flags.has("quiet"))
		await write(
			process.stderr,
			`note: 403 treated as missing (${chunksForbidden} ${chunksForbidden === 1 ? "chunk" : "chunks"})\n`,
		);
	if (process.stderr.isTTY && !flags.has("quiet")) await write(process.stderr, footerOf(result.stats));
}

/** Starts the library with as many workers as `--workers` says. */
export async function startWorkers(flags: Flags): Promise<void> {
	const workers = flags.integer("workers", 1);
	await init(workers === undefined ? {} : { workers });
}

/** A document of any content, for the core to judge. */
export function known(document: WrittenDocument): AnalysisDocument {
	return document as unknown as AnalysisDocument;
}

/** Opening cannot be aborted by itself, yet Ctrl-C is to end it. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	signal.throwIfAborted();
	let onAbort = () => {};
	const aborted = new Promise<never>((_, reject) => {
		onAbort = () => reject(signal.reason);
		signal.addEventListener("abort", onAbort, { once: true });
	});
	try {
		return await Promise.race([promise, aborted]);
	} finally {
		signal.removeEventListener("abort", onAbort);
	}
}
