/** The command line, from arguments to exit status. */

import { readFile } from "node:fs/promises";
import { close } from "../api/session.js";
import { ZarrscopeError } from "../errors.js";
import { COMMANDS } from "./commands.js";
import type { WrittenDocument } from "./document.js";
import { report, STATUS } from "./failure.js";
import { Flags, parseFlags } from "./flags.js";
import { helpOf } from "./help.js";
import { findOperation } from "../api/operations/table.js";
import { storagesOf } from "./secrets.js";
import { forgiveClosedPipes, write } from "./streams.js";
import { UsageError } from "./usage.js";

/** Runs a call and gives its exit status, when all that it writes is written. */
export async function main(argv: string[]): Promise<number> {
	forgiveClosedPipes();
	const stop = new AbortController();
	const onSignal = () => {
		// Whoever asks twice does not want to wait.
		if (stop.signal.aborted) process.exit(STATUS.interrupted);
		stop.abort(new ZarrscopeError({ code: "aborted", message: "cancelled" }));
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	let document: WrittenDocument | undefined;
	try {
		await dispatch(argv, stop.signal, (made) => {
			document = made;
		});
		return STATUS.done;
	} catch (error) {
		return await report(error, argv.includes("--json"), document && storagesOf(document));
	} finally {
		close();
		process.off("SIGINT", onSignal);
		process.off("SIGTERM", onSignal);
	}
}

async function dispatch(
	argv: string[],
	signal: AbortSignal,
	onDocument: (document: WrittenDocument) => void,
): Promise<void> {
	const [name, ...rest] = argv;
	if (name === undefined) throw new UsageError("a command is missing");
	if (["help", "--help", "-h"].includes(name)) return write(process.stdout, helpOf(rest[0] ?? ""));
	if (["version", "--version", "-V"].includes(name)) return write(process.stdout, `${await version()}\n`);
	const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
	if (findOperation(name)?.kind === "grouping")
		throw new UsageError(`${name} precedes a reduction, as a flag of it: zarrscope mean SOURCE VAR --${name} …`);
	if (!command)
		throw new UsageError(
			name.startsWith("-") ? `the command comes first, before ${name}` : `there is no command ${name}`,
		);
	const parsed = parseFlags(rest, command.flags, name);
	const flags = new Flags(parsed);
	if (flags.has("help")) return write(process.stdout, helpOf(name));
	checkArguments(name, command.arguments, parsed.positionals);
	await command.run({ arguments: parsed.positionals, flags, signal, onDocument });
}

function checkArguments(name: string, wanted: string[], given: string[]): void {
	const missing = wanted[given.length];
	if (missing && !missing.endsWith("?"))
		throw new UsageError(`${name} wants ${wanted.filter((w) => !w.endsWith("?")).join(" and ")}`);
	if (given[0] === "") throw new UsageError(`${name} has an empty argument`);
	const extra = given[wanted.length];
	if (extra !== undefined) throw new UsageError(`${name} does not take ${extra}`);
}

/** The package's version; this file is js/dist/cli/main.js in it. */
async function version(): Promise<string> {
	const text = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
	return String((JSON.parse(text) as { version: string }).version);
}
