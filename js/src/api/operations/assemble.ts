/** Between values of options, as fronts hold them, and steps, as documents hold them. */

import type { AnalysisDocument } from "../spec.js";
import type { Operation } from "./model.js";
import type { Step } from "./steps.js";
import type { OptionValue } from "./text.js";

/** Values of options by the options' names. */
export type OptionValues = Readonly<Partial<Record<string, OptionValue>>>;

/** The step of an operation with the options that were given; whether they hold together is the core's to say. */
export function stepFrom(operation: Operation, values: OptionValues): Step {
	// A map, since members come in the order of the table and inner ones together.
	const members = new Map<string, unknown>([["op", operation.name]]);
	for (const { name, path } of operation.options) {
		const value = values[name];
		if (value === undefined) continue;
		if (!path) members.set(name, value);
		else members.set(path[0], { ...(members.get(path[0]) as object | undefined), [path[1]]: value });
	}
	return Object.fromEntries(members) as unknown as Step;
}

/** A document, and those in its steps, each changed; for what must hold for all of them. */
export function withEach(
	document: AnalysisDocument,
	change: (document: AnalysisDocument) => AnalysisDocument,
): AnalysisDocument {
	const changed = change(document);
	if (!Array.isArray(changed.steps)) return changed;
	return {
		...changed,
		steps: changed.steps.map((step) => {
			const inner = innerDocument(step);
			return inner ? ({ ...step, with: withEach(inner, change) } as Step) : step;
		}),
	};
}

/** The document that a step brings, if it brings one. */
export function innerDocument(step: Step): AnalysisDocument | undefined {
	const other = (step as { with?: unknown } | null)?.with;
	return typeof other === "object" && other !== null && "source" in other ? (other as AnalysisDocument) : undefined;
}
