/** What the array is divided by: the labels that it can be grouped by, and the other groupings, in one select. */

import type { ArrayInfo, Operation } from "zarrscope";
import { type Setting, withGrouping, withGroupingOptions } from "../choose.js";
import { h, uniqueId } from "../dom.js";
import { labelsToGroupBy } from "../grouping-labels.js";
import { type Asked, groupingOf } from "../operations.js";
import type { Question } from "../question.js";
import type { Change } from "./operation-controls.js";
import { testId } from "./test-id.js";

interface Choice {
	readonly value: string;
	readonly title: string;
	readonly about: string;
	pick(question: Question): Question;
}

export function groupingSelect(
	groupings: Operation[],
	setting: Setting,
	input: ArrayInfo,
	change: Change,
): { element: HTMLElement; show(step: Asked): void } {
	const id = uniqueId("grouping");
	const choices = groupings.flatMap((grouping) => choicesOf(grouping, setting, input));
	const select = h(
		"select",
		{
			id,
			"data-testid": testId("grouping-select", setting.at),
			change: () => {
				const choice = choices.find(({ value }) => value === select.value);
				change((question) => choice?.pick(question) ?? withGrouping(question, undefined, setting));
			},
		},
		h("option", { value: "" }, "none"),
		choices.map(({ value, title, about }) => h("option", { value, title: about }, title)),
	);
	return {
		element: h("div", { class: "option" }, h("label", { for: id }, "Grouping"), select),
		show: (step) => {
			const value = valueOfGrouping(step);
			// A link may hold what is not offered here.
			if (![...select.options].some((o) => o.value === value))
				select.append(h("option", { value }, value.replace("=", " ")));
			select.value = value;
		},
	};
}

function choicesOf(grouping: Operation, setting: Setting, input: ArrayInfo): Choice[] {
	const { name, title, about } = grouping;
	const main = grouping.options[0];
	if (main?.kind !== "labels") {
		return [{ value: name, title: lower(title), about, pick: (q) => withGrouping(q, name, setting) }];
	}
	return labelsToGroupBy(main, input, setting.dataset).map((label) => ({
		value: `${name}=${label.value}`,
		title: `by ${label.title}`,
		about,
		pick: (question) => {
			const options = { [main.name]: label.value };
			return question.steps[setting.at]?.grouping?.op === name
				? withGroupingOptions(question, { op: name, options }, setting)
				: withGrouping(question, name, setting, options);
		},
	}));
}

function valueOfGrouping({ grouping, op }: Asked): string {
	const operation = groupingOf(grouping?.op, op);
	const main = operation?.options[0];
	if (!operation || !grouping) return "";
	return main?.kind === "labels" ? `${operation.name}=${grouping.options[main.name] ?? ""}` : operation.name;
}

function lower(title: string): string {
	return title.charAt(0).toLowerCase() + title.slice(1);
}
