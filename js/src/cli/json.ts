/** A result's JSON in pieces: one text of a large field would be longer than a string can be. */

import type { Result } from "../api/result.js";

/** Values in a piece. */
const PIECE = 16384;

/** The contract's JSON of a result, ended by a newline. */
export function* jsonOf(result: Result): Generator<string> {
	yield* objectOf(result.toJSON());
	yield "\n";
}

function* objectOf(members: Record<string, unknown>): Generator<string> {
	let before = "{";
	for (const [name, value] of Object.entries(members)) {
		if (value === undefined) continue;
		yield `${before}${JSON.stringify(name)}:`;
		before = ",";
		if (Array.isArray(value) && value.length > PIECE) yield* listOf(value);
		else if (isPlain(value)) yield* objectOf(value);
		else yield JSON.stringify(value);
	}
	yield before === "{" ? "{}" : "}";
}

function* listOf(values: unknown[]): Generator<string> {
	for (let start = 0; start < values.length; start += PIECE) {
		const piece = JSON.stringify(values.slice(start, start + PIECE)).slice(1, -1);
		yield (start === 0 ? "[" : ",") + piece;
	}
	yield "]";
}

function isPlain(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value) && !("toJSON" in value);
}
