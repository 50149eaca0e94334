/** The package's own pool: started by the first call that needs it. */

import type { LocalFiles } from "../pool/fetch-local.js";
import { Pool, type PoolOptions } from "../pool/pool.js";

let pool: Pool | undefined;
/** Files at hand outlive a pool: datasets that stand on them stay usable. */
const files = new Map<string, LocalFiles>();
let options: PoolOptions = {};

/**
 * Sets how the package runs, and compiles the core ahead of the first use. Never needed, and harmless: everything else
 * calls it. With other options than before, the workers are started anew.
 */
export async function init(wanted: PoolOptions = {}): Promise<void> {
	if (Object.keys(wanted).length > 0) {
		close();
		options = wanted;
	}
	await session().module("compute");
}

/** Says where the package's files are, in place of {@link init}; workers that run have found them, and are left alone. */
export function place({ workerUrl, wasmUrl }: Pick<PoolOptions, "workerUrl" | "wasmUrl">): void {
	if (pool) return;
	if (workerUrl !== undefined) options = { ...options, workerUrl };
	if (wasmUrl !== undefined) options = { ...options, wasmUrl };
}

/** Ends all workers; the next call starts new ones. */
export function close(): void {
	pool?.close();
	pool = undefined;
}

/**
 * Forgets everything that was kept of earlier runs, in memory and on disk, and what is known of sources: the next run reads
 * everything anew. For data that were written anew in place.
 */
export async function forgetPartials(): Promise<void> {
	await session().forgetKept();
}

/** The pool in use. */
export function session(): Pool {
	pool ??= new Pool(options, files);
	return pool;
}
