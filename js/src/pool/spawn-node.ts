/** Worker threads in Node. */

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Reply } from "./protocol.js";
import type { ModuleName, Spawner, WasmSource, WorkerHandle } from "./spawn.js";
import { WASM_FILES } from "./wasm-files.js";

export const spawner: Spawner = {
	compile,
	cores: availableParallelism,
	suffixRanges: true,
	spawn(workerUrl) {
		// A flag of code that is given as text (`node --input-type=module --eval …`) is an error for code in files.
		const ofText = process.execArgv.some((flag) => flag.startsWith("--input-type"));
		const worker = new Worker(
			workerUrl ?? new URL("./worker-node.js", import.meta.url),
			ofText ? { execArgv: [] } : {},
		);
		const handle: WorkerHandle = {
			post: (request, transfer = []) => worker.postMessage(request, transfer),
			onReply: () => {},
			onFailure: () => {},
			terminate: () => void worker.terminate(),
		};
		worker.on("message", (reply: Reply) => handle.onReply(reply));
		worker.on("error", (error) => handle.onFailure(error.message));
		worker.on("exit", (code) => handle.onFailure(`the thread ended with ${code}`));
		return handle;
	},
};

async function compile(name: ModuleName, wasm: WasmSource | undefined): Promise<WebAssembly.Module> {
	if (wasm instanceof WebAssembly.Module) return wasm;
	if (wasm instanceof ArrayBuffer || ArrayBuffer.isView(wasm)) return WebAssembly.compile(wasm as BufferSource);
	if (wasm instanceof Response) return WebAssembly.compile(await wasm.arrayBuffer());
	const url = new URL(wasm ?? `../../wasm/${WASM_FILES[name]}`, import.meta.url);
	return WebAssembly.compile(await readFile(url));
}
