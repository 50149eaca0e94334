// `npm run fuzz -- [--seconds 60] [--target NAME]… [--jobs 2] [--input FILE] [--keep] [--no-wasm]`
//
// Builds the targets of fuzz/ once, with coverage; runs each for so many seconds, seeded by the fixtures and by the kept
// corpus; then runs every input through the same targets in wasm. A finding is saved under fuzz/artifacts, and the exit
// code is 1. --report (CI) fails on seeds and kept inputs alone: what chance finds is reported. --input runs one input
// alone. --keep minimises what was found into fuzz/corpus.
//
// The toolchain is the stable one: `-C passes=sancov-module` is all that libFuzzer needs, and no sanitizer is wanted, as
// what is fuzzed has no unsafe code.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { inputsOf, pack, unpack } from "./fuzz/corpus.mjs";
import { replayer } from "./fuzz/replay.mjs";
import { root, withTools } from "./tools.mjs";

const { values: options } = parseArgs({
	options: {
		seconds: { type: "string", default: "60" },
		target: { type: "string", multiple: true },
		jobs: { type: "string", default: "2" },
		input: { type: "string" },
		keep: { type: "boolean", default: false },
		"no-wasm": { type: "boolean", default: false },
		report: { type: "boolean", default: false },
	},
});

const COVERAGE = [
	"-Cpasses=sancov-module",
	"-Cllvm-args=-sanitizer-coverage-level=4",
	"-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
	"-Cllvm-args=-sanitizer-coverage-pc-table",
	"-Cllvm-args=-sanitizer-coverage-trace-compares",
	"--cfg=fuzzing",
].join(" ");
/** No input may take longer, in seconds. */
const PATIENCE = 10;

const crate = join(root, "fuzz");
const built = join(crate, "target");
const artifacts = (target) => join(crate, "artifacts", target);
const corpus = (target) => join(crate, "corpus", `${target}.gz`);
/** Where inputs lie while fuzzing: `seeds` and `kept` are made anew each time, `found` stays. */
const inputs = (kind, target) => join(built, "inputs", kind, target);

function stop(message) {
	console.error(`fuzz: ${message}`);
	process.exit(1);
}

function cargo(args, env = {}) {
	const all = [...args, "--release", "--locked", "--quiet", "--target-dir", built];
	const { status } = spawnSync("cargo", all, { cwd: crate, stdio: "inherit", env: { ...withTools(), ...env } });
	if (status !== 0) stop("the build failed");
}

/** The fuzzer. The host's triple is named, so that build scripts are built without coverage. */
function buildFuzzer() {
	const host = /host: (\S+)/.exec(spawnSync("rustc", ["-vV"], { encoding: "utf8" }).stdout ?? "")?.[1];
	if (!host) stop("no rustc here");
	cargo(["build", "--target", host, "--bin", "fuzz"], { RUSTFLAGS: COVERAGE });
	return join(built, host, "release/fuzz");
}

function buildWasm() {
	// With the limits that fuzzers have: the laws of memory are the same.
	const env = { RUSTFLAGS: "-Ctarget-feature=+simd128 --cfg=fuzzing" };
	cargo(["rustc", "--target", "wasm32-unknown-unknown", "--lib", "--crate-type", "cdylib"], env);
	return join(built, "wasm32-unknown-unknown/release/zarrscope_fuzz.wasm");
}

const dictionary = (target) => {
	const kind = readFileSync(join(crate, "dict/kinds.txt"), "utf8").split("\n");
	const name = kind.map((line) => line.split(/\s+/)).find(([name]) => name === target)?.[1];
	return name ? [`-dict=${join(crate, "dict", `${name}.dict`)}`] : [];
};

/** Runs libFuzzer on one target; gives its exit code and what it said. */
function libfuzzer(fuzzer, target, args) {
	mkdirSync(artifacts(target), { recursive: true });
	const own = [`-timeout=${PATIENCE}`, "-rss_limit_mb=2048", `-artifact_prefix=${artifacts(target)}/`];
	const child = spawn(fuzzer, [...own, ...args], { env: { ...process.env, TARGET: target, RUST_BACKTRACE: "1" } });
	let said = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("latin1");
		stream.on("data", (text) => {
			said += text;
		});
	}
	return new Promise((done) => child.on("close", (code) => done({ code, said })));
}

const number = (said, pattern) => Number(said.match(pattern)?.at(-1)?.match(/\d+$/)?.[0] ?? 0);

/** What a person needs of libFuzzer's last words: the panic and where it came from. */
function finding(target, said) {
	const lines = said.split("\n");
	const at = lines.findIndex((line) => /panicked at|ERROR: libFuzzer/.test(line));
	const ours = lines.filter((line) => /\bat \/.*\/(src|fuzz)\/.*\.rs/.test(line) && line.includes(root));
	const input = /Test unit written to (\S+)/.exec(said)?.[1];
	const rerun = input
		? `rerun: npm run fuzz -- --target ${target} --input ${relative(root, input)}`
		: "no input was saved";
	return [...lines.slice(at, at + 2), ...ours.slice(0, 6), rerun].join("\n");
}

