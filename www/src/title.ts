/** What was selected, in words. */

import type { Result, Selector } from "zarrscope";
import { labelText } from "./format.js";
import type { Question } from "./question.js";

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
