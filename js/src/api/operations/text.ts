/** The one text of each option's value: what flags take, fields show and links hold. */

import type { AnalysisDocument } from "../spec.js";
import type { OperationOption, OptionKind } from "./model.js";
import type { Axis } from "./steps.js";

/** A value of an option. */
export type OptionValue =
	| boolean
	| number
	| string
	| number[]
	| string[]
	| Record<string, number>
	| Axis
	| AnalysisDocument;

/** The value that a text stands for; undefined if it stands for none. */
export function parseOption(option: OperationOption, text: string): OptionValue | undefined {
	const trimmed = text.trim();
	return trimmed === "" ? undefined : PARSERS[option.kind](trimmed, option);
}

/** The text of a value; `parseOption` is its inverse. */
export function optionText(option: OperationOption, value: OptionValue): string {
	if (option.kind === "range" && Array.isArray(value)) return value.join("..");
	if (option.kind === "windows")
		return Object.entries(value)
			.map(([dim, size]) => `${escaped(dim)}=${size}`)
			.join(",");
	// A list of one must not be read as a number.
	if (Array.isArray(value)) return value.join(",") + (option.kind === "numbers" && value.length === 1 ? "," : "");
	if (typeof value !== "object") return String(value);
	if (option.kind !== "axis") return JSON.stringify(value);
	const { from, to, step } = value as { from: number; to: number; step: number };
	return [from, to, step].join(":");
}

/** What a text must be, to go on "… wants". */
export function wanted({ kind, choices, least, most }: OperationOption): string {
	switch (kind) {
		case "boolean":
			return "true or false";
		case "number":
			return "a number";
		case "integer":
			return `a whole number from ${least ?? 0} on`;
		case "choice":
			return `one of ${choices?.join(", ")}`;
		case "numbers":
			return "a number, or numbers between commas";
		case "bins":
			return "a whole number from 1 on, or ascending edges between commas";
		case "range":
			return "low..high or low,high";
		case "dims":
			return most === 1 ? "the name of one dimension" : "names of dimensions between commas";
		case "windows":
			return `dimension=cells, such as lat=4,lon=4, in whole numbers from ${least ?? 1} on`;
		case "axis":
			return "from:to:step, or numbers between commas";
		case "operand":
			return "a number, the path of an array, or an analysis document as JSON";
		default:
			return "a text";
	}
}

type Parser = (text: string, option: OperationOption) => OptionValue | undefined;

const name: Parser = (text) => text;

const PARSERS: Readonly<Record<OptionKind, Parser>> = {
	boolean: (text) => ({ true: true, false: false })[text.toLowerCase()],
	number: (text) => number(text),
	integer: (text, { least = 0 }) => whole(text, least),
	text: name,
	labels: name,
	weights: name,
	variable: name,
	choice: (text, { choices }) => (choices?.includes(text) ? text : undefined),
	numbers: (text) => {
		const values = numbers(text.replace(/,$/, ""));
		return text.includes(",") ? values : values?.[0];
	},
	bins: (text) => (text.includes(",") ? ascending(numbers(text)) : whole(text, 1)),
	range: (text) => {
		const ends = numbers(text, text.includes("..") ? ".." : ",");
		return ends?.length === 2 ? ends : undefined;
	},
	dims: (text, { most = Number.POSITIVE_INFINITY }) => {
		const dims = text.split(",").map((dim) => dim.trim());
		return dims.includes("") || dims.length > most ? undefined : dims;
	},
	windows: (text, { least = 1 }) => {
		const windows = new Map<string, number>();
		for (const part of text.split(",")) {
			const at = part.lastIndexOf("=");
			const size = whole(part.slice(at + 1), least);
			const dim = unescaped(part.slice(0, Math.max(0, at)).trim());
			if (size === undefined || dim === "" || windows.has(dim)) return undefined;
			windows.set(dim, size);
		}
		return Object.fromEntries(windows);
	},
	axis: (text) => {
		if (!text.includes(":")) return numbers(text);
		const parts = numbers(text, ":");
		const [from, to, step] = parts ?? [];
		if (parts?.length !== 3 || from === undefined || to === undefined || !step) return undefined;
		return { from, to, step };
	},
	operand: (text) => {
		if (text.startsWith("{")) return documentIn(text);
		return number(text) ?? text;
	},
};

function number(text: string): number | undefined {
	const value = Number(text);
	return text.trim() !== "" && Number.isFinite(value) ? value : undefined;
}

function whole(text: string, least: number): number | undefined {
	const value = number(text);
	return value !== undefined && Number.isSafeInteger(value) && value >= least ? value : undefined;
}

function numbers(text: string, between = ","): number[] | undefined {
	const values = text.split(between).map(number);
	return values.includes(undefined) ? undefined : (values as number[]);
}

function ascending(edges: number[] | undefined): number[] | undefined {
	return edges?.every((edge, i) => i === 0 || edge > (edges[i - 1] ?? edge)) ? edges : undefined;
}

function documentIn(text: string): AnalysisDocument | undefined {
	try {
		const value = JSON.parse(text) as AnalysisDocument;
		return typeof value.source === "string" && typeof value.variable === "string" ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Names of dimensions may hold what stands between them. */
function escaped(dim: string): string {
	return dim.replace(/[%,=]|^\s|\s$/g, (character) => encodeURIComponent(character));
}

function unescaped(dim: string): string {
	try {
		return decodeURIComponent(dim);
	} catch {
		return dim;
	}
}
