/** The dimensions that an operation takes away or works along, as switches. */

import type { ArrayInfo, Dataset, Operation } from "zarrscope";
import type { Asker } from "../asker.js";
import { groupedDim } from "../choose.js";
import { h, uniqueId } from "../dom.js";
import { dimsOption } from "../operations.js";
import { drops, freed, type Question } from "../question.js";
import type { Store } from "../state.js";

export interface Chip {
	readonly element: HTMLElement;
	show(question: Question): void;
}

interface Setting {
	readonly store: Store;
	readonly asker: Asker;
	readonly array: ArrayInfo;
	readonly dataset: Dataset;
	readonly operation: Operation;
}

export function dimensionChips(setting: Setting): Chip[] {
	const { array, operation } = setting;
	const option = dimsOption(operation);
	if (!option) return [];
	if (option.most !== 1) return array.dims.map((dim) => switchChip(setting, dim));
	const name = uniqueId("along");
	const chips = array.dims.map((dim) => radioChip(setting, name, dim));
	return option.required ? chips : [...chips, radioChip(setting, name, undefined)];
}

/** The last one stays on: to reduce over nothing is to do nothing. So does what is grouped. */
function switchChip({ store, asker, array, dataset }: Setting, dim: string): Chip {
	const box = h("input", {
		type: "checkbox",
		"data-testid": `over-${dim}`,
		change: () => {
			const { question } = store.state;
			const now = array.dims.filter((d) => isOn(question, d));
			const dims = array.dims.filter((d) => (d === dim ? box.checked : now.includes(d)));
			if (dims.length === 0) box.checked = true;
			else asker.change({ ...question, dims, select: freed(question.select, dims) });
		},
	});
	return {
		element: h("label", { class: "chip" }, box, h("span", {}, dim)),
		show: (question) => {
			const grouped = groupedDim(question, array, dataset);
			box.disabled = dim === grouped;
			// Without any, a grouping is over what is grouped alone.
			box.checked = dim === grouped || (grouped !== undefined && !question.dims ? false : isOn(question, dim));
		},
	};
}

/** One dimension, or none of them. */
function radioChip({ store, asker, array }: Setting, name: string, dim: string | undefined): Chip {
	const box = h("input", {
		type: "radio",
		name,
		"data-testid": `over-${dim ?? "all"}`,
		change: () => {
			const { question } = store.state;
			const dims = dim === undefined ? undefined : [dim];
			asker.change({ ...question, dims, select: freed(question.select, dims ?? array.dims) });
		},
	});
	return {
		element: h("label", { class: "chip" }, box, h("span", {}, dim ?? "all")),
		show: ({ dims }) => {
			box.checked = dim === undefined ? dims === undefined : dims?.[0] === dim;
		},
	};
}

function isOn({ dims, select }: Question, dim: string): boolean {
	return dims ? dims.includes(dim) : !drops(select[dim]);
}
