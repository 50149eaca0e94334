/** What the array is divided by: the labels that it can be grouped by, and the other groupings, in one select. */

import type { ArrayInfo, Dataset, Operation } from "zarrscope";
import { withGrouping, withGroupingOptions } from "../choose.js";
import { h, uniqueId } from "../dom.js";
import { labelsToGroupBy } from "../grouping-labels.js";
import { groupingOf } from "../operations.js";
import type { Question } from "../question.js";
import type { Change } from "./operation-controls.js";

interface Choice {
	readonly value: string;
	readonly title: string;
	readonly about: string;
	pick(question: Question): Question;
}

export function groupingSelect(
	groupings: Operation[],
	{ array, dataset }: { array: ArrayInfo; dataset: Dataset },
	change: Change,
): { element: HTMLElement; show(question: Question): void } {
	const id = uniqueId("grouping");
	const choices = groupings.flatMap((grouping) => choicesOf(grouping, array, dataset));
	const select = h(
		"select",
		{
			id,
			"data-testid": "grouping-select",
			change: () => {
				const choice = choices.find(({ value }) => value === select.value);
				change((question) => choice?.pick(question) ?? withGrouping(question, undefined, array, dataset));
			},
		},
		h("option", { value: "" }, "none"),
		choices.map(({ value, title, about }) => h("option", { value, title: about }, title)),
	);
	return {
		element: h("div", { class: "option" }, h("label", { for: id }, "Grouping"), select),
		show: (question) => {
			const value = valueOfGrouping(question);
			// A link may hold what is not offered here.
			if (![...select.options].some((o) => o.value === value))
				select.append(h("option", { value }, value.replace("=", " ")));
			select.value = value;
		},
	};
}

function choicesOf(grouping: Operation, array: ArrayInfo, dataset: Dataset): Choice[] {
	const { name, title, about } = grouping;
	const main = grouping.options[0];
	if (main?.kind !== "labels") {
		return [{ value: name, title: lower(title), about, pick: (q) => withGrouping(q, name, array, dataset) }];
	}
	return labelsToGroupBy(main, array, dataset).map((label) => ({
		value: `${name}=${label.value}`,
		title: `by ${label.title}`,
		about,
		pick: (question) => {
			const options = { [main.name]: label.value };
			return question.grouping?.op === name
				? withGroupingOptions(question, { op: name, options }, array, dataset)
				: withGrouping(question, name, array, dataset, options);
		},
	}));
}

function valueOfGrouping({ grouping, op }: Question): string {
	const operation = groupingOf(grouping?.op, op);
	const main = operation?.options[0];
	if (!operation || !grouping) return "";
	return main?.kind === "labels" ? `${operation.name}=${grouping.options[main.name] ?? ""}` : operation.name;
}

function lower(title: string): string {
	return title.charAt(0).toLowerCase() + title.slice(1);
}
