/** One dimension's selection: how it is taken, and the fields of that way. */

import type { Labels, Selector } from "zarrscope";
import { h, uniqueId } from "../dom.js";
import { integer } from "../format.js";
import { type Editor, type Mode, MODES, modeOf, startOf } from "./selection-modes.js";

export interface DimensionRow {
	readonly element: HTMLElement;
	/** Puts a form into the fields; undefined for the whole dimension. */
	show(form: Selector | undefined): void;
}

export function dimensionRow(
	dim: string,
	length: number,
	labels: Labels | undefined,
	onChange: (form: Selector | undefined) => void,
): DimensionRow {
	const id = uniqueId("dim");
	const offered = (Object.keys(MODES) as Mode[]).filter((mode) => labels || !MODES[mode].needsLabels);
	const slot = h("div", { class: "editor" });
	let mode: Mode | undefined;
	let editor: Editor | undefined;
	let form: Selector | undefined;
	const change = (next: Selector | undefined) => {
		form = next;
		onChange(next);
	};
	const build = (next: Mode) => {
		mode = next;
		editor = MODES[next].editor({ dim, length, labels, onChange: change });
		slot.replaceChildren(...editor.elements);
	};
	const select = h(
		"select",
		{
			id,
			"data-testid": `select-${dim}`,
			change: () => {
				build(select.value as Mode);
				const start = startOf(select.value as Mode, { form, length, labels });
				editor?.show(start);
				change(start);
			},
		},
		offered.map((name) => h("option", { value: name }, MODES[name].label)),
	);
	const element = h(
		"div",
		{ class: "dimension" },
		h("label", { for: id }, h("b", {}, dim), " ", h("span", { class: "muted" }, integer(length))),
		select,
		slot,
	);
	return {
		element,
		show(next) {
			form = next;
			const wanted = modeOf(next);
			const usable = offered.includes(wanted) ? wanted : "text";
			// The text form can say everything: someone who types there is not moved to other fields.
			const stays = mode === usable || (mode === "text" && next !== undefined);
			if (!stays) build(usable);
			select.value = mode ?? usable;
			editor?.show(next);
		},
	};
}
