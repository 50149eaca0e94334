/** A worker in a browser. */

import type { Reply, Request } from "./protocol.js";
import { createWorker } from "./worker.js";

/** The little of a worker's global scope that is used; TypeScript's own type for it excludes the DOM's. */
interface Scope {
	onmessage: ((event: MessageEvent<Request>) => void) | null;
	postMessage(reply: Reply, transfer: ArrayBuffer[]): void;
	addEventListener(type: string, listener: (event: Event) => void): void;
}

const scope = self as unknown as Scope;
const handle = createWorker({
	post: (reply, transfer = []) => scope.postMessage(reply, transfer),
	fetch: (url, options) => fetch(url, options),
});
// Set before anything is awaited: a message that finds no handler is lost.
scope.onmessage = (event) => handle(event.data);

// A trap in an async function reaches nobody by itself (measured in three engines).
const report = (message: unknown) => scope.postMessage({ type: "crashed", message: String(message) }, []);
scope.addEventListener("unhandledrejection", (event) => report((event as PromiseRejectionEvent).reason));
scope.addEventListener("error", (event) => report((event as ErrorEvent).message));
