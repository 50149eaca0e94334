/** The files of the core's modules, in the package's folder of them. */

import type { ModuleName } from "./spawn.js";

export const WASM_FILES: Readonly<Record<ModuleName, string>> = {
	compute: "zarrscope_bg.wasm",
	draw: "zarrscope_draw_bg.wasm",
	rare: "zarrscope_rare_bg.wasm",
};
