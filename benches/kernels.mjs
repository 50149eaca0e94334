// `node benches/kernels.mjs METADATA CHUNK [CASE…]`: the kernels alone, in wasm (in this Node) and natively, on the same inputs.
// METADATA is a v2 `.zarray`, CHUNK one of its chunks. Prints GB/s of decoded bytes, the fastest of nine rounds, and the ratio.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, withTools } from "../scripts/tools.mjs";

const crate = join(root, "benches/kernels");
const built = join(root, "target/kernels");
const [metadataPath, chunkPath, ...only] = process.argv.slice(2).map((a, i) => (i < 2 ? resolve(a) : a));

function cargo(...args) {
	const all = ["build", "--release", "--quiet", "--target-dir", built, ...args];
	const env = { ...withTools() };
	if (args.includes("--target")) env.RUSTFLAGS = "-Ctarget-feature=+simd128";
	const { status } = spawnSync("cargo", all, { cwd: crate, stdio: "inherit", env });
	if (status !== 0) process.exit(1);
}

cargo("--bin", "kernels");
cargo("--lib", "--target", "wasm32-unknown-unknown");

const native = new Map();
const said = spawnSync(join(built, "release/kernels"), [metadataPath, chunkPath, ...only], { encoding: "utf8" });
if (said.status !== 0) throw new Error(said.stderr);
for (const line of said.stdout.trim().split("\n")) {
	const [name, bytes, seconds] = line.split(" ");
	native.set(name, { bytes: Number(bytes), seconds: Number(seconds) });
}

const module = await WebAssembly.compile(
	readFileSync(join(built, "wasm32-unknown-unknown/release/zarrscope_kernels.wasm")),
);
/** The border to JavaScript is linked in, and never crossed. */
const imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
	imports[from] ??= {};
	imports[from][name] = () => {
		throw new Error(`${name} was called`);
	};
}
const names = /CASES: &\[&str\] = &\[([^\]]*)\]/.exec(readFileSync(join(crate, "src/lib.rs"), "utf8"))[1].match(/[\w-]+/g);
const inputs = [readFileSync(metadataPath), readFileSync(chunkPath)];

function inWasm(name) {
	const { exports: core } = new WebAssembly.Instance(module, imports);
	const places = inputs.flatMap((bytes) => {
		const at = core.take(bytes.length);
		new Uint8Array(core.memory.buffer, at, bytes.length).set(bytes);
		return [at, bytes.length];
	});
	const bytes = core.prepare(names.indexOf(name), ...places);
	const times = Math.floor((64 << 20) / Math.max(bytes, 1)) + 1;
	let fastest = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 9; round += 1) {
		const start = performance.now();
		const some = core.run(times);
		if (Number.isNaN(some)) throw new Error(name);
		fastest = Math.min(fastest, (performance.now() - start) / 1000 / times);
	}
	return fastest;
}

console.log("| case | wasm GB/s | native GB/s | wasm / native |\n|---|---|---|---|");
for (const [name, { bytes, seconds }] of native) {
	const own = inWasm(name);
	const speed = (s) => (bytes / s / 1e9).toFixed(2);
	console.log(`| ${name} | ${speed(own)} | ${speed(seconds)} | ${((seconds / own) * 100).toFixed(0)} % |`);
}
