/** From an element's attributes to an analysis document, by the table of operations. */

import type { Operation, OperationOption } from "../api/operations/model.js";
import { stepFrom } from "../api/operations/assemble.js";
import { kebabName, mainOption } from "../api/operations/names.js";
import type { Step } from "../api/operations/steps.js";
import { findOperation, groupingsBefore, OPERATIONS } from "../api/operations/table.js";
import { type OptionValue, parseOption, wanted } from "../api/operations/text.js";
import type { AnalysisDocument } from "../api/spec.js";
import { ZarrscopeError } from "../errors.js";

/** Reads an attribute; undefined if it is not there. */
type Read = (name: string) => string | undefined;

/** Attributes that say what is computed: another value of one of them is another run. */
export const DATA_ATTRIBUTES: readonly string[] = [
	...new Set([
		"document",
		"src",
		"variable",
		"select",
		"op",
		...OPERATIONS.flatMap((operation: Operation) => operation.options.map((option) => attributeOf(operation, option))),
	]),
];

/**
 * The document that the attributes describe; undefined as long as they name no variable.
 *
 * @throws {ZarrscopeError} `invalid_document`, naming the attribute.
 */
export function documentFrom(read: Read): AnalysisDocument | undefined {
	const whole = read("document");
	if (whole !== undefined) return parsed("document", whole) as unknown as AnalysisDocument;
	const [source, variable, select] = [read("src"), read("variable"), read("select")];
	if (!source || !variable) return undefined;
	const selection = select ? { select: parsed("select", select) as NonNullable<AnalysisDocument["select"]> } : {};
	return { version: 1, source, variable, ...selection, steps: stepsFrom(read) };
}

/** The operation's step, after that of a grouping; none without an operation, which are the values themselves. */
function stepsFrom(read: Read): Step[] {
	const op = read("op");
	if (!op) return [];
	const operation = findOperation(op);
	if (!operation || operation.kind === "grouping") {
		const known = OPERATIONS.filter(({ kind }) => kind !== "grouping").map(({ name }) => name);
		throw invalid(`there is no op ${op}; there are ${known.join(", ")}`);
	}
	const groupings = groupingsBefore(operation).filter(({ name }) => read(name) !== undefined);
	if (groupings.length > 1) {
		const names = groupings.map(({ name }) => name);
		throw invalid(`${names.join(" and ")} exclude each other: one of them precedes ${op}`);
	}
	return [...groupings, operation].map((each) => stepFrom(each, valuesOf(each, read)));
}

/** What was not asked for is left to the core's defaults. */
function valuesOf(operation: Operation, read: Read): Record<string, OptionValue> {
	const values: Record<string, OptionValue> = {};
	for (const option of operation.options) {
		const attribute = attributeOf(operation, option);
		const text = read(attribute);
		// As everywhere in HTML, an attribute without a value is true.
		const value = text === "" && option.kind === "boolean" ? true : parseOption(option, text ?? "");
		if (value !== undefined) values[option.name] = value;
		else if (text) throw invalid(`${attribute} wants ${wanted(option)}, not ${text}`);
		else if (option.required) throw invalid(`${operation.name} wants ${attribute}, such as ${option.example}`);
	}
	return values;
}

function attributeOf(operation: Operation, option: OperationOption): string {
	const own = operation.kind === "grouping" && option === mainOption(operation);
	return own ? operation.name : kebabName(option);
}

function parsed(attribute: string, text: string): Record<string, unknown> {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
	} catch {
		// Told below, without the text, which may hold secrets.
	}
	throw invalid(`${attribute} must be a JSON object`);
}

function invalid(message: string): ZarrscopeError {
	return new ZarrscopeError({ code: "invalid_document", message });
}
