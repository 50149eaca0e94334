/**
 * The question in the address: `#v1&source=…&variable=SST&sel.time=2013..2014&op=mean&groupby=time.month&dims=time&weights=area`.
 * Readable, versioned, and never a secret in it. Any fragment gives a question, with a notice for each part that was not understood.
 */

import {
	type AnalysisDocument,
	OPERATIONS,
	type Operation,
	type OperationOption,
	type OptionValue,
	optionText,
	parseOption,
	type Selector,
} from "zarrscope";
import { fieldsOf, type Grouping, groupingOf, isChoice, linkName, operationOf, VALUES } from "./operations.js";
import { publicDocument } from "./public-document.js";
import { NO_QUESTION, type Question } from "./question.js";
import { isSecretKey, withoutSecrets } from "./secrets.js";
import { parseSelector, selectorText } from "./selector-text.js";

const VERSION = "v1";
/** Longer fragments are no links of ours. */
const MAX_LENGTH = 20_000;

/** The fragment of a question, with its `#`, and the names of secrets that were left out. */
export function toHash(question: Question): { hash: string; removed: string[] } {
	const { address, removed } = withoutSecrets(question.source);
	const parts: [string, string][] = [];
	if (address) parts.push(["source", address]);
	if (question.variable) parts.push(["variable", question.variable]);
	for (const [dim, form] of Object.entries(question.select)) parts.push([`sel.${dim}`, selectorText(form)]);
	// All values are asked for by name: a link without operation and selection means the variable's first map.
	if (question.op !== "values" || (question.variable && parts.length === 2)) parts.push(["op", question.op]);
	if (question.dims) parts.push(["dims", question.dims.map((dim) => encodeURIComponent(dim.toWellFormed())).join(",")]);
	const put = (name: string, option: OperationOption, value: OptionValue | undefined) => {
		if (value === undefined) return;
		const open = shareable(option, value);
		removed.push(...open.removed);
		parts.push([name, optionText(option, open.value)]);
	};
	const grouping = groupingOf(question.grouping?.op, question.op);
	for (const option of grouping?.options ?? [])
		put(linkName(grouping as Operation, option), option, question.grouping?.options[option.name]);
	for (const option of fieldsOf(operationOf(question.op))) put(option.name, option, question.options[option.name]);
	const text = parts.map(
		([key, value]) => `${encodeURIComponent(key.toWellFormed())}=${key === "dims" ? value : encode(value)}`,
	);
	return { hash: `#${[VERSION, ...text].join("&")}`, removed };
}

/** The value without what may be secret: that of an operand is a whole document. */
function shareable(option: OperationOption, value: OptionValue): { value: OptionValue; removed: string[] } {
	if (option.kind !== "operand" || typeof value !== "object") return { value, removed: [] };
	const { document, removed } = publicDocument(value as AnalysisDocument);
	return { value: document, removed };
}

/** All names that options have in links. */
const OPTION_NAMES: ReadonlySet<string> = new Set(
	OPERATIONS.flatMap((operation: Operation) =>
		fieldsOf(operation).map((option) => (operation.kind === "grouping" ? linkName(operation, option) : option.name)),
	),
);

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
	#op: Question["op"] = "values";
	#asks = false;
	#dims: string[] | undefined;
	// Maps, since a dimension may be called "__proto__".
	readonly #select = new Map<string, Selector>();
	/** As they are written: what they mean is known when the operation is. */
	readonly #options = new Map<string, string>();
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
		const operation = operationOf(this.#op);
		const options = this.#values(fieldsOf(operation), ({ name }) => name);
		const question: Question = {
			source: this.#source,
			variable: this.#variable,
			select: Object.fromEntries(this.#select),
			op: this.#op,
			dims: operation === VALUES ? undefined : this.#dims,
			options,
			grouping: this.#grouping(),
		};
		const notices: string[] = [];
		if (this.#secrets.length > 0)
			notices.push(`Left out of the link, since it may be secret: ${this.#secrets.join(", ")}.`);
		if (this.#ignored.length > 0) notices.push(`Parts of the link were not understood: ${this.#ignored.join(", ")}.`);
		return { question, asks: this.#asks, notices };
	}

	#grouping(): Grouping | undefined {
		const named = OPERATIONS.find(({ kind, name }) => kind === "grouping" && this.#options.has(name))?.name;
		const grouping = groupingOf(named, this.#op);
		if (!grouping) return undefined;
		return { op: grouping.name, options: this.#values(grouping.options, (option) => linkName(grouping, option)) };
	}

	#values(known: readonly OperationOption[], nameOf: (option: OperationOption) => string): Question["options"] {
		const values = new Map<string, OptionValue>();
		for (const option of known) {
			const text = this.#options.get(nameOf(option));
			if (text === undefined) continue;
			const value = parseOption(option, text);
			if (value === undefined) this.#ignored.push(nameOf(option));
			else if (value !== option.byDefault) {
				const open = shareable(option, value);
				this.#secrets.push(...open.removed);
				values.set(option.name, open.value);
			}
		}
		return Object.fromEntries(values);
	}

	#read(key: string, value: string, raw: string): boolean {
		if (key === "source") {
			const { address, removed } = withoutSecrets(value);
			this.#secrets.push(...removed);
			this.#source = address;
			return true;
		}
		if (key === "variable") {
			this.#variable = value.replace(/^\/+|\/+$/g, "");
			return true;
		}
		if (key === "op") {
			if (isChoice(value)) [this.#op, this.#asks] = [value, true];
			return isChoice(value);
		}
		if (key === "dims") {
			const dims = raw === "" ? [] : raw.split(",").map(decode);
			this.#dims = dims.filter((dim) => dim !== undefined && dim !== "") as string[];
			return this.#dims.length === dims.length;
		}
		if (key.startsWith("sel.")) {
			const form = parseSelector(value);
			if (form) this.#select.set(key.slice("sel.".length), form);
			this.#asks = true;
			return form !== undefined;
		}
		if (OPTION_NAMES.has(key)) this.#options.set(key, value);
		return OPTION_NAMES.has(key);
	}
}

/** Percent-encoding that leaves what a fragment may hold and a reader wants to see. */
function encode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replace(/%(3A|2F|3F|40|7E|3D|2C)/g, (code) =>
		decodeURIComponent(code),
	);
}

function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

function shortened(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
