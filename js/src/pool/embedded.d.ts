/** What `zarrscope/inline` carries; scripts/build-inline.mjs writes the module. */

import type { ModuleName } from "./spawn.js";

/** The worker's script: a module that imports nothing. */
export const worker: string;
/** The modules of the core, as base64 of gzip. */
export const wasm: Record<ModuleName, string>;
