// A target's kept corpus as one file: gzip over inputs, each behind its length in four bytes (little-endian).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

/** The inputs in a folder, in order of length. */
export function inputsOf(folder) {
	if (!existsSync(folder)) return [];
	const inputs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
	return inputs.sort((a, b) => a.length - b.length || Buffer.compare(a, b));
}

/** Writes a corpus's inputs into an empty folder; says how many. */
export function unpack(file, folder) {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	if (!existsSync(file)) return 0;
	const bytes = gunzipSync(readFileSync(file));
	let count = 0;
	for (let at = 0; at < bytes.length; count++) {
		const len = bytes.readUInt32LE(at);
		writeFileSync(join(folder, `kept-${String(count).padStart(4, "0")}`), bytes.subarray(at + 4, at + 4 + len));
		at += 4 + len;
	}
	return count;
}

/** Keeps inputs; none, no file. */
export function pack(inputs, file) {
	if (inputs.length === 0) {
		rmSync(file, { force: true });
		return;
	}
	const parts = inputs.flatMap((input) => {
		const len = Buffer.alloc(4);
		len.writeUInt32LE(input.length);
		return [len, input];
	});
	writeFileSync(file, gzipSync(Buffer.concat(parts), { level: 9 }));
}
