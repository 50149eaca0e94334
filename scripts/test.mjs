// `npm test`: sets up what is missing, builds, and runs every test: Rust, Node, Python, headless Chromium, the package, notebooks.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, withTools } from "./tools.mjs";

// Lines are enough for a backtrace; all else of debug information takes minutes to write, in thirty test programs.
const env = { ...withTools(), NO_COLOR: "1", CARGO_PROFILE_DEV_DEBUG: "line-tables-only" };
let failures = 0;

function step(name, command, args) {
	console.log(`\n— ${name}`);
	const started = Date.now();
	const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
	console.log(`— ${name}: ${status === 0 ? "passed" : "FAILED"} in ${Math.round((Date.now() - started) / 1000)} s`);
	if (status !== 0) failures += 1;
	return status === 0;
}

/** Test files of a folder, named one by one: Node 20 takes no patterns. */
function tests(folder) {
	const path = join(root, folder);
	if (!existsSync(path)) return [];
	return readdirSync(path)
		.filter((f) => f.endsWith(".test.mjs"))
		.sort()
		.map((f) => join(path, f));
}

if (!step("build", process.execPath, ["scripts/build.mjs", "--tests"])) process.exit(1);
step("Rust tests", "cargo", ["test", "--quiet"]);
step("Node tests", process.execPath, ["--test", ...tests("tests/server"), ...tests("tests/js")]);
step("Python tests", join(root, ".tools/python/bin/python"), ["-m", "pytest", "-q", "tests/python"]);
// A browser that does not close in the end must not hold up CI.
step("browser tests", process.execPath, [
	"--test",
	"--test-force-exit",
	"--test-timeout=400000",
	"--test-concurrency=1",
	...tests("tests/browser"),
]);
// `npm test`: sets up what is missing, builds, and runs every test: Rust, Node, Python, headless Chromium, the package, notebooks.
process.exit(failures === 0 ? 0 : 1);
