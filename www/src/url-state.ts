/**
 * The question in the address: `#v1&source=…&variable=SST&sel.time=2013..2014&op=mean&groupby=time.month&dims=time&weights=area`.
 * Later steps are the same with their number before each name, `&2.op=subtract&2.with=273.15`; `show=pvalue` is the variable
 * that is drawn, `variables=SST,AIRT` stands in place of `variable` for several in one run, `maxBytes=50000000` or
 * `relativeError=0.01` asks for an estimate. Readable, versioned, and never a secret in it. Any fragment gives a question,
 * with a notice for each part that was not understood.
 */

import type { Selector } from "zarrscope";
import { decode, encode, StepReader, stepParts } from "./link-step.js";
import { VALUES } from "./operations.js";
import { MAX_STEPS, MAX_VARIABLES, NO_QUESTION, type Question } from "./question.js";
import { isSecretKey, withoutSecrets } from "./secrets.js";
import { parseSelector, selectorText } from "./selector-text.js";

const VERSION = "v1";
/** Longer fragments are no links of ours. */
const MAX_LENGTH = 20_000;

/** The fragment of a question, with its `#`, and the names of secrets that were left out. */
export function toHash(question: Question): { hash: string; removed: string[] } {
	const { address, removed } = withoutSecrets(question.source);
	const parts: [string, string][] = [];
	if (address) parts.push(["source", encode(address)]);
	if (question.others.length > 0) parts.push(["variables", listText([question.variable, ...question.others])]);
	else if (question.variable) parts.push(["variable", encode(question.variable)]);
	for (const [dim, form] of Object.entries(question.select)) parts.push([`sel.${dim}`, encode(selectorText(form))]);
	const steps = question.steps.filter(({ op }) => op !== VALUES.name);
	// All values are asked for by name: a link without operation and selection means the variable's first map.
	if (steps.length === 0 && question.variable && parts.length === 2) parts.push(["op", VALUES.name]);
	for (const [i, step] of steps.entries()) {
		const { parts: own, removed: secrets } = stepParts(step);
		removed.push(...secrets);
		parts.push(...own.map(([name, text]): [string, string] => [i === 0 ? name : `${i + 1}.${name}`, text]));
	}
	if (question.shows !== undefined) parts.push(["show", encode(question.shows)]);
	if (question.maxBytes !== undefined) parts.push(["maxBytes", String(question.maxBytes)]);
	if (question.relativeError !== undefined) parts.push(["relativeError", String(question.relativeError)]);
	const text = parts.map(([key, value]) => `${encodeURIComponent(key.toWellFormed())}=${value}`);
	return { hash: `#${[VERSION, ...text].join("&")}`, removed };
}

/** Paths with commas between them, and none in them. */
function listText(paths: readonly string[]): string {
	return paths.map((path) => encode(path).replaceAll(",", "%2C")).join(",");
}

/** The fragment that asks for a variable's first map, or for a store alone. */
export function linkTo(source: string, variable: string): string {
	return toHash({ ...NO_QUESTION, source, variable }).hash.replace(/&op=values$/, "");
}

/** What a fragment says. */
export interface Reading {
	question: Question;
	/** Whether it says what to make of the variable. */
	asks: boolean;
	/** What the user should know of it. */
	notices: string[];
}

/** The question of a fragment. Never throws. */
export function fromHash(hash: string): Reading {
	const text = hash.replace(/^#/, "");
	if (text === "") return { question: NO_QUESTION, asks: false, notices: [] };
	if (text.length > MAX_LENGTH) return refused("This link is too long to be read.");
	const [version, ...parts] = text.split("&");
	if (version !== VERSION) return refused("This link was not made by this version of zarrscope, so it was not read.");
	const reader = new Reader();
	for (const part of parts) reader.take(part);
	return reader.end();
}

function refused(notice: string): Reading {
	return { question: NO_QUESTION, asks: false, notices: [notice] };
}

class Reader {
	#source = "";
	#variable = "";
	#others: readonly string[] = [];
	#shows: string | undefined;
	#maxBytes: number | undefined;
	#relativeError: number | undefined;
	#selects = false;
	// Maps, since a dimension may be called "__proto__".
	readonly #select = new Map<string, Selector>();
	/** By their numbers, of which some may be missing. */
	readonly #steps = new Map<number, StepReader>();
	readonly #ignored: string[] = [];
	readonly #secrets: string[] = [];

	take(part: string): void {
		if (part === "") return;
		const at = part.indexOf("=");
		const key = decode(at < 0 ? part : part.slice(0, at));
		const raw = at < 0 ? "" : part.slice(at + 1);
		const value = decode(raw);
		if (key === undefined || value === undefined || at < 0) this.#ignored.push(shortened(part));
		else if (isSecretKey(key) || /^storage\b/.test(key)) this.#secrets.push(key);
		else if (!this.#read(key, value, raw)) this.#ignored.push(shortened(key));
	}

	end(): Reading {
		const found = { ignored: this.#ignored, secrets: this.#secrets };
		const readers = [...this.#steps].sort(([a], [b]) => a - b).map(([, reader]) => reader);
		const steps = readers.map((reader) => reader.end(found)).filter(({ op }) => op !== VALUES.name);
		const [first = NO_QUESTION.steps[0], ...others] = steps;
		const question: Question = {
			source: this.#source,
			variable: this.#variable,
			others: this.#others,
			select: Object.fromEntries(this.#select),
			steps: [first, ...others],
			shows: this.#shows,
			maxBytes: this.#maxBytes,
			relativeError: this.#relativeError,
		};
		const notices: string[] = [];
		if (this.#secrets.length > 0)
			notices.push(`Left out of the link, since it may be secret: ${this.#secrets.join(", ")}.`);
		if (this.#ignored.length > 0) notices.push(`Parts of the link were not understood: ${this.#ignored.join(", ")}.`);
		return { question, asks: this.#selects || readers.some(({ asks }) => asks), notices };
	}

	#read(key: string, value: string, raw: string): boolean {
		if (key === "source") {
			const { address, removed } = withoutSecrets(value);
			this.#secrets.push(...removed);
			this.#source = address;
			return true;
		}
		if (key === "variable") {
			this.#variable = bare(value);
			return true;
		}
		if (key === "variables") {
			const paths = [...new Set(raw.split(",").map((path) => bare(decode(path) ?? "")))];
			if (paths.includes("") || paths.length > MAX_VARIABLES) return false;
			[this.#variable = "", ...this.#others] = paths;
			return true;
		}
		if (key === "show") {
			this.#shows = value;
			return value !== "";
		}
		if (key === "maxBytes") {
			const bytes = Number(value);
			if (!Number.isSafeInteger(bytes) || bytes < 1) return false;
			this.#maxBytes = bytes;
			return true;
		}
		if (key === "relativeError") {
			const share = Number(value);
			if (!(share > 0 && share < Number.POSITIVE_INFINITY)) return false;
			this.#relativeError = share;
			return true;
		}
		if (key.startsWith("sel.")) {
			const form = parseSelector(value);
			if (form) this.#select.set(key.slice("sel.".length), form);
			this.#selects = true;
			return form !== undefined;
		}
		const [, number, name] = /^(?:([1-9]\d?)\.)?(.*)$/s.exec(key) ?? [];
		const at = Number(number ?? 1);
		if (at > MAX_STEPS || name === undefined) return false;
		const reader = this.#steps.get(at) ?? new StepReader();
		this.#steps.set(at, reader);
		return reader.take(name, value, raw);
	}
}

function bare(path: string): string {
	return path.replace(/^\/+|\/+$/g, "");
}

function shortened(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
