/**
 * Workers in browsers without any address: the worker's script and the core are texts of this very module. It stands for
 * `spawn.js` in `zarrscope/inline`, which scripts/build-inline.mjs makes.
 */

import { ZarrscopeError } from "../errors.js";
import { compileFrom } from "./compile.js";
import { wasm as embedded, worker } from "./embedded.js";
import type { ModuleName, Spawner } from "./spawn.js";
import { handleOf, startWorker, workerOf } from "./web-worker.js";

const spawner: Spawner = {
	compile: async (name, wasm) => compileFrom(wasm ?? unpacked(name)),
	cores: () => navigator.hardwareConcurrency || 2,
	suffixRanges: false,
	spawn: (workerUrl) =>
		// The script imports nothing. A frame without an origin of its own (`sandbox`) starts no modules.
		handleOf(workerUrl ? startWorker(workerUrl) : workerOf(worker, "classic")),
};

/** As if it came from a server: a module is unpacked and compiled when it is first needed. */
function unpacked(name: ModuleName): Response {
	const packed = Uint8Array.from(atob(embedded[name]), (character) => character.charCodeAt(0));
	const bytes = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
	return new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
}

export async function loadSpawner(): Promise<Spawner> {
	if (typeof Worker !== "undefined") return spawner;
	const message = "zarrscope/inline runs in web workers, which are not here; in Node import zarrscope";
	throw new ZarrscopeError({ code: "unsupported", message });
}
