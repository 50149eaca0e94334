/** What a figure is, in words. */

import { type AnalysisDocument, type Operation, optionText, type Result, type Selector } from "zarrscope";
import { labelText } from "./format.js";
import { type Grouping, groupingOf, operationOf, VALUES } from "./operations.js";
import type { Question } from "./question.js";

/** "Mean of sea surface temperature by month over time". */
export function titleOf({ op, dims, options, grouping }: Question, result: Result): string {
	const name = result.longName ?? result.variable.split("/").pop() ?? result.variable;
	const operation = operationOf(op);
	if (operation === VALUES) return name;
	const other = options.with;
	const otherText = typeof other === "object" ? documentName(other as AnalysisDocument) : String(other ?? "");
	if (operation.sign) return `${name} ${operation.sign} ${otherText}`;
	const before = grouping && groupingOf(grouping.op, op);
	const which = typeof options.q === "undefined" ? "" : ` ${[options.q].flat().join(", ")}`;
	return [
		`${operation.title}${which} of ${name}`,
		otherText && `with ${otherText}`,
		before && groupingText(before, grouping),
		dims && `${operation.drops ? "over" : "along"} ${listed(dims)}`,
		// Of several variables, the one that is drawn.
		result.variables && `(${Object.keys(result.variables)[0]})`,
	]
		.filter(Boolean)
		.join(" ");
}

function groupingText(operation: Operation, { options }: Grouping): string {
	const [main] = operation.options;
	const value = main && options[main.name];
	if (!main || value === undefined) return operation.title.toLowerCase();
	const text = optionText(main, value);
	if (main.kind === "labels") return `by ${main.suggestions?.find((s) => text.endsWith(`.${s.value}`))?.title ?? text}`;
	return `${operation.title.toLowerCase()} ${text.replaceAll("=", " ").replaceAll(",", ", ")}`;
}

function documentName({ variable }: AnalysisDocument): string {
	return `another ${variable.split("/").pop()}`;
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
