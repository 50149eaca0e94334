#!/usr/bin/env node
// The command `zarrscope`. In a checkout that has not been built yet it builds the library first; in the package the
// library is there.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const built = [here("../dist/cli/main.js"), here("../wasm/zarrscope_bg.wasm")].every(existsSync);
const build = here("../../scripts/build.mjs");

if (!built && existsSync(build)) {
	// Its output goes to standard error: standard output is for results.
	const { status } = spawnSync(process.execPath, [build, "--lib"], { stdio: ["ignore", 2, 2] });
	if (status !== 0) {
		process.stderr.write("zarrscope: not_found: the library is not built, and building it failed\n");
		process.exit(1);
	}
}

const { main } = await import("../dist/cli/main.js");
process.exitCode = await main(process.argv.slice(2));
// An interrupted run may leave a worker that is still starting; everything is written by now.
if (process.exitCode === 130) process.exit();
