// Runs the built command, for its tests.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command. */
export const BIN = fileURLToPath(new URL("../../js/bin/zarrscope.mjs", import.meta.url));

/** Runs the command; `input` is its standard input. */
export function cli(args, { input, onChild } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [BIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
		let [stdout, stderr] = ["", ""];
		child.stdout.setEncoding("utf8").on("data", (text) => {
			stdout += text;
			onChild?.(child, stdout);
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			stderr += text;
		});
		child.on("error", reject).on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
		child.stdin.on("error", () => {}).end(input);
	});
}

/** What the command prints with `--json`. */
export async function json(args, options) {
	const { status, stdout, stderr } = await cli([...args, "--json"], options);
	assert.equal(status, 0, stderr);
	return JSON.parse(stdout);
}
