/** What crosses between the pool and its workers: plain values, each request with a number that its answer carries. */

import type { ErrorDetails } from "../errors.js";
import type { LocalFiles } from "./fetch-local.js";
import type { KeptBounds } from "./keeper.js";

/** Least distance between reports of progress, in milliseconds: those of a batch, and those to the caller. */
export const PROGRESS_MS = 100;

/** Functions of the core that a worker runs on request; see `src/wasm` for what they take and give. */
export type CoreFunction =
	| "openSource"
	| "coordinateOf"
	| "explain"
	| "startRun"
	| "locate"
	| "snapshot"
	| "advanceRun"
	| "dropRun"
	| "forgetSources"
	| "memoryBytes";

/** From the pool to a worker. */
export type Request =
	| { type: "init"; id: number; module: WebAssembly.Module; suffixRanges: boolean }
	| { type: "call"; id: number; name: CoreFunction; args: unknown[] }
	| { type: "add"; id: number; run: number; partials: [number, Uint8Array][]; lacking: number[] }
	| { type: "keep"; bounds: KeptBounds }
	| { type: "reuse"; id: number; run: number; pass: number; ordinals: number[] }
	| { type: "settle"; run: number; changed: boolean }
	| { type: "forget-kept"; id: number }
	| { type: "plan"; key: string; plan: Uint8Array }
	| { type: "forget"; key: string }
	| { type: "files"; key: string; files: LocalFiles | undefined }
	| { type: "units"; id: number; key: string; ordinals: number[]; places: Uint8Array | undefined }
	| { type: "rare"; module: WebAssembly.Module | undefined; error?: string }
	| { type: "cancel"; id: number }
	| { type: "ping" };

/** From a worker to the pool. */
export type Reply =
	| { type: "done"; id: number; value: unknown }
	| { type: "failed"; id: number; error: ErrorDetails }
	| { type: "progress"; id: number; chunks: number; bytesDecoded: number }
	| { type: "pong" }
	| { type: "needs-rare" }
	| { type: "crashed"; message: string };

/** What a batch of units gives. */
export interface BatchResult {
	partials: [number, Uint8Array][];
	/** Units some of whose chunks the store did not have. */
	lacking: number[];
	chunks: number;
	missing: number;
	/** Of these, how many were answered with 403. */
	forbidden: number;
	requests: number;
	bytesFetched: number;
	bytesDecoded: number;
}

/** A pass over chunks, as the coordinator announces it. */
export interface Pass {
	run: number;
	plan: Uint8Array;
	units: number;
	/** Of an estimate: the units that are to be worked off, in their order; else all. */
	ordinals?: Float64Array;
	chunks: number;
	chunksPerUnit: number;
	chunkBytes: number;
	passes: number;
	/** Whether workers must be told where each batch's chunks lie: the source's keys lie in other objects. */
	located: boolean;
}

/**
 * Some of the documents that `openSource` tells of arrays or groups: their paths, as the text of a list; their text without
 * anything between them, and where each ends in it.
 */
export interface Piece {
	paths: Uint8Array;
	text: Uint8Array;
	ends: Uint32Array;
}
