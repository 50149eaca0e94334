/** One step in a link: the parts that it is written as, and what they say. */

import {
	type AnalysisDocument,
	OPERATIONS,
	type Operation,
	type OperationOption,
	type OptionValue,
	optionText,
	parseOption,
} from "zarrscope";
import {
	type Asked,
	fieldsOf,
	type Grouping,
	groupingOf,
	isChoice,
	linkName,
	NO_STEP,
	operationOf,
	VALUES,
} from "./operations.js";
import { publicDocument } from "./public-document.js";

/** Names and texts of a step's parts, encoded as they stand in a link, and what was left out since it may be secret. */
export function stepParts({ op, dims, options, grouping }: Asked): { parts: [string, string][]; removed: string[] } {
	const parts: [string, string][] = [["op", op]];
	const removed: string[] = [];
	if (dims) parts.push(["dims", dims.map((dim) => encodeURIComponent(dim.toWellFormed())).join(",")]);
	const put = (name: string, option: OperationOption, value: OptionValue | undefined) => {
		if (value === undefined) return;
		const open = shareable(option, value);
		removed.push(...open.removed);
		parts.push([name, encode(optionText(option, open.value))]);
	};
	const before = groupingOf(grouping?.op, op);
	for (const option of before?.options ?? [])
		put(linkName(before as Operation, option), option, grouping?.options[option.name]);
	for (const option of fieldsOf(operationOf(op))) put(option.name, option, options[option.name]);
	return { parts, removed };
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

/** What is not understood, and what may be secret, by name. */
export interface Found {
	readonly ignored: string[];
	readonly secrets: string[];
}

/** Gathers the parts of a step. */
export class StepReader {
	#op = VALUES.name;
	#dims: string[] | undefined;
	/** As they are written: what they mean is known when the operation is. */
	readonly #options = new Map<string, string>();

	/** Whether an operation was named. */
	asks = false;

	/** Takes a part; false if it is none of a step, or not understood. `raw` is the value as it stands in the link. */
	take(key: string, value: string, raw: string): boolean {
		if (key === "op") {
			if (isChoice(value)) [this.#op, this.asks] = [value, true];
			return isChoice(value);
		}
		if (key === "dims") {
			const dims = raw === "" ? [] : raw.split(",").map(decode);
			this.#dims = dims.filter((dim) => dim !== undefined && dim !== "") as string[];
			return this.#dims.length === dims.length;
		}
		if (OPTION_NAMES.has(key)) this.#options.set(key, value);
		return OPTION_NAMES.has(key);
	}

	/** The step; what is wrong with its parts is told. */
	end(found: Found): Asked {
		const operation = operationOf(this.#op);
		if (operation === VALUES) return NO_STEP;
		return {
			op: this.#op,
			dims: this.#dims,
			options: this.#values(fieldsOf(operation), ({ name }) => name, found),
			grouping: this.#grouping(found),
		};
	}

	#grouping(found: Found): Grouping | undefined {
		const named = OPERATIONS.find(({ kind, name }) => kind === "grouping" && this.#options.has(name))?.name;
		const grouping = groupingOf(named, this.#op);
		if (!grouping) return undefined;
		return {
			op: grouping.name,
			options: this.#values(grouping.options, (option) => linkName(grouping, option), found),
		};
	}

	#values(
		known: readonly OperationOption[],
		nameOf: (option: OperationOption) => string,
		{ ignored, secrets }: Found,
	): Asked["options"] {
		const values = new Map<string, OptionValue>();
		for (const option of known) {
			const text = this.#options.get(nameOf(option));
			if (text === undefined) continue;
			const value = parseOption(option, text);
			if (value === undefined) ignored.push(nameOf(option));
			else if (value !== option.byDefault) {
				const open = shareable(option, value);
				secrets.push(...open.removed);
				values.set(option.name, open.value);
			}
		}
		return Object.fromEntries(values);
	}
}

/** Percent-encoding that leaves what a fragment may hold and a reader wants to see. */
export function encode(text: string): string {
	return encodeURIComponent(text.toWellFormed()).replace(/%(3A|2F|3F|40|7E|3D|2C)/g, (code) =>
		decodeURIComponent(code),
	);
}

/** Undefined for what is no percent-encoding. */
export function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
