/**
 * `fetch` for files at hand: `local://KEY/path` answers as a range server would, folders with a listing. The files are a
 * page's own (dropped, chosen, made); they never leave the machine.
 */

import { parseRange } from "./ranges.js";

/** Files by their path, or a folder that is read as far as it is asked for. */
export type LocalFiles = Map<string, Blob> | FileSystemDirectoryHandle;

/** What is longer is handed over piece by piece; what is shorter is read before it is answered, so that failures are told. */
const MAX_READ_BYTES = 64 << 20;

/** Answers for an address of files at hand. */
export async function fetchLocal(
	known: ReadonlyMap<string, LocalFiles>,
	url: string,
	options: RequestInit = {},
): Promise<Response> {
	options.signal?.throwIfAborted();
	const [, key = "", path = ""] = /^local:\/\/([^/?#]*)\/?([^?#]*)/.exec(url) ?? [];
	const files = known.get(key);
	const parts = path.split("/").map(decoded);
	if (!files || parts.some((part) => part === undefined || part === "..")) return missing();
	try {
		if (parts.at(-1) !== "") return await answer(await fileAt(files, parts as string[]), options);
		const names = await namesIn(files, parts.slice(0, -1) as string[]);
		return names ? listing(names) : missing();
	} catch (error) {
		// What was chosen has been changed, moved or removed since: browsers then refuse to read it.
		if (error instanceof DOMException && error.name !== "AbortError") return new Response(null, { status: 412 });
		throw error;
	}
}

async function answer(file: Blob | undefined, { method, headers }: RequestInit): Promise<Response> {
	if (!file) return missing();
	if (method === "HEAD") return new Response(null, { headers: { "Content-Length": `${file.size}` } });
	const range = parseRange(new Headers(headers).get("range"), file.size);
	if (range === "outside") return new Response(null, { status: 416 });
	const [start, end] = range ?? [0, file.size];
	const part = file.slice(start, end);
	const body = part.size > MAX_READ_BYTES ? part.stream() : await part.arrayBuffer();
	if (!range) return new Response(body);
	return new Response(body, { status: 206, headers: { "Content-Range": `bytes ${start}-${end - 1}/${file.size}` } });
}

async function fileAt(files: LocalFiles, parts: string[]): Promise<Blob | undefined> {
	if (files instanceof Map) return files.get(parts.join("/"));
	const folder = await folderAt(files, parts.slice(0, -1));
	return orNothing(folder?.getFileHandle(parts.at(-1) ?? "").then((handle) => handle.getFile()));
}

/** Names in a folder, those of folders with a slash; nothing if there is no such folder. */
async function namesIn(files: LocalFiles, parts: string[]): Promise<Iterable<string> | undefined> {
	if (files instanceof Map) return indexOf(files).get(parts.join("/"));
	const folder = await folderAt(files, parts);
	if (!folder) return undefined;
	const names: string[] = [];
	for await (const [name, entry] of entriesOf(folder)) names.push(entry.kind === "directory" ? `${name}/` : name);
	return names;
}

/** Not in TypeScript's library yet. */
function entriesOf(folder: FileSystemDirectoryHandle): AsyncIterable<[string, FileSystemHandle]> {
	return (folder as unknown as { entries(): AsyncIterable<[string, FileSystemHandle]> }).entries();
}

/** The first part is the name of the folder that was chosen. */
async function folderAt(root: FileSystemDirectoryHandle, parts: string[]) {
	if (parts[0] !== root.name) return undefined;
	let folder: FileSystemDirectoryHandle | undefined = root;
	for (const part of parts.slice(1)) folder = await orNothing(folder?.getDirectoryHandle(part));
	return folder;
}

/** No such entry, or one of the other kind, or a name that no entry can have: nothing. */
async function orNothing<T>(found: Promise<T> | undefined): Promise<T | undefined> {
	return found?.catch((error) => {
		if (error instanceof TypeError || ["NotFoundError", "TypeMismatchError"].includes(error?.name)) return undefined;
		throw error;
	});
}

const indexes = new WeakMap<Map<string, Blob>, Map<string, Set<string>>>();

/** Names by folder, made once. */
function indexOf(files: Map<string, Blob>): Map<string, Set<string>> {
	const known = indexes.get(files);
	if (known) return known;
	const index = new Map<string, Set<string>>();
	for (const path of files.keys()) {
		const parts = path.split("/");
		for (let depth = 0; depth < parts.length; depth += 1) {
			const folder = parts.slice(0, depth).join("/");
			const names = index.get(folder) ?? new Set();
			index.set(folder, names);
			names.add(`${parts[depth]}${depth < parts.length - 1 ? "/" : ""}`);
		}
	}
	indexes.set(files, index);
	return index;
}

function listing(names: Iterable<string>): Response {
	const links = Array.from(names, (name) => {
		const [bare, slash] = name.endsWith("/") ? [name.slice(0, -1), "/"] : [name, ""];
		return `<a href="${encodeURIComponent(bare)}${slash}"></a>`;
	});
	return new Response(links.join("\n"), { headers: { "Content-Type": "text/html" } });
}

function missing(): Response {
	return new Response(null, { status: 404 });
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
