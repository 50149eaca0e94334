// `npm test`: sets up what is missing, builds, and runs every test: Rust, Node, Python, headless Chromium, the package, notebooks.
//
// Rust's come first and have the machine for themselves. Of the others two suites run at a time, as each waits half of its time
// (for browsers, servers, clusters); what a suite prints is shown when it ends.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, withTools } from "./tools.mjs";

// Lines are enough for a backtrace; all else of debug information takes minutes to write, in thirty test programs.
const env = { ...withTools(), NO_COLOR: "1", CARGO_PROFILE_DEV_DEBUG: "line-tables-only" };
let failures = 0;
let suites = 0;

function told(name, started, status) {
	const seconds = Math.round((Date.now() - started) / 1000);
	console.log(`— ${name}: ${status === 0 ? "passed" : "FAILED"} in ${seconds} s`);
	suites += 1;
	if (status !== 0) failures += 1;
	return status === 0;
}

/** Runs a command, and shows what it prints as it comes. */
function step(name, command, args) {
	console.log(`\n— ${name}`);
	const started = Date.now();
	return told(name, started, spawnSync(command, args, { cwd: root, stdio: "inherit", env }).status);
}

/** Runs a command beside others. */
function beside(name, command, args) {
	const started = Date.now();
	const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env });
	const said = [];
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => said.push(piece));
	return new Promise((done) => {
		child.on("error", (error) => said.push(Buffer.from(`${error}\n`)));
		child.on("close", (status) => {
			console.log(`\n— ${name}\n${Buffer.concat(said).toString()}`);
			done(told(name, started, status));
		});
	});
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

const node = (name, ...args) => beside(name, process.execPath, ["--test", ...args]);
// A browser that does not close in the end must not hold up CI.
const inBrowsers = ["--test-force-exit", "--test-timeout=400000", "--test-concurrency=1"];

if (!step("build", process.execPath, ["scripts/build.mjs", "--tests"])) process.exit(1);
step("Rust tests", "cargo", ["test", "--quiet"]);
await Promise.all([
	node("browser tests", ...inBrowsers, ...tests("tests/browser"))
		.then(() => beside("Python tests", join(root, ".tools/python/bin/python"), ["-m", "pytest", "-q", "tests/python"]))
		// In CI only: its answers count, its times are read by people.
		.then(() => process.env.CI && beside("small benchmark", process.execPath, ["scripts/bench.mjs", "--small"])),
	node("Node tests", ...tests("tests/server"), ...tests("tests/js"))
		.then(() => node("package tests", ...inBrowsers, ...tests("tests/npm")))
		.then(() => beside("set-up of notebooks", process.execPath, ["scripts/setup-jupyter.mjs"]))
		.then((ready) => ready && node("notebook tests", ...inBrowsers, ...tests("tests/jupyter"))),
]);
console.log(failures === 0 ? "\nall passed" : `\n${failures} of ${suites} suites failed`);
process.exit(failures === 0 ? 0 : 1);
