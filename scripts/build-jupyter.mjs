// The Python wheel: bundles the renderer and the widget from what is built of the library, and puts them and the Python package
// into jupyter/dist. Needs a Python with hatchling: that of .tools/jupyter, which scripts/setup-jupyter.mjs makes.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { jupyterPython, root, withTools } from "./tools.mjs";

function step(command, args) {
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: withTools() });
	if (status !== 0) process.exit(status ?? 1);
}

const dist = join(root, "jupyter/dist");
step("webpack", ["--config", "jupyter/webpack.config.js", "--stats", "errors-warnings"]);
rmSync(dist, { recursive: true, force: true });
const wheel = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", dist, "./jupyter"];
step(jupyterPython, [...wheel, "--disable-pip-version-check"]);
console.log(
	join(
		dist,
		readdirSync(dist).find((name) => name.endsWith(".whl")),
	),
);
