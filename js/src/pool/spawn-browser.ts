/** Workers in browsers. */

import type { Reply } from "./protocol.js";
import type { ModuleName, Spawner, WasmSource, WorkerHandle } from "./spawn.js";

export const spawner: Spawner = {
	compile,
	cores: () => navigator.hardwareConcurrency || 2,
	suffixRanges: false,
	spawn(workerUrl) {
		// Written literally, so that bundlers find the file.
		const worker = workerUrl
			? new Worker(workerUrl, { type: "module" })
			: new Worker(new URL("./worker-browser.js", import.meta.url), { type: "module" });
		const handle: WorkerHandle = {
			post: (request, transfer = []) => worker.postMessage(request, transfer),
			onReply: () => {},
			onFailure: () => {},
			terminate: () => worker.terminate(),
		};
		worker.onmessage = (event: MessageEvent<Reply>) => handle.onReply(event.data);
		worker.onerror = (event) => {
			event.preventDefault();
			handle.onFailure(event.message || "the worker's script could not be loaded");
		};
		worker.onmessageerror = () => handle.onFailure("a message could not be read");
		return handle;
	},
};

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

/** Compiles while downloading where the server names the type rightly, after downloading elsewhere. */
async function compile(name: ModuleName, wasm: WasmSource | undefined): Promise<WebAssembly.Module> {
	if (wasm instanceof WebAssembly.Module) return wasm;
	if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) return WebAssembly.compile(wasm as BufferSource);
	const url = wasm ?? beside(name);
	const response = url instanceof Response ? url : await fetch(url as string | URL);
	if (!response.ok) throw new Error(`the core could not be loaded: status ${response.status} for ${response.url}`);
	if (response.headers.get("Content-Type")?.startsWith("application/wasm"))
		return WebAssembly.compileStreaming(response);
	return WebAssembly.compile(await response.arrayBuffer());
}
