/** A result as a file, written by a worker: a million rows would hold up the page. */

import { provenanceOf, type Provenance } from "./provenance.js";
import type { Shown } from "./state.js";

export interface FileRequest {
	readonly format: "csv" | "json";
	/** The fields of a `Result`. */
	readonly fields: Record<string, unknown>;
	readonly provenance: Provenance;
}

export type FileReply = { readonly blob: Blob } | { readonly message: string };

export function resultFile(shown: Shown, format: "csv" | "json"): Promise<Blob> {
	const worker = new Worker(new URL("./result-file-worker.ts", import.meta.url), { type: "module" });
	return new Promise<Blob>((resolve, reject) => {
		worker.onmessage = ({ data }: MessageEvent<FileReply>) =>
			"blob" in data ? resolve(data.blob) : reject(new Error(data.message));
		worker.onerror = (event) => reject(new Error(event.message || "the worker could not be started"));
		const request: FileRequest = { format, fields: { ...shown.result }, provenance: provenanceOf(shown) };
		worker.postMessage(request);
	}).finally(() => worker.terminate());
}
