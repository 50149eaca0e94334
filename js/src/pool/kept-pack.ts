/**
 * A file of partials: a head that lists keys, lengths and checksums, then the bytes of one after the other. The head is
 * written last; a file that is not whole, or not what was written, is read as far as its checksums agree, which may be not at
 * all.
 *
 * | bytes | what |
 * |---|---|
 * | 8 | `zskept01` |
 * | 8 | when it was last used: no part of any checksum |
 * | 4 | number of entries, little-endian |
 * | 4 | zero |
 * | 16 | checksum of the entries |
 * | 42 each | key (22 characters), length (4), checksum (16) |
 */

/** A partial by its key. */
export type Keyed = [key: string, bytes: Uint8Array];

/** Where a partial lies in a file. */
export interface Located {
	key: string;
	at: number;
	length: number;
	sum: string;
}

const MAGIC = "zskept01";
const HEAD_BYTES = 40;
const KEY_CHARS = 22;
const SUM_BYTES = 16;
const ENTRY_BYTES = KEY_CHARS + 4 + SUM_BYTES;
/** Where the time of the last use stands. */
export const USED_AT = 8;
/** Entries of a file. */
export const MAX_ENTRIES = 1 << 14;

/** The head of a file of partials, which says all of it. */
export async function headOf(partials: Keyed[]): Promise<Uint8Array<ArrayBuffer>> {
	const head = new Uint8Array(HEAD_BYTES + partials.length * ENTRY_BYTES);
	const view = new DataView(head.buffer);
	const text = new TextEncoder();
	const sums = await Promise.all(partials.map(([, bytes]) => checksum(bytes)));
	for (const [i, [key, bytes]] of partials.entries()) {
		const at = HEAD_BYTES + i * ENTRY_BYTES;
		head.set(text.encode(key).subarray(0, KEY_CHARS), at);
		view.setUint32(at + KEY_CHARS, bytes.byteLength, true);
		head.set(sums[i] ?? [], at + KEY_CHARS + 4);
	}
	text.encodeInto(MAGIC, head);
	view.setUint32(16, partials.length, true);
	head.set(await checksum(head.subarray(HEAD_BYTES)), 24);
	return head;
}

/** What a file holds; nothing if it is none, or not whole. */
export async function entriesOf(file: Blob): Promise<Located[]> {
	const start = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
	if (start.length < HEAD_BYTES || textOf(start.subarray(0, MAGIC.length)) !== MAGIC) return [];
	const count = new DataView(start.buffer).getUint32(16, true);
	const end = HEAD_BYTES + count * ENTRY_BYTES;
	if (count > MAX_ENTRIES || end > file.size) return [];
	const table = new Uint8Array(await file.slice(HEAD_BYTES, end).arrayBuffer());
	if (textOf(await checksum(table)) !== textOf(start.subarray(24))) return [];
	const view = new DataView(table.buffer);
	const entries: Located[] = [];
	for (let i = 0, at = end; i < count; i += 1) {
		const from = i * ENTRY_BYTES;
		const length = view.getUint32(from + KEY_CHARS, true);
		const key = textOf(table.subarray(from, from + KEY_CHARS));
		entries.push({ key, at, length, sum: textOf(table.subarray(from + KEY_CHARS + 4, from + ENTRY_BYTES)) });
		at += length;
	}
	return entries;
}

/** An entry's bytes; nothing if they are not those that were written. */
export async function bytesOf(file: Blob, { at, length, sum }: Located): Promise<Uint8Array | undefined> {
	const bytes = new Uint8Array(await file.slice(at, at + length).arrayBuffer());
	return bytes.length === length && textOf(await checksum(bytes)) === sum ? bytes : undefined;
}

async function checksum(bytes: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)).subarray(0, SUM_BYTES);
}

/** Bytes as text of the same length. */
function textOf(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}
