/** The operation, the dimensions that it takes away, and its options: made from the table of operations. */

import type { ArrayInfo, Dataset } from "zarrscope";
import type { Asker } from "../asker.js";
import { fill, h, uniqueId } from "../dom.js";
import { OPERATIONS, type OperationName, type OptionName, operationOf } from "../operations.js";
import { previewSelection, reducedFirst } from "../preview.js";
import { type Question, withOperation } from "../question.js";
import type { Store } from "../state.js";
import { optionControl } from "./option-control.js";

export function operationControls(store: Store, asker: Asker): HTMLElement {
	const id = uniqueId("operation");
	const select = h(
		"select",
		{ id, "data-testid": "operation-select", change: () => pickOperation(store, asker, select.value as OperationName) },
		OPERATIONS.map(({ name, label }) => h("option", { value: name }, label)),
	);
	const dims = h("div", { class: "over", role: "group", "aria-label": "Dimensions to reduce" });
	const options = h("div", { class: "options", role: "group", "aria-label": "Options" });
	const element = h("div", { class: "operation" }, h("label", { for: id }, "Operation"), select, dims, options);
	let sync: ((question: Question) => void)[] = [];
	store.watch(
		(s) => [s.dataset, s.question.variable, s.question.op],
		({ question }, dataset, variable, op) => {
			const array = dataset?.info.array(variable);
			element.hidden = !array;
			if (!dataset || !array) return;
			select.value = op;
			const chips = op === "values" ? [] : array.dims.map((dim) => dimensionChip(store, asker, array, dim));
			const fields = operationOf(op).options.map((name) =>
				optionControl(name, array, dataset, setter(store, asker, name)),
			);
			fill(
				dims,
				chips.length > 0 && h("span", { class: "muted" }, "over"),
				chips.map((chip) => chip.element),
			);
			fill(
				options,
				fields.map((field) => field.element),
			);
			dims.hidden = chips.length === 0;
			options.hidden = fields.length === 0;
			sync = [...chips, ...fields].map((part) => part.show);
			for (const show of sync) show(question);
		},
	);
	store.watch(
		(s) => [s.question],
		(_, question) => {
			for (const show of sync) show(question);
		},
	);
	return element;
}

function pickOperation(store: Store, asker: Asker, op: OperationName): void {
	const { dataset, question } = store.state;
	const array = dataset?.info.array(question.variable);
	if (!dataset || !array) return;
	if (op === "values")
		asker.change(withOperation({ ...question, select: mapAgain(question, array, dataset) }, op, undefined));
	// A histogram begins with all that is selected, as numpy's does; the others leave a map.
	else if (op === "histogram")
		asker.change(
			withOperation(
				{ ...question, select: mapAgain(question, array, dataset) },
				op,
				remaining(question, array, dataset),
			),
		);
	else
		asker.change(
			withOperation(
				question,
				op,
				question.op === "values" || question.op === "histogram" ? reducedFirst(array, dataset) : question.dims,
			),
		);
}

/** Values of many maps are no map: other dimensions go back to their first position, unless they are selected otherwise. */
function mapAgain(question: Question, array: ArrayInfo, dataset: Dataset): Question["select"] {
	return { ...previewSelection(array, dataset), ...question.select };
}

function remaining(question: Question, array: ArrayInfo, dataset: Dataset): string[] {
	const select = mapAgain(question, array, dataset);
	return array.dims.filter((dim) => !select[dim] || !("index" in select[dim] || "nearest" in select[dim]));
}

function setter(store: Store, asker: Asker, name: OptionName) {
	return (value: Question["options"][OptionName]) => {
		const { question } = store.state;
		const { [name]: _, ...others } = question.options;
		asker.change({ ...question, options: value === undefined ? others : { ...others, [name]: value } });
	};
}

/** A dimension that can be taken away, as a switch. The last one stays on: to reduce over nothing is to do nothing. */
function dimensionChip(store: Store, asker: Asker, array: ArrayInfo, dim: string) {
	const box = h("input", {
		type: "checkbox",
		"data-testid": `over-${dim}`,
		change: () => {
			const { question } = store.state;
			const now = question.dims ?? array.dims;
			const dims = array.dims.filter((d) => (d === dim ? box.checked : now.includes(d)));
			if (dims.length === 0) box.checked = true;
			else asker.change(withOperation(question, question.op, dims));
		},
	});
	return {
		element: h("label", { class: "chip" }, box, h("span", {}, dim)),
		show: (question: Question) => {
			box.checked = question.dims
				? question.dims.includes(dim)
				: !question.select[dim] || !("index" in question.select[dim]);
		},
	};
}
