// Builds the core with wasm-pack, as three modules, if its sources are newer than what was built last.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** The modules of the package: what workers run, what draws, and the decoders that few stores need. */
const modules = [
	{ name: "zarrscope", feature: "compute" },
	{ name: "zarrscope_draw", feature: "draw" },
	{ name: "zarrscope_rare", feature: "rare" },
];

function build({ name, feature }) {
	// A folder of its own: wasm-pack optimises every module that lies in it, those of others too.
	const folder = join(root, "target/wasm-pack", name);
	rmSync(folder, { recursive: true, force: true });
	// --mode no-install: the tools are on PATH, and nothing is to be downloaded.
	const own = ["--release", "--target", "web", "--out-dir", folder, "--out-name", name, "--no-pack"];
	const args = ["build", ...own, "--mode", "no-install", "--", "--no-default-features", "--features", feature];
	const child = spawn("wasm-pack", args, { cwd: root, stdio: ["ignore", 2, 2], env: withTools() });
	return new Promise((done) => {
		child.on("error", () => done(false));
		child.on("close", (code) => {
			if (code === 0) cpSync(folder, out, { recursive: true });
			done(code === 0);
		});
	});
}

const hash = await sourceHash();
const isBuilt = ({ name }) => existsSync(join(out, `${name}_bg.wasm`));
if (modules.every(isBuilt) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
	console.error("wasm: up to date");
} else {
	console.error("wasm: building the core (some minutes the first time)");
	// Cargo lets one compile at a time; another is optimised meanwhile, in one thread.
	mkdirSync(out, { recursive: true });
	const built = await Promise.all(modules.map(build));
	if (!built.every(Boolean)) process.exit(1);
	writeFileSync(stamp, hash);
}
// wasm-pack's ignores everything, and npm heeds it when it packs.
rmSync(join(out, ".gitignore"), { force: true });
