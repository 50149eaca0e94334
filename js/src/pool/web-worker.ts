/** Web workers from any address. */

import type { Reply } from "./protocol.js";
import type { WorkerHandle } from "./spawn.js";

/** Whether a page may start a worker from there: browsers refuse scripts of other origins, some of them only later. */
export function isOfThisOrigin(url: URL): boolean {
	// Unlike the location's, this is "null" in a sandboxed frame, which has no scripts of its own origin.
	return url.protocol === "data:" || url.origin === globalThis.origin;
}

/**
 * Starts a worker. From another origin (a CDN) it is a script of ours that imports the other, which must be allowed to be
 * read (CORS), as it is for every module.
 */
export function startWorker(address: string | URL): Worker {
	const url = new URL(address, globalThis.document?.baseURI ?? globalThis.location.href);
	if (isOfThisOrigin(url)) return new Worker(url, { type: "module" });
	return workerOf(`import ${JSON.stringify(url.href)};`, "module");
}

/** Starts a worker from its text. */
export function workerOf(script: string, type: WorkerType): Worker {
	const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
	const worker = new Worker(url, { type });
	const release = () => URL.revokeObjectURL(url);
	// Not at once: WebKit may not have read it yet.
	for (const sign of ["message", "error"]) worker.addEventListener(sign, release, { once: true });
	return worker;
}

/** What the pool needs of a worker. */
export function handleOf(worker: Worker): WorkerHandle {
	const handle: WorkerHandle = {
		post: (request, transfer = []) => worker.postMessage(request, transfer),
		onReply: () => {},
		onFailure: () => {},
		terminate: () => worker.terminate(),
	};
	worker.onmessage = (event: MessageEvent<Reply>) => handle.onReply(event.data);
	worker.onerror = (event) => {
		event.preventDefault();
		handle.onFailure(event.message || "the worker's script could not be loaded");
	};
	worker.onmessageerror = () => handle.onFailure("a message could not be read");
	return handle;
}
