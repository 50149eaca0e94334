/** A document as the question that the page's controls show. */

import {
	type AnalysisDocument,
	findOperation,
	type Operation,
	type OptionValues,
	type Step,
	ZarrscopeError,
} from "zarrscope";
import { type Asked, documentSteps, NO_STEP } from "../../../www/src/operations.js";
import { MAX_STEPS, NO_QUESTION, type Question } from "../../../www/src/question.js";

/**
 * @throws {ZarrscopeError} `unsupported` if there are no controls for something that it asks for, `invalid_document` if it is
 * none.
 */
export function questionOf(document: AnalysisDocument): Question {
	const { version, source, variable, variables, select = {}, steps = [], decode, precision } = document;
	if (version !== 1) throw invalid(`version ${JSON.stringify(version)} of the document is not known`);
	if (typeof source !== "string") throw invalid("`source` must be text");
	const [first, ...others] = variables ?? [variable];
	if (typeof first !== "string") throw invalid("`variable` must be text");
	// The controls show labels, which the core gives decoded only; so does `dataset.get`.
	if (decode === false) throw unsupported("`decode`");
	const { maxBytes, relativeError, ...rest } = typeof precision === "object" ? precision : {};
	if (Object.keys(rest).length > 0) throw unsupported(`\`precision\` with ${Object.keys(rest).join(", ")}`);
	const asked = askedSteps(steps);
	if (asked.length > MAX_STEPS) throw unsupported(`more than ${MAX_STEPS} steps`);
	const [head = NO_STEP, ...tail] = asked;
	return {
		...NO_QUESTION,
		source,
		variable: first,
		others: others as string[],
		select,
		steps: [head, ...tail],
		maxBytes,
		relativeError,
	};
}

/** Steps as people see them: a grouping belongs to what follows it. */
function askedSteps(steps: readonly Step[]): Asked[] {
	const asked: Asked[] = [];
	let grouping: Asked["grouping"];
	for (const step of steps) {
		const operation = findOperation(String(step.op)) as Operation | undefined;
		if (!operation) throw unsupported(`the operation ${JSON.stringify(step.op)}`);
		const { dims, ...options } = optionsOf(operation, step) as OptionValues & { dims?: string[] };
		if (operation.kind === "grouping") grouping = { op: operation.name, options: optionsOf(operation, step) };
		else {
			asked.push({ op: operation.name, dims, options, grouping });
			grouping = undefined;
		}
	}
	// What the controls do not hold must not get lost on the way.
	if (canonical(documentSteps(asked)) !== canonical(steps)) throw unsupported("a step of this form");
	return asked;
}

function optionsOf(operation: Operation, step: Step): OptionValues {
	const members = step as unknown as Record<string, unknown>;
	const values = operation.options.flatMap(({ name, path }) => {
		const [outer, inner] = path ?? [name];
		const value =
			inner === undefined ? members[outer] : (members[outer] as Record<string, unknown> | undefined)?.[inner];
		return value === undefined ? [] : [[name, value] as const];
	});
	return Object.fromEntries(values) as OptionValues;
}

/** JSON that does not depend on the order of members. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_, inner: unknown) =>
		typeof inner === "object" && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner,
	);
}

function unsupported(what: string): ZarrscopeError {
	const message = `the dashboard has no controls for ${what}; zarrscope.show and zarrscope.run take the document`;
	return new ZarrscopeError({ code: "unsupported", message });
}

function invalid(message: string): ZarrscopeError {
	return new ZarrscopeError({ code: "invalid_document", message });
}