async function fuzz(fuzzer, target) {
	for (const kind of ["found", "seeds"]) mkdirSync(inputs(kind, target), { recursive: true });
	const kept = unpack(corpus(target), inputs("kept", target));
	const folders = ["found", "kept", "seeds"].map((kind) => inputs(kind, target));
	const args = [`-max_total_time=${options.seconds}`, "-print_final_stats=1", ...dictionary(target), ...folders];
	const { code, said } = await libfuzzer(fuzzer, target, args);
	const runs = number(said, /number_of_executed_units:\s*\d+/g);
	const [first, last] = [/INITED cov: (\d+)/.exec(said)?.[1] ?? 0, number(said, /\bcov: \d+/g)];
	const seeds = readdirSync(inputs("seeds", target)).length;
	const added = number(said, /new_units_added:\s*\d+/g);
	console.log(
		`${code === 0 ? "ok  " : "FAIL"} ${target.padEnd(22)} ${String(runs).padStart(10)} runs  coverage ${first} → ${last}  ` +
			`corpus ${seeds} seeds + ${kept} kept, ${added} new`,
	);
	if (code !== 0) console.log(finding(target, said));
	// What is kept has been read once INITED is said; what comes after was found by chance.
	if (code !== 0 && options.report && /INITED cov/.test(said)) {
		console.log(`${target}: found by chance; reported, and to be mended: it fails no change that did not bring it`);
		return true;
	}
	return code === 0;
}

/** Takes tasks from a list, so many at a time. */
async function together(jobs, tasks) {
	const waiting = [...tasks];
	const worker = async () => {
		for (let task = waiting.shift(); task; task = waiting.shift()) await task();
	};
	await Promise.all(Array.from({ length: jobs }, worker));
}

/** Every input of every target in wasm; gives the number of targets with findings. */
function replay(targets, all) {
	const run = replayer(buildWasm());
	let failed = 0;
	let count = 0;
	for (const target of targets) {
		const kinds = options.report ? ["seeds", "kept"] : ["seeds", "kept", "found"];
		const list = kinds.flatMap((kind) => inputsOf(inputs(kind, target)));
		for (const input of list) {
			count += 1;
			const message = run(all.indexOf(target), input);
			if (message === null) continue;
			const path = join(artifacts(target), `wasm-${count}`);
			writeFileSync(path, input);
			console.log(`FAIL ${target} in wasm: ${message}\ninput: ${relative(root, path)}`);
			failed += 1;
			break;
		}
	}
	console.log(`${count} inputs replayed in wasm`);
	return failed;
}

/** Keeps what adds coverage to the seeds, and nothing else. */
async function keep(fuzzer, target) {
	const folder = inputs("minimal", target);
	rmSync(folder, { recursive: true, force: true });
	cpSync(inputs("seeds", target), folder, { recursive: true });
	const from = ["kept", "found"].map((kind) => inputs(kind, target));
	const { code, said } = await libfuzzer(fuzzer, target, ["-merge=1", folder, ...from]);
	if (code !== 0) stop(`${target} cannot be minimised:\n${said.slice(-1000)}`);
	for (const name of readdirSync(inputs("seeds", target))) rmSync(join(folder, name), { force: true });
	const minimal = inputsOf(folder);
	pack(minimal, corpus(target));
	console.log(`${target}: keeps ${minimal.length} inputs of ${minimal.reduce((sum, i) => sum + i.length, 0)} bytes`);
}

const started = Date.now();
const fuzzer = buildFuzzer();
const listed = spawnSync(fuzzer, { encoding: "utf8", env: { ...process.env, SEEDS: join(built, "inputs/seeds") } });
if (listed.status !== 0) stop(`no seeds: ${listed.stderr}`);
const all = listed.stdout.split("\n").filter(Boolean);
const targets = options.target ?? all;
const unknown = targets.find((target) => !all.includes(target));
if (unknown) stop(`no target ${unknown}; there are ${all.join(", ")}`);

if (options.input) {
	if (targets.length !== 1) stop("--input needs one --target");
	const { code, said } = await libfuzzer(fuzzer, targets[0], [resolve(options.input)]);
	console.log(said);
	const message = options["no-wasm"]
		? null
		: replayer(buildWasm())(all.indexOf(targets[0]), readFileSync(options.input));
	console.log(message === null ? "nothing found in wasm" : `in wasm: ${message}`);
	process.exit(code === 0 && message === null ? 0 : 1);
}

console.log(`${targets.length} targets, ${options.seconds} s each, ${options.jobs} at a time`);
let failed = 0;
await together(
	Number(options.jobs),
	targets.map((target) => async () => {
		if (!(await fuzz(fuzzer, target))) failed += 1;
	}),
);
if (!options["no-wasm"]) failed += replay(targets, all);
if (options.keep && failed === 0) {
	mkdirSync(join(crate, "corpus"), { recursive: true });
	for (const target of targets) await keep(fuzzer, target);
}
console.log(`fuzzing took ${Math.round((Date.now() - started) / 1000)} s`);
console.log(`targets: ${targets.length - Math.min(failed, targets.length)} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
