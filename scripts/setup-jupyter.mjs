// Makes .tools/jupyter, a Python environment with the JupyterLab, Notebook and JupyterLite that the notebook tests run in, and
// installs the wheel into it. Packages are installed again when tests/jupyter/requirements.txt has changed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jupyterHome, jupyterPython, root } from "./tools.mjs";

function need(what, command, args) {
	console.error(`$ ${command} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
	if (status === 0) return;
	console.error(`setup: ${what} failed`);
	process.exit(1);
}

const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
const requirements = join(root, "tests/jupyter/requirements.txt");
const stamp = join(jupyterHome, ".installed-from");
const wanted = readFileSync(requirements, "utf8");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
	need("a Python environment", "python3", ["-m", "venv", jupyterHome]);
	need("JupyterLab", jupyterPython, [...pip, "--requirement", requirements]);
	writeFileSync(stamp, wanted);
}
const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/build-jupyter.mjs")], {
	encoding: "utf8",
	stdio: ["ignore", "pipe", "inherit"],
});
if (status !== 0) process.exit(status ?? 1);
need("the wheel", jupyterPython, [...pip, "--no-deps", "--force-reinstall", stdout.trim()]);
