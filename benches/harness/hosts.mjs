// Where contenders run: a page in a Chromium of its own, with no debugger attached, or a process of its own. Both are started once, stay warm, and answer
// one question at a time.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startControl } from "./control.mjs";
import { renderersOf, watch } from "./memory.mjs";

const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
/** A question that takes longer is reported as such. */
const LIMIT_SECONDS = 600;

function within(seconds, promise) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer in ${seconds} s`)), seconds * 1000);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The module at `module` on a page: its `start(options)` gives `run(question)`, and perhaps `memory()`. */
export async function startPage({ page: site, module, options }) {
	const profile = mkdtempSync(join(tmpdir(), "zarrscope-bench-"));
	const control = await startControl();
	const from = performance.now();
	const hash = encodeURIComponent(JSON.stringify({ control: control.url, module, options }));
	const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
	const args = [...FLAGS, `--user-data-dir=${profile}`, `${site}/pages/contender.html#${hash}`];
	const child = spawn(executable, args, { stdio: "ignore" });
	const ended = new Promise((resolve) => child.once("exit", resolve));
	const close = async () => {
		control.close();
		child.kill();
		await ended;
		try {
			// Chromium's other processes may still write for a moment; a folder that is left over is no failure.
			rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
		} catch (error) {
			console.error(`bench: ${error.message}`);
		}
	};
	const { error } = await within(60, control.next()).catch((late) => ({ error: late.message }));
	if (error) {
		await close();
		throw new Error(`${module}: ${error}`);
	}
	const started = (performance.now() - from) / 1e3;
	return {
		started,
		async ask(question) {
			const most = watch(renderersOf(child.pid));
			const reply = await within(LIMIT_SECONDS, control.ask(question));
			return { ...reply, processBytes: most() };
		},
		close,
	};
}

/** A program that reads questions and writes answers, a line each, after a first line that says it is ready. */
export async function startProcess({ command, args, env = {} }) {
	const from = performance.now();
	const child = spawn(command, args, { stdio: ["pipe", "pipe", 2], env: { ...process.env, ...env } });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const next = async () => {
		const { value, done } = await lines.next();
		if (done) throw new Error(`${command} ended`);
		return JSON.parse(value);
	};
	await within(LIMIT_SECONDS, next());
	return {
		started: (performance.now() - from) / 1e3,
		async ask(question) {
			const most = watch([child.pid]);
			child.stdin.write(`${JSON.stringify(question)}\n`);
			const reply = await within(LIMIT_SECONDS, next());
			return { ...reply, processBytes: most() };
		},
		async close() {
			child.kill();
		},
	};
}
