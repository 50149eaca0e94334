// Makes Python environments from lists of packages: by uv, which takes seconds where pip takes a minute and shares files between
// environments, or by pip where uv is not to be had. Where packages come from is what pip's own configuration says.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.mjs";

const UV = "0.13.9";
const QUIET = ["--quiet", "--disable-pip-version-check", "--no-input"];

function run(command, args, env = process.env) {
	console.error(`$ ${command} ${args.join(" ")}`);
	return spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env }).status === 0;
}

const says = (command, args) => spawnSync(command, args, { cwd: root, encoding: "utf8" }).stdout ?? "";
const python = (folder) => join(folder, "bin/python");

function need(what, done) {
	if (done) return;
	console.error(`setup: ${what} failed`);
	process.exit(1);
}

/** Python with what makes environments; Debian has that in a package of its own. */
function systemPython() {
	const makes = ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"];
	if (run("python3", makes)) return;
	need("python3", run("apt-get", ["update"]));
	need("python3", run("apt-get", ["install", "-y", "--no-install-recommends", "python3", "python3-venv"]));
}

/** uv in .tools/uv; undefined where it cannot be installed. */
function uv() {
	const folder = join(root, ".tools/uv");
	const command = join(folder, "bin/uv");
	if (existsSync(command) && says(command, ["--version"]).includes(UV)) return command;
	const made =
		run("python3", ["-m", "venv", "--clear", folder]) &&
		run(python(folder), ["-m", "pip", "install", ...QUIET, `uv==${UV}`]);
	if (made) return command;
	console.error("setup: no uv; pip installs the packages, which takes longer");
	return undefined;
}

/**
 * The settings of pip, as `pip config list` prints them, that tell where packages come from, as variables of uv. Pip prefers its
 * variables to what `install` has and that to what all commands have; here the last one wins.
 */
export function uvSettings(listed) {
	const names = {
		"index-url": "UV_DEFAULT_INDEX",
		"extra-index-url": "UV_INDEX",
		"find-links": "UV_FIND_LINKS",
		"no-index": "UV_NO_INDEX",
		"trusted-host": "UV_INSECURE_HOST",
		"default-timeout": "UV_HTTP_TIMEOUT",
		timeout: "UV_HTTP_TIMEOUT",
		cert: "SSL_CERT_FILE",
		proxy: "ALL_PROXY",
	};
	const settings = {};
	for (const section of ["global", "install", ":env:"]) {
		for (const [, key, value] of listed.matchAll(new RegExp(`^${section}\\.([\\w-]+)='(.*)'$`, "gm"))) {
			if (!(key in names)) continue;
			// Lists have a line each.
			const parts = value.split(/\\n|\s/).filter(Boolean);
			settings[names[key]] = parts.join(key === "find-links" ? "," : " ");
		}
	}
	// Pip takes the newest of all indexes; uv would stop at the first that has the name.
	if (settings.UV_INDEX) settings.UV_INDEX_STRATEGY = "unsafe-best-match";
	return settings;
}

function byUv(folder, list) {
	const command = uv();
	if (!command) return false;
	const settings = uvSettings(says(python(join(root, ".tools/uv")), ["-m", "pip", "config", "list"]));
	const env = { ...settings, UV_PYTHON_DOWNLOADS: "never", ...process.env };
	rmSync(folder, { recursive: true, force: true });
	// With pip in it, for who wants to try a package.
	const made =
		run(command, ["venv", "--quiet", "--seed", "--python", "python3", folder], env) &&
		run(command, ["pip", "install", "--quiet", "--python", python(folder), "--requirements", list], env);
	if (!made) console.error("setup: uv failed; pip tries again");
	return made;
}

function byPip(folder, list) {
	need("a Python environment", run("python3", ["-m", "venv", "--clear", folder]));
	need("Python packages", run(python(folder), ["-m", "pip", "install", ...QUIET, "--requirement", list]));
}

/** Python in `folder` with the packages of `list`, a file; made anew when the list has changed. */
export function pythonEnvironment(folder, list) {
	const hash = createHash("sha256").update(readFileSync(list)).digest("hex");
	const stamp = join(folder, ".installed-from");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
	systemPython();
	if (!byUv(folder, list)) byPip(folder, list);
	writeFileSync(stamp, hash);
}
