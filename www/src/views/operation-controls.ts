/** One step's operation, what comes before it, the dimensions that it takes away, and its options: made from the table. */

import type { ArrayInfo, Operation, OptionValue } from "zarrscope";
import { groupingsBefore } from "zarrscope";
import type { Asker } from "../asker.js";
import { type Setting, withGroupingOptions, withOperation } from "../choose.js";
import { fill, h, uniqueId } from "../dom.js";
import { type Asked, CHOICES, fieldsOf, groupingOf, NO_STEP, operationOf, VALUES, windowsOf } from "../operations.js";
import { inputOf, type Question, withStep } from "../question.js";
import type { Store } from "../state.js";
import { type Chip, dimensionChips } from "./dimension-chips.js";
import { groupingSelect } from "./grouping-select.js";
import { optionControl } from "./option-control.js";
import { testId } from "./test-id.js";

/** A part of the controls: the elements that are seen at once, those that are folded, and how they follow the step. */
interface Part {
	readonly first: HTMLElement[];
	readonly folded: HTMLElement[];
	show(step: Asked): void;
}

/** Changes the question, if there still is a variable. */
export type Change = (make: (question: Question, setting: Setting) => Question) => void;

export function operationControls(store: Store, asker: Asker, at: number): HTMLElement {
	const id = uniqueId("operation");
	const change: Change = (make) => {
		const { coordinates, dataset, question } = store.state;
		const array = dataset?.info.array(question.variable);
		if (dataset && array && question.steps[at]) asker.change(make(question, { at, array, dataset, coordinates }));
	};
	const select = operationSelect(id, at, (op) => change((question, setting) => withOperation(question, op, setting)));
	const group = (label: string, kind: string) =>
		h("div", { class: kind, role: "group", "aria-label": label, "data-part": label });
	const before = group("Grouping", "options");
	const dims = group("Dimensions", "over");
	const options = group("Options", "options");
	const folded = h("div", { class: "options" });
	const more = h(
		"details",
		{ class: "folded", "data-testid": testId("more-options", at) },
		h("summary", {}, "More"),
		folded,
	);
	const label = h("label", { for: id }, at === 0 ? "Operation" : "then");
	const element = h("div", { class: "operation" }, label, select, before, dims, options, more);
	let parts: Pick<Part, "show">[] = [];
	let chips: Chip[] = [];
	const show = (question: Question) => {
		for (const part of parts) part.show(question.steps[at] ?? NO_STEP);
		for (const chip of chips) chip.show(question);
	};
	store.watch(
		(s) => {
			const step = s.question.steps[at];
			return [s.dataset, s.question.variable, step?.op, step?.grouping?.op, inputDims(s.question, at, s.dataset)];
		},
		({ question }, dataset, variable, op, grouping, _dims) => {
			const array = dataset?.info.array(variable);
			const step = question.steps[at];
			element.hidden = !array || !step;
			if (!dataset || !array || !step) return;
			select.value = op ?? VALUES.name;
			const operation = operationOf(step.op);
			select.title = operation.about;
			const setting = { at, array, dataset };
			const input = inputOf(question, at, array, dataset);
			const groupings = groupingPart(groupingsBefore(operation), grouping, setting, input, change);
			// Windows say by themselves over what the reduction is done, and an anomaly is that of its group.
			const hasChips = !windowsOf(step) && (!grouping || operation.kind === "reduction");
			chips = hasChips ? dimensionChips({ ...setting, input, operation, store, asker }) : [];
			const fields = optionPart(operation, setting, input, (name, value) =>
				change((now) => {
					const old = now.steps[at] ?? step;
					return withStep(now, at, { ...old, options: withValue(old.options, name, value) });
				}),
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
			parts = [groupings, fields];
			show(question);
			// What differs from the default is not to be overlooked.
			more.open = more.open || hasFolded(step, operation);
		},
	);
	store.watch(
		(s) => [s.question],
		(_, question) => show(question),
	);
	return element;
}

/** The dimensions that a step gets, as one text: watched, so that its controls follow what the steps before it leave. */
function inputDims(question: Question, at: number, dataset: Setting["dataset"] | undefined): string {
	const array = dataset?.info.array(question.variable);
	if (!dataset || !array || !question.steps[at]) return "";
	return JSON.stringify(inputOf(question, at, array, dataset).dims);
}

function operationSelect(id: string, at: number, onPick: (op: string) => void): HTMLSelectElement {
	const select = h(
		"select",
		{ id, "data-testid": testId("operation-select", at), change: () => onPick(select.value) },
		h("option", { value: VALUES.name }, at === 0 ? VALUES.title : "pick an operation"),
		CHOICES.map(({ title, operations }) =>
			h(
				"optgroup",
				{ label: title },
				operations.map((operation) => h("option", { value: operation.name, title: operation.about }, operation.title)),
			),
		),
	);
	return select;
}

/** What may come before the operation, and the options of what does. */
function groupingPart(
	groupings: Operation[],
	picked: string | undefined,
	setting: Setting,
	input: ArrayInfo,
	change: Change,
): Part {
	if (groupings.length === 0) return { first: [], folded: [], show() {} };
	const { element, show } = groupingSelect(groupings, setting, input, change);
	const grouping = groupings.find(({ name }) => name === picked);
	const options =
		grouping &&
		optionPart(withoutLabels(grouping), setting, input, (name, value) =>
			change((question, now) => {
				const values = withValue(question.steps[now.at]?.grouping?.options ?? {}, name, value);
				return withGroupingOptions(question, { op: grouping.name, options: values }, now);
			}),
		);
	return {
		first: [element, ...(options?.first ?? [])],
		folded: options?.folded ?? [],
		show: (step) => {
			show(step);
			options?.show({ ...step, options: step.grouping?.options ?? {} });
		},
	};
}

/** Labels are picked with their grouping, in one select. */
function withoutLabels(grouping: Operation): Operation {
	return { ...grouping, options: grouping.options.filter(({ kind }) => kind !== "labels") };
}

function optionPart(
	operation: Operation,
	{ at, dataset }: Setting,
	input: ArrayInfo,
	onChange: (name: string, value: OptionValue | undefined) => void,
): Part {
	const fields = fieldsOf(operation).map((option) => ({
		option,
		control: optionControl({
			option,
			array: input,
			dataset,
			testId: testId(`option-${option.name}`, at),
			onChange: (value) => onChange(option.name, value),
		}),
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

function withValue(options: Asked["options"], name: string, value: OptionValue | undefined): Asked["options"] {
	const { [name]: _, ...others } = options;
	return value === undefined ? others : { ...others, [name]: value };
}

function hasFolded({ options, grouping }: Asked, operation: Operation): boolean {
	const before = grouping && groupingOf(grouping.op, operation.name);
	const isSet = (of: Operation, values: Asked["options"]) =>
		fieldsOf(of).some(({ common, name }) => !common && values[name] !== undefined);
	return isSet(operation, options) || (before !== undefined && isSet(before, grouping?.options ?? {}));
}
