/** The dimensions that an operation takes away or works along, as switches. */

import type { ArrayInfo, Dataset, Operation } from "zarrscope";
import type { Asker } from "../asker.js";
import { groupedDim } from "../choose.js";
import { h, uniqueId } from "../dom.js";
import { dimsOption } from "../operations.js";
import { drops, freed, type Question, withStep } from "../question.js";
import type { Store } from "../state.js";
import { settled } from "../steps.js";
import { testId } from "./test-id.js";

export interface Chip {
	readonly element: HTMLElement;
	show(question: Question): void;
}

interface Setting {
	readonly store: Store;
	readonly asker: Asker;
	/** Of whose dimensions: what the step gets. */
	readonly input: ArrayInfo;
	readonly array: ArrayInfo;
	readonly dataset: Dataset;
	readonly operation: Operation;
	/** Which step. */
	readonly at: number;
}

export function dimensionChips(setting: Setting): Chip[] {
	const { input, operation } = setting;
	const option = dimsOption(operation);
	if (!option) return [];
	if (option.most !== 1) return input.dims.map((dim) => switchChip(setting, dim));
	const name = uniqueId("along");
	const chips = input.dims.map((dim) => radioChip(setting, name, dim));
	return option.required ? chips : [...chips, radioChip(setting, name, undefined)];
}

/** The last one stays on: to reduce over nothing is to do nothing. So does what is grouped. */
function switchChip(setting: Setting, dim: string): Chip {
	const { store, input, at } = setting;
	const box = h("input", {
		type: "checkbox",
		"data-testid": testId(`over-${dim}`, at),
		change: () => {
			const { question } = store.state;
			const now = input.dims.filter((d) => isOn(question, at, d));
			const dims = input.dims.filter((d) => (d === dim ? box.checked : now.includes(d)));
			if (dims.length === 0) box.checked = true;
			else change(setting, dims, dims);
		},
	});
	return {
		element: h("label", { class: "chip" }, box, h("span", {}, dim)),
		show: (question) => {
			const grouped = groupedDim(question, setting);
			box.disabled = dim === grouped;
			// Without any, a grouping is over what is grouped alone.
			const byDefault = grouped !== undefined && !question.steps[at]?.dims;
			box.checked = dim === grouped || (!byDefault && isOn(question, at, dim));
		},
	};
}

/** One dimension, or none of them. */
function radioChip(setting: Setting, name: string, dim: string | undefined): Chip {
	const { input, at } = setting;
	const box = h("input", {
		type: "radio",
		name,
		"data-testid": testId(`over-${dim ?? "all"}`, at),
		change: () => {
			const dims = dim === undefined ? undefined : [dim];
			change(setting, dims, dims ?? input.dims);
		},
	});
	return {
		element: h("label", { class: "chip" }, box, h("span", {}, dim ?? "all")),
		show: ({ steps }) => {
			const dims = steps[at]?.dims;
			box.checked = dim === undefined ? dims === undefined : dims?.[0] === dim;
		},
	};
}

/** The first step takes whole what it works on; later ones get what the selection has left. */
function change({ store, asker, array, dataset, at }: Setting, dims: string[] | undefined, whole: string[]): void {
	const { question } = store.state;
	const step = question.steps[at];
	if (!step) return;
	const select = at === 0 ? freed(question.select, whole) : question.select;
	asker.change(settled(withStep({ ...question, select }, at, { ...step, dims }), array, dataset));
}

function isOn({ steps, select }: Question, at: number, dim: string): boolean {
	const dims = steps[at]?.dims;
	return dims ? dims.includes(dim) : at > 0 || !drops(select[dim]);
}
