/**
 * Reads `argv` by a table of flags. `node:util`'s parseArgs takes a value such as the `-5,30` of `--range -5,30` for a flag;
 * here a flag that wants a value takes the next argument, whatever it begins with, unless that is another `--flag`.
 */

import { UsageError } from "./usage.js";

/** What a flag takes: nothing, a value, or a value every time it is given. */
export type FlagKind = "switch" | "value" | "list";

/** Flags by their names, without dashes. */
export type FlagTable = Record<string, FlagKind>;

/** What stood on the command line. */
export interface Parsed {
	positionals: string[];
	/** The flags that were given, in order: order matters where they become steps. */
	given: { name: string; value: string }[];
}

const SHORT: Record<string, string> = { "-o": "out", "-h": "help", "-q": "quiet" };

/** Splits arguments into positionals and flags. */
export function parseFlags(argv: string[], table: FlagTable, command: string): Parsed {
	const parsed: Parsed = { positionals: [], given: [] };
	for (let i = 0; i < argv.length; i += 1) {
		const argument = argv[i] ?? "";
		if (argument === "--") {
			parsed.positionals.push(...argv.slice(i + 1));
			break;
		}
		// A single dash is standard input.
		if (!argument.startsWith("-") || argument === "-") {
			parsed.positionals.push(argument);
			continue;
		}
		const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
		const spelled = equals < 0 ? argument : argument.slice(0, equals);
		const name = SHORT[spelled] ?? (spelled.startsWith("--") ? spelled.slice(2) : "");
		const kind = Object.hasOwn(table, name) ? table[name] : undefined;
		if (!kind) throw new UsageError(`${command} has no flag ${spelled}`);
		if (kind !== "list" && parsed.given.some((flag) => flag.name === name)) {
			throw new UsageError(`${spelled} is given twice`);
		}
		if (kind === "switch") {
			if (equals >= 0) throw new UsageError(`${spelled} takes no value`);
			parsed.given.push({ name, value: "" });
			continue;
		}
		const value = equals >= 0 ? argument.slice(equals + 1) : argv[++i];
		if (value === undefined || value === "" || (equals < 0 && value.startsWith("--"))) {
			throw new UsageError(`${spelled} wants a value`);
		}
		parsed.given.push({ name, value });
	}
	return parsed;
}

/** The flags by name, with what is asked of them. */
export class Flags {
	readonly given: readonly { name: string; value: string }[];

	constructor(parsed: Parsed) {
		this.given = parsed.given;
	}

	has(name: string): boolean {
		return this.given.some((flag) => flag.name === name);
	}

	/** A flag's value; undefined if it was not given. */
	text(name: string): string | undefined {
		return this.given.find((flag) => flag.name === name)?.value;
	}

	/** The values of a flag that may repeat. */
	all(name: string): string[] {
		return this.given.filter((flag) => flag.name === name).map((flag) => flag.value);
	}

	/** A finite number. */
	number(name: string): number | undefined {
		const text = this.text(name);
		return text === undefined ? undefined : numberOf(text, `--${name}`);
	}

	/** A whole number, from `least` on. */
	integer(name: string, least: number): number | undefined {
		const value = this.number(name);
		if (value !== undefined && (!Number.isSafeInteger(value) || value < least)) {
			throw new UsageError(`--${name} wants a whole number from ${least} on, not ${this.text(name)}`);
		}
		return value;
	}

	/** Numbers between commas. */
	numbers(name: string): number[] | undefined {
		return this.text(name)
			?.split(",")
			.map((part) => numberOf(part, `--${name}`));
	}

	/** One of some words. */
	word<W extends string>(name: string, words: readonly W[]): W | undefined {
		const text = this.text(name);
		if (text !== undefined && !words.includes(text as W)) {
			throw new UsageError(`--${name} is one of ${words.join(", ")}, not ${text}`);
		}
		return text as W | undefined;
	}
}

/** A finite number, or a word about the flag that it was given to. */
export function numberOf(text: string, flag: string): number {
	const value = text.trim() === "" ? Number.NaN : Number(text);
	if (!Number.isFinite(value)) throw new UsageError(`${flag} wants a number, not ${text || "nothing"}`);
	return value;
}
