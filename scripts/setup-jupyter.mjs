// Makes .tools/jupyter, a Python environment with the JupyterLab, Notebook and JupyterLite that the notebook tests run in, and
// installs the wheel into it. Packages are installed again when tests/jupyter/requirements.txt has changed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonEnvironment } from "./python-env.mjs";
import { jupyterHome, jupyterPython, root } from "./tools.mjs";

function need(what, command, args) {
	console.error(`$ ${command} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
	if (status === 0) return;
	console.error(`setup: ${what} failed`);
	process.exit(1);
}

const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
pythonEnvironment(jupyterHome, join(root, "tests/jupyter/requirements.txt"));
const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/build-jupyter.mjs")], {
	encoding: "utf8",
	stdio: ["ignore", "pipe", "inherit"],
});
if (status !== 0) process.exit(status ?? 1);
need("the wheel", jupyterPython, [...pip, "--no-deps", "--force-reinstall", stdout.trim()]);
