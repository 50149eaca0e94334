/**
 * Partials that are kept on disk, where the browser has a private file system for the page's origin (OPFS). It is used from
 * a worker, by synchronous handles: these alone write in all browsers (`createWritable` came to Safari late).
 *
 * Several pages may use the folder at once. A file is written once, under a name that nobody else has, and read as far as its
 * checksums agree; whatever fails is a partial that is not there, and is told to nobody.
 */

import { isOutdated } from "./kept.js";
import { bytesOf, entriesOf, headOf, type Keyed, type Located, USED_AT } from "./kept-pack.js";

const FOLDER = "zarrscope-partials";
/** Files of the folder, however small they are. */
const MAX_FILES = 256;
/** Files that were used within this time need not be told that they are used again. */
const USED_MS = 10 * 60 * 1000;

/** Not in TypeScript's library for pages. */
interface SyncHandle {
	write(bytes: BufferSource, options: { at: number }): number;
	flush(): void | Promise<void>;
	close(): void | Promise<void>;
}
type FileHandle = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncHandle> };
type Folder = FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };

/** The folder; nothing where there is none. */
async function folderOf(create: boolean): Promise<Folder | undefined> {
	try {
		const top = await navigator.storage.getDirectory();
		return (await top.getDirectoryHandle(FOLDER, { create })) as Folder;
	} catch {
		return undefined;
	}
}

/** Removes everything that is kept on disk, from whatever thread. */
export async function forgetStored(): Promise<void> {
	const folder = await folderOf(false);
	if (folder) await new KeptOnDisk(0).forget();
}

