/** What `zarrscope/inline` carries; scripts/build-inline.mjs writes the module. */

import type { ModuleName } from "./spawn.js";

/** The worker's script, without imports and exports. */
export const worker: string;
/** The modules of the core, as base64 of gzip. */
export const wasm: Record<ModuleName, string>;
