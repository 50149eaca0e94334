/** The commands: each takes what stood on the command line and gives nothing back, or throws. */

import { stat } from "node:fs/promises";
import { open } from "../api/dataset.js";
import type { Result } from "../api/result.js";
import type { AnalysisDocument } from "../api/spec.js";
import { toPython } from "../python/python.js";
import { compute, explain, printFooter, startWorkers, unlessAborted } from "./compute.js";
import { costText } from "./cost.js";
import { readDocument } from "./docfile.js";
import { documentOf, type WrittenDocument } from "./document.js";
import type { Flags, FlagTable } from "./flags.js";
import { jsonOf } from "./json.js";
import { COMMON_FLAGS, OPERATIONS, SOURCE_FLAGS, STORAGE_FLAGS } from "./operations.js";
import { checkOutput, RESULT_KINDS, writeResult } from "./output.js";
import { drawTo, PICTURE_KINDS, PLOT_FLAGS, pictureOptions } from "./picture.js";
import { publicDocument } from "./secrets.js";
import { startServer } from "./server.js";
import { storageOf } from "./storage.js";
import { write, writeAll } from "./streams.js";
import { summaryOf } from "./summary.js";
import { treeOf } from "./tree.js";
import { UsageError } from "./usage.js";

/** What a command gets. */
export interface Call {
	arguments: string[];
	flags: Flags;
	signal: AbortSignal;
	/** To be told the document as soon as there is one: errors must not repeat what is secret in it. */
	onDocument(document: WrittenDocument): void;
}

/** A command. */
export interface Command {
	flags: FlagTable;
	/** Names of its arguments; those that end in `?` may be absent. */
	arguments: string[];
	run(call: Call): Promise<void>;
}

const DOCUMENT_FLAGS: FlagTable = { ...COMMON_FLAGS, ...STORAGE_FLAGS };

/** All commands by name. */
export const COMMANDS: Record<string, Command> = {
	info: { flags: { ...COMMON_FLAGS, ...STORAGE_FLAGS }, arguments: ["SOURCE", "VAR?"], run: info },
	run: { flags: DOCUMENT_FLAGS, arguments: ["DOC.json"], run: runDocumentFile },
	explain: { flags: DOCUMENT_FLAGS, arguments: ["DOC.json"], run: explainDocument },
	python: { flags: { ...DOCUMENT_FLAGS, cluster: "switch" }, arguments: ["DOC.json"], run: python },
	plot: { flags: { ...DOCUMENT_FLAGS, ...PLOT_FLAGS }, arguments: ["DOC.json"], run: plot },
	serve: { flags: { port: "value", host: "value", quiet: "switch", help: "switch" }, arguments: ["DIR"], run: serve },
	...Object.fromEntries(Object.keys(OPERATIONS).map((op) => [op, operation(op)])),
};

function operation(op: string): Command {
	return {
		flags: { ...COMMON_FLAGS, ...STORAGE_FLAGS, ...SOURCE_FLAGS, ...OPERATIONS[op] },
		arguments: ["SOURCE", "VAR"],
		async run(call) {
			const [source = "", variable = ""] = call.arguments;
			const document = documentOf(op, source, variable, call.flags);
			call.onDocument(document);
			if (call.flags.has("document")) await printDocument(document);
			else await computeAndShow(document, call);
		},
	};
}

/** The document instead of its result; what is secret in it stays behind. */
async function printDocument(document: WrittenDocument): Promise<void> {
	await write(process.stdout, `${JSON.stringify(publicDocument(document), null, 2)}\n`);
}

async function info({ arguments: [source = "", variable], flags, signal, onDocument }: Call): Promise<void> {
	const storage = storageOf(flags);
	onDocument({ version: 1, source, variable: "", ...(storage ? { storage } : {}) });
	if (flags.has("out")) throw new UsageError("info has no flag --out");
	await startWorkers(flags);
	const options = { signal, ...(variable ? { variable } : {}), ...(storage ? { storage } : {}) };
	const dataset = await unlessAborted(open(source, options), signal);
	await write(process.stdout, flags.has("json") ? `${JSON.stringify(dataset.info)}\n` : treeOf(dataset));
}

