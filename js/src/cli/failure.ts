/** How an error leaves the command line: one line on standard error, an object on standard output, an exit status. */

import type { Storage } from "../api/spec.js";
import { type ErrorCode, type ErrorDetails, toError, ZarrscopeError } from "../errors.js";
import { scrub } from "./secrets.js";
import { write } from "./streams.js";
import { UsageError } from "./usage.js";

/** Exit statuses: the contract's, and the shell's for an interrupted process. */
export const STATUS = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Reports an error and gives the exit status. */
export async function report(thrown: unknown, json: boolean, storages: Storage[] = []): Promise<number> {
	if (thrown instanceof UsageError) {
		await write(process.stderr, `zarrscope: usage: ${scrub(thrown.message, ...storages)}\nTry “zarrscope --help”.\n`);
		return STATUS.usage;
	}
	const error = errorOf(thrown);
	await write(process.stderr, `zarrscope: ${error.code}: ${scrub(error.message, ...storages)}\n`);
	if (json) await write(process.stdout, `${JSON.stringify({ error: publicDetails(error.details, storages) })}\n`);
	return error.code === "aborted" ? STATUS.interrupted : STATUS.failed;
}

function publicDetails(details: ErrorDetails, storages: Storage[]): ErrorDetails {
	const clean = Object.entries(details).map(([name, value]) => [
		name,
		typeof value === "string" ? scrub(value, ...storages) : value,
	]);
	return Object.fromEntries(clean) as ErrorDetails;
}

/** Node's errors about files, and results that outgrow a string or an array, in the contract's codes. */
const CODES: Record<string, ErrorCode> = {
	ENOENT: "not_found",
	ENOTDIR: "not_found",
	EACCES: "forbidden",
	EPERM: "forbidden",
	EROFS: "forbidden",
	ENOSPC: "too_large",
	EFBIG: "too_large",
	EDQUOT: "too_large",
	EISDIR: "unsupported",
	ERR_STRING_TOO_LONG: "too_large",
	ERR_OUT_OF_RANGE: "too_large",
};

function errorOf(thrown: unknown): ZarrscopeError {
	if (thrown instanceof ZarrscopeError) return thrown;
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	const code =
		typeof thrown === "object" && thrown !== null && "code" in thrown ? CODES[String(thrown.code)] : undefined;
	if (code) return new ZarrscopeError({ code, message });
	if (thrown instanceof RangeError) return new ZarrscopeError({ code: "too_large", message });
	// What a worker sent has a code of its own; anything else is a fault of ours.
	return thrown instanceof Error ? new ZarrscopeError({ code: "worker_crashed", message }) : toError(thrown);
}
