/** `--out`: a result in a file, its kind told by the name's end. The way is looked at before anything is computed. */

import { mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "../api/result.js";
import { jsonOf } from "./json.js";
import { npyOf } from "./npy.js";
import { UsageError } from "./usage.js";
import { fieldsOf } from "./variables.js";
import { zarrOf } from "./zarrstore.js";

const KINDS = [".json", ".csv", ".npy", ".zarr"];
const ZARR_MARKS = [".zgroup", ".zarray", ".zmetadata", "zarr.json"];

/**
 * Sees to it that a file can be written.
 *
 * @throws {UsageError} for another kind of file, a folder that is not there, or one that would be lost.
 */
export async function checkOutput(path: string, kinds: string[], source: string): Promise<void> {
	const kind = extname(path).toLowerCase();
	if (!kinds.includes(kind)) throw new UsageError(`--out wants a name ending in ${kinds.join(", ")}, not ${path}`);
	const folder = dirname(resolve(path));
	if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw new UsageError(`there is no folder ${folder}`);
	const there = await stat(path).catch(() => undefined);
	if (kind !== ".zarr") {
		if (there?.isDirectory()) throw new UsageError(`${path} is a folder`);
		return;
	}
	if (!there) return;
	const names = there.isDirectory() ? await readdir(path) : undefined;
	if (!names || (names.length > 0 && !ZARR_MARKS.some((mark) => names.includes(mark)))) {
		throw new UsageError(`${path} is there and is no Zarr store; it is not overwritten`);
	}
	if (await holds(path, source)) throw new UsageError(`${path} is what is read from; it is not overwritten`);
}

/** Kinds of files that hold results. */
export const RESULT_KINDS = KINDS;

/** Writes a result. */
export async function writeResult(path: string, result: Result): Promise<void> {
	switch (extname(path).toLowerCase()) {
		case ".json":
			return writePieces(path, jsonOf(result));
		case ".csv":
			return writeFile(path, result.toCSV());
		case ".npy":
			return writePieces(path, npyOf(fieldsOf(result)));
		default:
			return writeStore(path, zarrOf(result));
	}
}

async function writePieces(path: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
	const file = await open(path, "w");
	try {
		for (const piece of pieces) await file.writeFile(piece);
	} finally {
		await file.close();
	}
}

/** Writes beside, then puts in place: an old store is whole until the new one is. */
async function writeStore(path: string, files: Map<string, Uint8Array>): Promise<void> {
	const target = resolve(path);
	const beside = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
	try {
		for (const [name, bytes] of files) {
			await mkdir(dirname(join(beside, name)), { recursive: true });
			await writeFile(join(beside, name), bytes);
		}
		await rm(target, { recursive: true, force: true });
		await rename(beside, target);
	} finally {
		await rm(beside, { recursive: true, force: true });
	}
}

/** Whether a local source lies in a folder. */
async function holds(folder: string, source: string): Promise<boolean> {
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source) && !source.startsWith("file:")) return false;
	const path = source.startsWith("file:") ? fileURLToPath(source.split(/[?#]/)[0] ?? source) : source;
	const [inner, outer] = await Promise.all([path, folder].map((p) => realpath(p).catch(() => resolve(p))));
	return inner === outer || (inner ?? "").startsWith(`${outer}${sep}`);
}
