/** Files at hand as sources: a folder or a ZIP that a page was given, or a store made in memory. */

import { ZarrscopeError } from "../errors.js";
import type { LocalFiles } from "../pool/fetch-local.js";
import { session } from "./session.js";

/**
 * Files that are a store, or hold one: what `<input type="file" webkitdirectory>` gives (`FileList`, `File[]`), one `File`
 * (a ZIP, or Kerchunk's references), a handle of the File System Access API, or bytes by key as in zarr-python's
 * `MemoryStore`.
 */
export type Files =
	| File
	| Iterable<File>
	| ArrayLike<File>
	| FileSystemHandle
	| Map<string, Bytes>
	| Record<string, Bytes>;

/** The bytes of a key. Text is taken as UTF-8. */
export type Bytes = Blob | ArrayBuffer | ArrayBufferView | string;

let lastKey = 0;

/**
 * Makes files known to all workers, and gives the address that stands for them (`local://…`) wherever a source can stand,
 * in this page or process only. Nothing is read or sent anywhere. `releaseFiles` lets go of them.
 *
 * @throws {ZarrscopeError} `invalid_document` for what holds no files.
 */
export async function registerFiles(files: Files): Promise<string> {
	const [known, root] = await named(files);
	lastKey += 1;
	const key = String(lastKey);
	session().files(key, known);
	const path = root.split("/").filter(Boolean).map(encodeURIComponent).join("/");
	return `local://${key}/${path}`;
}

/** Lets go of files: their address leads nowhere then. */
export function releaseFiles(source: string): void {
	const key = /^local:\/\/([^/]*)/.exec(source)?.[1];
	if (key) session().files(key, undefined);
}

/** Files by path, and the path at which a store is to be looked for. */
async function named(files: Files): Promise<[LocalFiles, string]> {
	if (typeof FileSystemHandle !== "undefined" && files instanceof FileSystemHandle) {
		if (files.kind === "directory") return [files as FileSystemDirectoryHandle, files.name];
		return named(await (files as FileSystemFileHandle).getFile());
	}
	if (files instanceof Blob) {
		const { name = "data" } = files as Partial<File>;
		return [new Map([[name, files]]), name];
	}
	const byPath = new Map<string, Blob>();
	for (const [path, bytes] of entries(files)) {
		const clean = path.split("/").filter((part) => part !== "" && part !== ".");
		byPath.set(clean.join("/"), bytes instanceof Blob ? bytes : new Blob([bytes as BlobPart]));
	}
	if (byPath.size === 0) throw new ZarrscopeError({ code: "invalid_document", message: "there are no files" });
	return [byPath, topOf(byPath)];
}

function* entries(files: object): Iterable<[string, Bytes]> {
	if (files instanceof Map) {
		yield* files;
	} else if (Symbol.iterator in files || "length" in files) {
		for (const file of Array.from(files as ArrayLike<File>)) yield [file.webkitRelativePath || file.name, file];
	} else {
		yield* Object.entries(files);
	}
}

/** The folder or file that everything lies in. */
function topOf(files: Map<string, Blob>): string {
	const tops = new Set(Array.from(files.keys(), (path) => path.split("/")[0] ?? ""));
	const [top = ""] = tops;
	// A store of its metadata alone is no folder of that name.
	return tops.size === 1 && !/^(zarr\.json|\.z\w+)$/.test(top) ? top : "";
}
