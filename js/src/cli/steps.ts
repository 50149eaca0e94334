/** Flags to steps, by the table of operations. */

import { type OptionValues, stepFrom } from "../api/operations/assemble.js";
import type { Operation, OperationOption } from "../api/operations/model.js";
import { findOperation, groupingsBefore } from "../api/operations/table.js";
import { type OptionValue, parseOption, wanted } from "../api/operations/text.js";
import type { WrittenStep } from "./document.js";
import type { Flags } from "./flags.js";
import { mainOption } from "../api/operations/names.js";
import { flagOf } from "./operations.js";
import { UsageError } from "./usage.js";

/** The step of an operation, after that of a grouping if a flag asks for one. */
export function stepsOf(op: string, flags: Flags): WrittenStep[] {
	const operation = findOperation(op);
	if (!operation) throw new UsageError(`there is no operation ${op}`);
	const groupings = groupingsBefore(operation);
	const asked = groupings.filter(({ name }) => flags.has(name));
	if (asked.length > 1) {
		const names = asked.map(({ name }) => `--${name}`);
		throw new UsageError(`${names.join(" and ")} exclude each other: one of them precedes ${op}`);
	}
	for (const grouping of groupings) {
		const lost = grouping.options.find((option) => option !== mainOption(grouping) && flags.has(flagOf(option)));
		if (lost && !flags.has(grouping.name)) throw new UsageError(`--${flagOf(lost)} belongs to --${grouping.name}`);
	}
	return [...asked, operation].map((each) => stepFrom(each, valuesOf(each, flags)) as WrittenStep);
}

/** Members that were not asked for are left to the core's defaults. */
function valuesOf(operation: Operation, flags: Flags): OptionValues {
	const values = new Map<string, OptionValue>();
	for (const option of operation.options) {
		const own = operation.kind === "grouping" && option === mainOption(operation);
		const value = valueGiven(option, own ? operation.name : flagOf(option), flags);
		if (value !== undefined) values.set(option.name, value);
		else if (option.required)
			throw new UsageError(
				`${operation.name} wants --${flagOf(option)}, such as --${flagOf(option)} ${option.example}`,
			);
	}
	for (const { name, path } of operation.options) {
		const outer = path && operation.options.find((option) => option.path?.[0] === path[0]);
		if (outer && values.has(name) && !values.has(outer.name))
			throw new UsageError(`--${flagOf(outer)} is missing: others belong to it`);
	}
	return Object.fromEntries(values);
}

function valueGiven(option: OperationOption, flag: string, flags: Flags): OptionValue | undefined {
	if (option.kind === "boolean") {
		const no = option.byDefault === true && flags.has(`no-${flag}`);
		if (no && flags.has(flag)) throw new UsageError(`--${flag} and --no-${flag} exclude each other`);
		return no ? false : flags.has(flag) ? true : undefined;
	}
	const text = flags.text(flag);
	if (text === undefined) return undefined;
	const value = parseOption(option, text);
	if (value === undefined) throw new UsageError(`--${flag} wants ${wanted(option)}, not ${text}`);
	return value;
}
