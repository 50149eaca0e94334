// Installs what is missing on a machine that has Rust, Node and npm: the wasm target, two tools in Rust, npm packages, and
// with --tests a browser and Python packages. Does nothing, in under a second, where all is there.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonEnvironment } from "./python-env.mjs";
import { root, rustTools } from "./tools.mjs";

function run(command, args, options = {}) {
	console.error(`$ ${command} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
	return status === 0;
}

function need(what, done) {
	if (done) return;
	console.error(`setup: ${what} failed`);
	process.exit(1);
}

const says = (command, args) => spawnSync(command, args, { encoding: "utf8" }).stdout ?? "";

/** npm packages, again when the lock file has changed. */
function npmPackages() {
	const lock = createHash("sha256")
		.update(readFileSync(join(root, "package-lock.json")))
		.digest("hex");
	const stamp = join(root, "node_modules/.installed-from");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
	need("npm ci", run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]));
	writeFileSync(stamp, lock);
}

function wasmTarget() {
	const target = "wasm32-unknown-unknown";
	if (says("rustup", ["target", "list", "--installed"]).includes(target)) return;
	need("the wasm target", run("rustup", ["target", "add", target]));
}

/** Into the repository's own folder: nothing of the user's is changed. */
function rustCommands() {
	mkdirSync(join(root, ".tools"), { recursive: true });
	for (const { crate, binary, version } of rustTools) {
		const path = join(root, ".tools/bin", binary);
		if (existsSync(path) && says(path, ["--version"]).includes(version)) continue;
		console.error(`setup: ${crate} ${version} (a few minutes, once)`);
		const args = ["install", "--root", join(root, ".tools"), "--version", `=${version}`, crate];
		// Built for being built soon: they run for seconds.
		const env = {
			...process.env,
			CARGO_PROFILE_RELEASE_OPT_LEVEL: "1",
			CARGO_PROFILE_RELEASE_LTO: "off",
			CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "256",
		};
		// A lock file may name a version that the registry does not have.
		need(crate, run("cargo", [...args, "--locked"], { env }) || run("cargo", args, { env }));
	}
}

/** Browser tests run in the Chromium of the system. */
function browser() {
	if (existsSync("/usr/bin/chromium") || process.env.CHROMIUM) return;
	need("chromium", run("apt-get", ["update"]));
	need("chromium", run("apt-get", ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]));
}

npmPackages();
wasmTarget();
rustCommands();
if (process.argv.includes("--tests")) {
	browser();
	pythonEnvironment(join(root, ".tools/python"), join(root, "jupyter/requirements-test.txt"));
	// Recipes of Pangeo Forge need an older Zarr than all else.
	pythonEnvironment(join(root, ".tools/pangeo"), join(root, "tests/python/requirements-pangeo.txt"));
}
