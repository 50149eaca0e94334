/** Documents from files and standard input. */

import { readFile } from "node:fs/promises";
import { ZarrscopeError } from "../errors.js";
import type { WrittenDocument } from "./document.js";
import { UsageError } from "./usage.js";

/**
 * The document in a file; `-` is standard input. What it says is left to the core, but for what is needed to open it.
 *
 * @throws {UsageError} if there is no such file, or no JSON in it.
 */
export async function readDocument(path: string): Promise<WrittenDocument> {
	const name = path === "-" ? "standard input" : path;
	let text: string;
	try {
		text = path === "-" ? await standardInput() : await readFile(path, "utf8");
	} catch (error) {
		throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
	}
	let document: unknown;
	try {
		document = JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch {
		// The parser's own message quotes the text, which may hold a token.
		throw new UsageError(`${name} is not JSON`);
	}
	return checked(document);
}

function checked(document: unknown): WrittenDocument {
	if (typeof document !== "object" || document === null || Array.isArray(document)) {
		throw new ZarrscopeError({ code: "invalid_document", message: "the document is not an object" });
	}
	const { variables } = document as { variables?: unknown };
	for (const member of Array.isArray(variables) ? ["source"] : ["source", "variable"]) {
		const value = (document as Record<string, unknown>)[member];
		// An empty variable is the array at the source itself.
		if (typeof value === "string" && (value !== "" || member === "variable")) continue;
		const message = `\`${member}\`: expected a text, got ${JSON.stringify(value) ?? "nothing"}`;
		throw new ZarrscopeError({ code: "invalid_document", message });
	}
	return document as WrittenDocument;
}

async function standardInput(): Promise<string> {
	const blocks: Buffer[] = [];
	for await (const block of process.stdin) blocks.push(block as Buffer);
	return Buffer.concat(blocks).toString("utf8");
}
