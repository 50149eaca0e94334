// Where the repository's tools are, and which versions it wants.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** The Python environment of the notebook tests. */
export const jupyterHome = join(root, ".tools/jupyter");
export const jupyterPython = join(jupyterHome, "bin/python");

/** The command-line tools in Rust; wasm-bindgen's version must be the crate's. */
export const rustTools = [
	{ crate: "wasm-bindgen-cli", binary: "wasm-bindgen", version: "0.2.130" },
	{ crate: "wasm-pack", binary: "wasm-pack", version: "0.15.1" },
];

/** An environment in which those tools, and the ones of npm, are found first. */
export function withTools(env = process.env) {
	const path = [join(root, ".tools/bin"), join(root, "node_modules/.bin"), env.PATH].join(":");
	return { ...env, PATH: path };
}
