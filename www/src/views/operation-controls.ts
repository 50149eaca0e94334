/** The operation, what comes before it, the dimensions that it takes away, and its options: made from the table of operations. */

import type { ArrayInfo, Dataset, Operation, OptionValue } from "zarrscope";
import { groupingsBefore } from "zarrscope";
import type { Asker } from "../asker.js";
import { windowsOf, withGroupingOptions, withOperation } from "../choose.js";
import { fill, h, uniqueId } from "../dom.js";
import { CHOICES, fieldsOf, groupingOf, operationOf, VALUES } from "../operations.js";
import type { Question } from "../question.js";
import type { Store } from "../state.js";
import { dimensionChips } from "./dimension-chips.js";
import { groupingSelect } from "./grouping-select.js";
import { optionControl } from "./option-control.js";

/** A part of the controls: the elements that are seen at once, those that are folded, and how they follow the question. */
interface Part {
	readonly first: HTMLElement[];
	readonly folded: HTMLElement[];
	show(question: Question): void;
}

export function operationControls(store: Store, asker: Asker): HTMLElement {
	const id = uniqueId("operation");
	const change = (make: (question: Question, array: ArrayInfo, dataset: Dataset) => Question) => {
		const { dataset, question } = store.state;
		const array = dataset?.info.array(question.variable);
		if (dataset && array) asker.change(make(question, array, dataset));
	};
	const select = h(
		"select",
		{
			id,
			"data-testid": "operation-select",
			change: () =>
				change((question, array, dataset) =>
					withOperation(question, select.value, array, dataset, store.state.coordinates),
				),
		},
		h("option", { value: VALUES.name }, VALUES.title),
		CHOICES.map(({ title, operations }) =>
			h(
				"optgroup",
				{ label: title },
				operations.map((operation) => h("option", { value: operation.name, title: operation.about }, operation.title)),
			),
		),
	);
	const before = h("div", { class: "options", role: "group", "aria-label": "Grouping" });
	const dims = h("div", { class: "over", role: "group", "aria-label": "Dimensions" });
	const options = h("div", { class: "options", role: "group", "aria-label": "Options" });
	const folded = h("div", { class: "options" });
	const more = h("details", { class: "folded", "data-testid": "more-options" }, h("summary", {}, "More"), folded);
	const element = h(
		"div",
		{ class: "operation" },
		h("label", { for: id }, "Operation"),
		select,
		before,
		dims,
		options,
		more,
	);
	let parts: Part[] = [];
	store.watch(
		(s) => [s.dataset, s.question.variable, s.question.op, s.question.grouping?.op],
		({ question }, dataset, variable, op, grouping) => {
			const array = dataset?.info.array(variable);
			element.hidden = !array;
			if (!dataset || !array) return;
			select.value = op;
			const operation = operationOf(op);
			select.title = operation.about;
			const setting = { array, dataset, operation };
			const groupings = groupingPart(groupingsBefore(operation), grouping, setting, change);
			// Windows say by themselves over what the reduction is done, and an anomaly is that of its group.
			const hasChips = !windowsOf(question) && (!grouping || operation.kind === "reduction");
			const chips = hasChips ? dimensionChips({ ...setting, store, asker }) : [];
			const fields = optionPart(operation, setting, (name, value) =>
				change((now) => ({ ...now, options: withValue(now.options, name, value) })),
			);
			fill(before, groupings.first);
			const word = operation.drops ? "over" : "along";
			fill(
				dims,
				chips.length > 0 && h("span", { class: "muted" }, word),
				chips.map((chip) => chip.element),
			);
			fill(options, fields.first);
			fill(folded, groupings.folded, fields.folded);
			before.hidden = groupings.first.length === 0;
			dims.hidden = chips.length === 0;
			options.hidden = fields.first.length === 0;
			more.hidden = folded.childElementCount === 0;
			parts = [groupings, fields, ...chips.map(({ show }) => ({ first: [], folded: [], show }))];
			for (const { show } of parts) show(question);
			// What differs from the default is not to be overlooked.
			more.open = more.open || hasFolded(question, operation);
		},
	);
	store.watch(
		(s) => [s.question],
		(_, question) => {
			for (const { show } of parts) show(question);
		},
	);
	return element;
}

/** Changes the question, if there still is a variable. */
export type Change = (make: (question: Question, array: ArrayInfo, dataset: Dataset) => Question) => void;

/** What may come before the operation, and the options of what does. */
function groupingPart(
	groupings: Operation[],
	picked: string | undefined,
	{ array, dataset }: { array: ArrayInfo; dataset: Dataset },
	change: Change,
): Part {
	if (groupings.length === 0) return { first: [], folded: [], show() {} };
	const { element, show } = groupingSelect(groupings, { array, dataset }, change);
	const grouping = groupings.find(({ name }) => name === picked);
	const options =
		grouping &&
		optionPart(withoutLabels(grouping), { array, dataset }, (name, value) =>
			change((question) => {
				const values = withValue(question.grouping?.options ?? {}, name, value);
				return withGroupingOptions(question, { op: grouping.name, options: values }, array, dataset);
			}),
		);
	return {
		first: [element, ...(options?.first ?? [])],
		folded: options?.folded ?? [],
		show: (question) => {
			show(question);
			options?.show({ ...question, options: question.grouping?.options ?? {} });
		},
	};
}

/** Labels are picked with their grouping, in one select. */
function withoutLabels(grouping: Operation): Operation {
	return { ...grouping, options: grouping.options.filter(({ kind }) => kind !== "labels") };
}

function optionPart(
	operation: Operation,
	{ array, dataset }: { array: ArrayInfo; dataset: Dataset },
	onChange: (name: string, value: OptionValue | undefined) => void,
): Part {
	const fields = fieldsOf(operation).map((option) => ({
		option,
		control: optionControl({ option, array, dataset, onChange: (value) => onChange(option.name, value) }),
	}));
	const elements = (common: boolean) =>
		fields.filter(({ option }) => Boolean(option.common) === common).map(({ control }) => control.element);
	return {
		first: elements(true),
		folded: elements(false),
		show: ({ options }) => {
			for (const { option, control } of fields) control.show(options[option.name]);
		},
	};
}

function withValue(options: Question["options"], name: string, value: OptionValue | undefined): Question["options"] {
	const { [name]: _, ...others } = options;
	return value === undefined ? others : { ...others, [name]: value };
}

function hasFolded({ options, grouping }: Question, operation: Operation): boolean {
	const before = grouping && groupingOf(grouping.op, operation.name);
	const isSet = (of: Operation, values: Question["options"]) =>
		fieldsOf(of).some(({ common, name }) => !common && values[name] !== undefined);
	return isSet(operation, options) || (before !== undefined && isSet(before, grouping?.options ?? {}));
}
