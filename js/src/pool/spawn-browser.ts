/** Workers in browsers. */

import { compileFrom } from "./compile.js";
import type { ModuleName, Spawner } from "./spawn.js";
import { WASM_FILES } from "./wasm-files.js";
import { handleOf, isOfThisOrigin, startWorker } from "./web-worker.js";

export const spawner: Spawner = {
	compile: async (name, wasm) => compileFrom(wasm ?? beside(name)),
	cores: () => navigator.hardwareConcurrency || 2,
	suffixRanges: false,
	spawn: (workerUrl) => handleOf(workerUrl ? startWorker(workerUrl) : ownWorker()),
};

/** The worker in one file, seen from the package's wasm: from afar one request is better than ten. */
const ONE_FILE = "../bundled/worker.js";

function ownWorker(): Worker {
	const elsewhere = packageElsewhere();
	if (elsewhere) return startWorker(new URL(ONE_FILE, elsewhere));
	// Written literally, so that bundlers find the file.
	return new Worker(new URL("./worker-browser.js", import.meta.url), { type: "module" });
}

/**
 * The address of the package's wasm if its files are served as they are, from another origin. It is told by that of the
 * core, which bundlers put where it will be; of modules they tell where they lay when the bundle was made.
 */
function packageElsewhere(): URL | undefined {
	const core = beside("compute");
	const asItIs = core.pathname.endsWith(`/js/wasm/${WASM_FILES.compute}`);
	return asItIs && !isOfThisOrigin(core) ? core : undefined;
}

/** Beside the package. Written literally, so that bundlers find the files. */
function beside(name: ModuleName): URL {
	switch (name) {
		case "compute":
			return new URL("../../wasm/zarrscope_bg.wasm", import.meta.url);
		case "draw":
			return new URL("../../wasm/zarrscope_draw_bg.wasm", import.meta.url);
		case "rare":
			return new URL("../../wasm/zarrscope_rare_bg.wasm", import.meta.url);
	}
}