async function runDocumentFile(call: Call): Promise<void> {
	await computeAndShow(await documentFile(call), call);
}

async function explainDocument(call: Call): Promise<void> {
	const { flags, signal } = call;
	if (flags.has("out")) throw new UsageError("explain has no flag --out");
	const cost = await explain(await documentFile(call), flags, signal);
	await write(process.stdout, flags.has("json") ? `${JSON.stringify(cost)}\n` : costText(cost));
}

/** The document as Python; its source is opened for what it tells of itself. */
async function python(call: Call): Promise<void> {
	const { flags, signal } = call;
	if (flags.has("out")) throw new UsageError("python has no flag --out: it writes to standard output");
	const document = (await documentFile(call)) as AnalysisDocument;
	await startWorkers(flags);
	const { source, storage, variable, variables } = document;
	const path = variables?.[0] ?? variable;
	const options = { signal, ...(path ? { variable: path } : {}), ...(storage ? { storage } : {}) };
	const dataset = await unlessAborted(open(source, options), signal);
	await write(process.stdout, toPython(document, { dataset, cluster: flags.has("cluster") }));
}

async function plot(call: Call): Promise<void> {
	const { flags, signal } = call;
	const path = flags.text("out");
	if (path === undefined) throw new UsageError("plot wants -o FILE.svg or -o FILE.png");
	const options = pictureOptions(flags);
	const document = await documentFile(call);
	await checkOutput(path, PICTURE_KINDS, document.source);
	const result = await compute(document, flags, signal);
	const other = flags.text("behind");
	const behind = other === undefined ? undefined : await compute(await readDocument(other), flags, signal);
	await drawTo(path, document, result, behind ? { ...options, behind } : options, signal);
	if (flags.has("json")) await writeAll(process.stdout, jsonOf(result));
	else if (!flags.has("quiet")) await write(process.stderr, `wrote ${path}\n`);
	await printFooter(result, flags);
}

/** The document of a call, with what its flags add on how to reach the store. */
async function documentFile({ arguments: [path = ""], flags, onDocument }: Call): Promise<WrittenDocument> {
	const document = await readDocument(path);
	const storage = storageOf(flags);
	const whole = storage ? { ...document, storage: { ...document.storage, ...storage } } : document;
	onDocument(whole);
	return whole;
}

async function computeAndShow(document: WrittenDocument, { flags, signal }: Call): Promise<void> {
	const path = flags.text("out");
	if (path !== undefined) await checkOutput(path, RESULT_KINDS, document.source);
	const result: Result = await compute(document, flags, signal);
	if (path !== undefined) await writeResult(path, result);
	if (flags.has("json")) await writeAll(process.stdout, jsonOf(result));
	else if (path === undefined) await write(process.stdout, summaryOf(result));
	else if (!flags.has("quiet")) await write(process.stderr, `wrote ${path}\n`);
	await printFooter(result, flags);
}

async function serve({ arguments: [root = ""], flags, signal }: Call): Promise<void> {
	const port = flags.integer("port", 0) ?? 8000;
	if (port > 65535) throw new UsageError(`--port is at most 65535, not ${port}`);
	if (!(await stat(root).catch(() => undefined))?.isDirectory()) throw new UsageError(`there is no folder ${root}`);
	const host = flags.text("host") ?? "127.0.0.1";
	const server = await startServer(root, { port, host }).catch((error: NodeJS.ErrnoException) => {
		throw new UsageError(`cannot listen on ${host} port ${port}: ${error.code ?? error.message}`);
	});
	const hint = flags.has("quiet") ? "" : "Ctrl-C ends it.\n";
	await write(process.stdout, `Serving ${root} at ${server.url}\n${hint}`);
	// Ending a server is what Ctrl-C is for: no error.
	if (!signal.aborted) await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
	await server.close();
}
