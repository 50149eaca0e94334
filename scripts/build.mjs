// Sets up what is missing and builds what is out of date: the core, the npm package, and (without --lib) the dashboard.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, withTools } from "./tools.mjs";

function step(command, args) {
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: withTools() });
	if (status !== 0) process.exit(status ?? 1);
}

step(process.execPath, [join(root, "scripts/setup.mjs"), ...process.argv.filter((a) => a === "--tests")]);
step(process.execPath, [join(root, "scripts/build-wasm.mjs")]);
step("tsc", ["-p", "js"]);
step(process.execPath, [join(root, "scripts/build-inline.mjs")]);
if (!process.argv.includes("--lib")) step("webpack", ["--mode", "production", "--stats", "errors-warnings"]);
