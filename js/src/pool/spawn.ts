/** Starting workers: the same three calls in browsers and in Node. */

import type { Reply, Request } from "./protocol.js";

/** A worker, whatever it runs in. */
export interface WorkerHandle {
	post(request: Request, transfer?: ArrayBuffer[]): void;
	/** Called for each reply. */
	onReply: (reply: Reply) => void;
	/** Called when the worker failed to start, or stopped. */
	onFailure: (message: string) => void;
	terminate(): void;
}

/** What a host gives. */
export interface Spawner {
	/** Compiles a module of the core once; what workers need is posted to each of them. */
	compile(name: ModuleName, wasm: WasmSource | undefined): Promise<WebAssembly.Module>;
	spawn(workerUrl: string | URL | undefined): WorkerHandle;
	/** Cores that are worth a worker. */
	cores(): number;
	/** Whether `bytes=-n` costs no preflight for a source at this address. */
	suffixRanges: boolean;
}

/** The modules that the core is made of: what workers run, what draws, and decoders that few stores need. */
export type ModuleName = "compute" | "draw" | "rare";

/** Where the core comes from, if not from beside the package. */
export type WasmSource = string | URL | Response | BufferSource | WebAssembly.Module;

const inNode = typeof process !== "undefined" && process.versions?.node !== undefined && typeof window === "undefined";

/** The host's spawner, loaded when it is first needed: importing the package does nothing. */
export async function loadSpawner(): Promise<Spawner> {
	if (!inNode) return (await import("./spawn-browser.js")).spawner;
	// Bundlers for the web must not follow this import.
	const path = "./spawn-node.js";
	return (await import(/* webpackIgnore: true */ /* @vite-ignore */ path)).spawner;
}
