/** What was selected, in words. */

import { type Result, type Selector, titleOf } from "zarrscope";
import { labelText } from "./format.js";
import { documentSteps } from "./operations.js";
import type { Question } from "./question.js";

/** The last part of a variable's path, as people call it. */
export function nameOf(variable: string): string {
	return variable.split("/").pop() || variable;
}

/** The variable that is drawn; undefined for results that are one array. */
export function shownVariable({ shows }: Question, { variables }: Result): string | undefined {
	const names = Object.keys(variables ?? {});
	return names.find((name) => name === shows) ?? names[0];
}

/** What was done to the variable that is drawn; of a trend also which of its results that is. */
export function titleOfShown(question: Question, result: Result): string {
	const steps = documentSteps(question.steps);
	const name = shownVariable(question, result);
	if (name === undefined) return titleOf(steps, result);
	if (question.others.length === 0) return `${titleOf(steps, result)} (${name})`;
	return titleOf(steps, { variable: name, longName: result.variables?.[name]?.longName });
}

/** The same of all variables of the result, since files of numbers hold all. */
export function titleOfAll({ others, steps, variable }: Question, result: Result): string {
	const names = [variable, ...others].map(nameOf).join(", ");
	return titleOf(documentSteps(steps), others.length > 0 ? { variable, longName: names } : result);
}

/** What was selected: "time 2013..2014 · level 0". */
export function selectionText({ select }: Question, result: Result): string {
	const parts = Object.entries(select).map(([dim, form]) => {
		const label = result.scalarCoords[dim];
		return `${dim} ${label === undefined ? formText(form) : labelText(label)}`;
	});
	return parts.join(" · ");
}

function formText(form: Selector): string {
	if ("from" in form || "to" in form) return `${labelText(form.from ?? "start")} to ${labelText(form.to ?? "end")}`;
	if ("nearest" in form) return `nearest ${[form.nearest].flat().map(labelText).join(", ")}`;
	if ("values" in form) return form.values.map(labelText).join(", ");
	if ("index" in form) return `position ${[form.index].flat().join(", ")}`;
	const { start, stop, step } = form as { start?: number; stop?: number; step?: number };
	return `positions ${start ?? 0} to ${stop ?? "end"}${step ? ` by ${step}` : ""}`;
}
