/** A module of the core from whatever holds it, in browsers. */

import type { WasmSource } from "./spawn.js";

/** Compiles while downloading where the server names the type rightly, after downloading elsewhere. */
export async function compileFrom(wasm: WasmSource): Promise<WebAssembly.Module> {
	if (wasm instanceof WebAssembly.Module) return wasm;
	if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) return WebAssembly.compile(wasm as BufferSource);
	const response = wasm instanceof Response ? wasm : await fetch(wasm as string | URL);
	if (!response.ok) throw new Error(`the core could not be loaded: status ${response.status} for ${response.url}`);
	if (response.headers.get("Content-Type")?.startsWith("application/wasm"))
		return WebAssembly.compileStreaming(response);
	return WebAssembly.compile(await response.arrayBuffer());
}