/** Partials by key, in files by source. */
export class KeptOnDisk {
	readonly #maxBytes: number;
	/** Files that have been read, and what they hold. */
	readonly #read = new Set<string>();
	readonly #entries = new Map<string, Located & { name: string }>();
	/** Files that the runs under way have used. */
	readonly #used = new Map<string, number>();
	#isFull = false;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Learns what there is of a source. */
	async look(source: string): Promise<void> {
		const folder = await folderOf(false);
		if (!folder) return;
		const names = (await namesIn(folder)).filter((name) => sourceOf(name) === source && !this.#read.has(name));
		await Promise.all(
			names.map(async (name) => {
				if (isOutdated(madeAt(name))) return;
				const file = await fileOf(folder, name);
				const entries = file ? await entriesOf(file).catch(() => []) : [];
				// One that is not whole may still be written by another page.
				if (entries.length > 0) this.#read.add(name);
				for (const entry of entries) this.#entries.set(entry.key, { ...entry, name });
			}),
		);
	}

	/** Reads partials for a run; those that are not there are left out. */
	async get(keys: string[], run: number): Promise<Map<string, { bytes: Uint8Array; made: number }>> {
		const found = new Map<string, { bytes: Uint8Array; made: number }>();
		const wanted = keys.flatMap((key) => this.#entries.get(key) ?? []);
		const folder = wanted.length > 0 ? await folderOf(false) : undefined;
		if (!folder) return found;
		const files = new Map<string, Promise<File | undefined>>();
		await Promise.all(
			wanted.map(async (entry) => {
				const { name, key } = entry;
				if (isOutdated(madeAt(name))) return;
				const opening = files.get(name) ?? fileOf(folder, name);
				files.set(name, opening);
				const file = await opening;
				const bytes = file && (await bytesOf(file, entry).catch(() => undefined));
				if (!bytes) {
					this.#entries.delete(key);
					return;
				}
				this.#used.set(name, run);
				found.set(key, { bytes, made: madeAt(name) });
			}),
		);
		return found;
	}

	/** Writes a run's partials as one file, after letting go of what has not been used for longest. */
	async write(source: string, partials: Keyed[], run: number): Promise<void> {
		const folder = this.#isFull ? undefined : await folderOf(true);
		if (!folder) return;
		const name = `${source}.${Date.now().toString(36)}.${crypto.randomUUID()}`;
		try {
			const head = await headOf(partials);
			const size = partials.reduce((sum, [, bytes]) => sum + bytes.byteLength, head.byteLength);
			if (!(await this.#makeRoom(folder, size, run))) return;
			this.#used.set(name, run);
			await writeFile(folder, name, head, partials);
			this.#read.add(name);
			const file = await fileOf(folder, name);
			for (const entry of file ? await entriesOf(file) : []) this.#entries.set(entry.key, { ...entry, name });
		} catch (error) {
			// The disk is full, or may not be written: it is not tried again by this worker. Not so if another page removed the
			// folder meanwhile.
			this.#isFull = (error as Error | undefined)?.name !== "NotFoundError";
			await folder.removeEntry(name).catch(() => {});
		}
	}

	/** Marks the files that a run has used, so that others go first. */
	async settle(run: number): Promise<void> {
		const names = Array.from(this.#used).flatMap(([name, by]) => (by === run ? [name] : []));
		for (const name of names) this.#used.delete(name);
		const folder = names.length > 0 ? await folderOf(false) : undefined;
		if (folder) await Promise.all(names.map((name) => touch(folder, name).catch(() => {})));
	}

	/** Removes what was computed of a source; everything, if none is named. */
	async forget(source?: string): Promise<void> {
		this.#read.clear();
		this.#entries.clear();
		const folder = await folderOf(false);
		if (!folder) return;
		const names = (await namesIn(folder)).filter((name) => source === undefined || sourceOf(name) === source);
		await Promise.all(names.map((name) => folder.removeEntry(name).catch(() => {})));
	}

	/** Removes old files, then those that were not used for longest, but none that the run itself has used. */
	async #makeRoom(folder: Folder, size: number, run: number): Promise<boolean> {
		if (size > this.#maxBytes) return false;
		const names = await namesIn(folder);
		const files = await Promise.all(
			names.map(async (name) => {
				const file = await fileOf(folder, name);
				return { name, size: file?.size ?? 0, used: isOutdated(madeAt(name)) ? 0 : (file?.lastModified ?? 0) };
			}),
		);
		files.sort((a, b) => a.used - b.used);
		let [bytes, count] = [files.reduce((sum, file) => sum + file.size, 0), files.length];
		for (const file of files) {
			const isFull = bytes + size > this.#maxBytes || count >= MAX_FILES;
			if (file.used > 0 && !isFull) break;
			if (this.#used.get(file.name) === run) continue;
			// Another page may have been faster, or be reading or writing it.
			const isGone = await folder.removeEntry(file.name).then(
				() => true,
				() => false,
			);
			if (!isGone) continue;
			this.#lose(file.name);
			bytes -= file.size;
			count -= 1;
		}
		return bytes + size <= this.#maxBytes && count < MAX_FILES;
	}

	#lose(name: string): void {
		for (const [key, entry] of this.#entries) if (entry.name === name) this.#entries.delete(key);
	}
}

async function namesIn(folder: Folder): Promise<string[]> {
	const names: string[] = [];
	try {
		for await (const name of folder.keys()) names.push(name);
	} catch {
		// Removed meanwhile.
	}
	return names;
}

function sourceOf(name: string): string {
	return name.split(".")[0] ?? "";
}

function madeAt(name: string): number {
	return Number.parseInt(name.split(".")[1] ?? "", 36);
}

async function fileOf(folder: Folder, name: string): Promise<File | undefined> {
	return folder
		.getFileHandle(name)
		.then((handle) => handle.getFile())
		.catch(() => undefined);
}

async function opened(folder: Folder, name: string, create: boolean): Promise<SyncHandle> {
	const handle = (await folder.getFileHandle(name, { create })) as FileHandle;
	if (!handle.createSyncAccessHandle) throw new Error("no synchronous handles");
	return handle.createSyncAccessHandle();
}

async function writeFile(folder: Folder, name: string, head: Uint8Array<ArrayBuffer>, partials: Keyed[]) {
	const handle = await opened(folder, name, true);
	try {
		let at = head.byteLength;
		for (const [, bytes] of partials) {
			whole(handle.write(bytes as BufferSource, { at }), bytes);
			at += bytes.byteLength;
		}
		await handle.flush();
		whole(handle.write(head, { at: 0 }), head);
		await handle.flush();
	} finally {
		await handle.close();
	}
}

/** A disk that is full may take a part only. */
function whole(written: number, bytes: Uint8Array): void {
	if (written !== bytes.byteLength) throw new Error("not all was written");
}

/** Writes the time of use into a file, and thereby its date. */
async function touch(folder: Folder, name: string): Promise<void> {
	const file = await fileOf(folder, name);
	if (!file || Date.now() - file.lastModified < USED_MS) return;
	const handle = await opened(folder, name, false);
	try {
		handle.write(new Float64Array([Date.now()]), { at: USED_AT });
	} finally {
		await handle.close();
	}
}
