/** What was dropped on the page, as files: folders are walked, or handed on unread where the browser can do that. */

import type { Files } from "zarrscope";

/** The files of a drop; undefined where it holds none. To be called while the event is handled: the items die with it. */
export function droppedFiles(transfer: DataTransfer): Promise<Files> | undefined {
	const items = Array.from(transfer.items).filter((item) => item.kind === "file");
	const [first] = items;
	if (!first) return undefined;
	const asHandle = (first as Partial<HandleItem>).getAsFileSystemHandle;
	// One folder of a hundred thousand chunks: its handle is read as far as it is needed.
	if (items.length === 1 && asHandle) {
		const entry = first.webkitGetAsEntry();
		return asHandle
			.call(first)
			.then((handle) => handle ?? Promise.reject(new Error("no handle")))
			.catch((error: unknown) => (entry ? walk([entry]) : Promise.reject(error)));
	}
	const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
	const files = Array.from(transfer.files);
	return entries.length > 0 ? walk(entries) : Promise.resolve(files);
}

/** Not in TypeScript's library yet. */
interface HandleItem {
	getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}

/** All files below entries, by their path. */
async function walk(entries: FileSystemEntry[]): Promise<Files> {
	const [only] = entries;
	if (entries.length === 1 && only?.isFile) return fileOf(only as FileSystemFileEntry);
	const files = new Map<string, Blob>();
	const open = [...entries];
	for (let entry = open.pop(); entry; entry = open.pop()) {
		if (entry.isDirectory) open.push(...(await entriesIn(entry as FileSystemDirectoryEntry)));
		else files.set(entry.fullPath.replace(/^\/+/, ""), await fileOf(entry as FileSystemFileEntry));
	}
	return files;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives a hundred at a time, and none in the end. */
async function entriesIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
	const reader = folder.createReader();
	const all: FileSystemEntry[] = [];
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
		if (some.length === 0) return all;
		all.push(...some);
	}
}
