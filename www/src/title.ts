/** What a figure is, in words. */

import type { Result, Selector } from "zarrscope";
import { labelText } from "./format.js";
import { operationOf } from "./operations.js";
import type { Question } from "./question.js";

/** "Mean of sea surface temperature over time". */
export function titleOf({ op, dims }: Question, result: Result): string {
	const name = result.longName ?? result.variable.split("/").pop() ?? result.variable;
	if (op === "values") return name;
	return `${operationOf(op).title} ${name}${dims ? ` over ${listed(dims)}` : ""}`;
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

function listed(names: readonly string[]): string {
	return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
