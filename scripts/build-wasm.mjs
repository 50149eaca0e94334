// Builds the core with wasm-pack, if its sources are newer than what was built last.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root, withTools } from "./tools.mjs";

const out = join(root, "js/wasm");
const stamp = join(out, ".built-from");

/** One hash of everything that the core is made from. */
async function sourceHash() {
	const hash = createHash("sha256");
	const entries = await readdir(join(root, "src"), { recursive: true, withFileTypes: true });
	const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
	for (const file of [
		...files.sort(),
		join(root, "Cargo.toml"),
		join(root, "Cargo.lock"),
		join(root, ".cargo/config.toml"),
	]) {
		hash.update(file.slice(root.length)).update(readFileSync(file));
	}
	return hash.digest("hex");
}

const hash = await sourceHash();
const upToDate =
	existsSync(join(out, "zarrscope_bg.wasm")) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
if (upToDate) {
	console.error("wasm: up to date");
} else {
	console.error("wasm: building the core (about two minutes the first time)");
	// --mode no-install: the tools are on PATH, and nothing is to be downloaded.
	const args = [
		"build",
		"--release",
		"--target",
		"web",
		"--out-dir",
		"js/wasm",
		"--out-name",
		"zarrscope",
		"--no-pack",
		"--mode",
		"no-install",
	];
	const built = spawnSync("wasm-pack", args, { cwd: root, stdio: ["ignore", 2, 2], env: withTools() });
	if (built.status !== 0) process.exit(built.status ?? 1);
	writeFileSync(stamp, hash);
}
