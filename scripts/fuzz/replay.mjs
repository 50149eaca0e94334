// Runs inputs through the targets as compiled to wasm, where `usize` has 32 bits and SIMD128 is on, as users run it.
import { readFileSync } from "node:fs";

/** What the module imports are bindings that no target calls. */
function stubs(module) {
	const imports = {};
	for (const { module: from, name } of WebAssembly.Module.imports(module)) {
		imports[from] ??= {};
		imports[from][name] = () => {
			throw new Error(`${from}.${name} was called`);
		};
	}
	return imports;
}

/** An instance; after a trap another is needed. */
export function replayer(path) {
	const module = new WebAssembly.Module(readFileSync(path));
	const imports = stubs(module);
	let exports = null;
	/** Runs one input; gives what went wrong, or `null`. */
	return (target, input) => {
		exports ??= new WebAssembly.Instance(module, imports).exports;
		const { memory, fuzz_input, fuzz_run, fuzz_message, fuzz_message_len } = exports;
		const at = fuzz_input(input.length) >>> 0;
		new Uint8Array(memory.buffer, at, input.length).set(input);
		try {
			fuzz_run(target);
			return null;
		} catch (error) {
			const text = new Uint8Array(memory.buffer, fuzz_message() >>> 0, fuzz_message_len());
			exports = null;
			return new TextDecoder().decode(text) || String(error);
		}
	};
}
