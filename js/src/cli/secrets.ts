/** What may reach a terminal: no query strings, passwords or header values, and nothing that steers the terminal. */

import { withEach } from "../api/operations/assemble.js";
import type { AnalysisDocument, Storage } from "../api/spec.js";
import type { WrittenDocument } from "./document.js";

/** Shorter values than this are words that a message may well contain by itself. */
const LEAST_SECRET = 6;

/** Takes secrets and control characters out of a text, and makes one line of it. */
export function scrub(text: string, ...storages: (Storage | undefined)[]): string {
	let clean = text
		.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@"']*@/gi, "$1")
		.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s?"']*)\?[^\s#"']*/gi, "$1");
	for (const secret of storages.flatMap(secretsOf)) clean = clean.replaceAll(secret, "…");
	return printable(clean).trim();
}

/** A text from a stranger's store, without the characters that move cursors and change colours. */
export function printable(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
	return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

/** The address without what may be secret. */
export function publicAddress(source: string): string {
	return scrub(source);
}

/** A document, and those in its steps, without what may be secret. */
export function publicDocument(document: WrittenDocument): AnalysisDocument {
	return withEach(document as unknown as AnalysisDocument, ({ storage, ...rest }) => {
		const { headers: _, query: __, ...open } = storage ?? {};
		const shown = Object.keys(open).length > 0 ? { storage: open } : {};
		return { ...rest, source: publicAddress(rest.source), ...shown };
	});
}

/** How to reach the stores of a document, and of those in its steps. */
export function storagesOf(document: WrittenDocument): Storage[] {
	const storages: Storage[] = [];
	withEach(document as unknown as AnalysisDocument, (each) => {
		if (each.storage) storages.push(each.storage);
		return each;
	});
	return storages;
}

function secretsOf(storage: Storage | undefined): string[] {
	if (typeof storage !== "object" || storage === null) return [];
	const values = [storage.query, ...Object.values(storage.headers ?? {})];
	return values.filter((value): value is string => typeof value === "string" && value.length >= LEAST_SECRET);
}
