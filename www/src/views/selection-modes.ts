/** The ways to select along a dimension, in one table: each makes its fields, and reads and writes one form. */

import type { Labels, Selector } from "zarrscope";
import { h, isFocused } from "../dom.js";
import { labelText } from "../format.js";
import { label, parseSelector, selectorText } from "../selector-text.js";

export type Mode = "whole" | "range" | "nearest" | "position" | "text";

export interface Editor {
	readonly elements: HTMLElement[];
	show(form: Selector | undefined): void;
}

interface Setting {
	readonly dim: string;
	readonly length: number;
	readonly labels: Labels | undefined;
	readonly onChange: (form: Selector | undefined) => void;
}

export const MODES: Readonly<
	Record<Mode, { label: string; needsLabels: boolean; editor: (setting: Setting) => Editor }>
> = {
	whole: { label: "all", needsLabels: false, editor: () => ({ elements: [], show() {} }) },
	range: { label: "from … to", needsLabels: true, editor: rangeEditor },
	nearest: { label: "nearest", needsLabels: true, editor: nearestEditor },
	position: { label: "position", needsLabels: false, editor: positionEditor },
	text: { label: "written", needsLabels: false, editor: textEditor },
};

export function modeOf(form: Selector | undefined): Mode {
	if (!form) return "whole";
	if ("from" in form || "to" in form) return "range";
	if ("nearest" in form && !Array.isArray(form.nearest)) return "nearest";
	return "index" in form && !Array.isArray(form.index) ? "position" : "text";
}

/** What a way begins with, as near as it can be to what was selected before. */
export function startOf(
	mode: Mode,
	{ form, length, labels }: { form: Selector | undefined; length: number; labels: Labels | undefined },
): Selector | undefined {
	const at = form ? Math.max(0, positionOf(form, length, labels)) : 0;
	const name = (position: number) => labels?.[position] ?? position;
	switch (mode) {
		case "whole":
			return undefined;
		case "range":
			return { from: endLabel(name(0)), to: endLabel(name(length - 1)) };
		case "nearest":
			return { nearest: shortLabel(name(at)) };
		case "position":
			return { index: at };
		case "text":
			return form ?? { start: 0, stop: length };
	}
}

function rangeEditor({ dim, onChange }: Setting): Editor {
	const send = () => {
		const [low, high] = [label(from.value), label(to.value)];
		const ends = { ...(low === undefined ? {} : { from: low }), ...(high === undefined ? {} : { to: high }) };
		onChange(Object.keys(ends).length > 0 ? ends : undefined);
	};
	const field = (name: string) =>
		h("input", {
			type: "text",
			class: "label-field",
			"aria-label": `${dim} ${name}`,
			spellcheck: "false",
			change: send,
		});
	const from = field("from");
	const to = field("to");
	return {
		elements: [from, h("span", { "aria-hidden": "true" }, "to"), to],
		show(form) {
			const ends = (form ?? {}) as { from?: string | number; to?: string | number };
			write(from, ends.from);
			write(to, ends.to);
		},
	};
}

function nearestEditor(setting: Setting): Editor {
	const { dim, length, labels, onChange } = setting;
	const field = h("input", {
		type: "text",
		class: "label-field",
		"aria-label": `${dim} nearest to`,
		spellcheck: "false",
		change: () => {
			const nearest = label(field.value);
			if (nearest !== undefined) onChange({ nearest });
		},
	});
	const slide = slider(setting, (position) => {
		field.value = labelText(labels?.[position]);
		onChange({ nearest: shortLabel(labels?.[position] ?? position) });
	});
	return {
		elements: [slide, field],
		show(form) {
			if (!form || !("nearest" in form)) return;
			write(field, form.nearest as string | number);
			const position = positionOf(form, length, labels);
			if (position >= 0) slide.value = String(position);
		},
	};
}

function positionEditor(setting: Setting): Editor {
	const { dim, length, labels, onChange } = setting;
	const name = h("output", { class: "label" });
	const put = (position: number) => {
		number.value = String(position);
		slide.value = String(position < 0 ? length + position : position);
		const text = labels ? labelText(labels[position < 0 ? length + position : position]) : "";
		name.textContent = text;
		slide.setAttribute("aria-valuetext", text || String(position));
	};
	const slide = slider(setting, (position) => {
		put(position);
		onChange({ index: position });
	});
	const number = h("input", {
		type: "number",
		class: "position-field",
		"aria-label": `${dim} position`,
		min: -length,
		max: length - 1,
		step: 1,
		change: () => {
			if (number.validity.valid && number.value !== "") onChange({ index: Number(number.value) });
		},
	});
	return {
		elements: [slide, number, name],
		show(form) {
			if (form && "index" in form && !Array.isArray(form.index)) put(form.index);
		},
	};
}

function textEditor({ dim, onChange }: Setting): Editor {
	const field = h("input", {
		type: "text",
		class: "written-field",
		"aria-label": `${dim} selection`,
		title: "@0:12:2 positions · 10..20 labels · ~5 nearest · =1,2 exactly these",
		spellcheck: "false",
		change: () => {
			const form = parseSelector(field.value.trim());
			field.setAttribute("aria-invalid", String(form === undefined));
			if (form) onChange(form);
		},
	});
	return {
		elements: [field],
		show(form) {
			if (form && !isFocused(field)) field.value = selectorText(form);
		},
	};
}

function slider({ dim, length }: Setting, onMove: (position: number) => void): HTMLInputElement {
	const input = h("input", {
		type: "range",
		min: 0,
		max: Math.max(0, length - 1),
		step: 1,
		value: 0,
		disabled: length < 2,
		"aria-label": `${dim} position`,
		input: () => onMove(Number(input.value)),
	});
	return input;
}

/** The position that a form names; -1 where only the store can tell. */
function positionOf(form: Selector, length: number, labels: Labels | undefined): number {
	if ("index" in form && !Array.isArray(form.index)) return form.index < 0 ? length + form.index : form.index;
	if (!("nearest" in form) || Array.isArray(form.nearest) || !labels) return -1;
	const { nearest } = form;
	if (typeof nearest === "string") return labels.findIndex((l) => typeof l === "string" && l.startsWith(nearest));
	let best = -1;
	let distance = Number.POSITIVE_INFINITY;
	labels.forEach((l, i) => {
		const d = typeof l === "number" ? Math.abs(l - nearest) : Number.POSITIVE_INFINITY;
		if (d < distance) [best, distance] = [i, d];
	});
	return best;
}

/** A label as people would write it: a time without zeros, a number without the noise of float32. */
function shortLabel(value: string | number): string | number {
	return label(labelText(value)) ?? value;
}

/** The same for an end of a range, where a rounded number could leave out the outermost cell. */
function endLabel(value: string | number): string | number {
	return typeof value === "number" ? value : shortLabel(value);
}

function write(field: HTMLInputElement, value: string | number | undefined): void {
	if (!isFocused(field)) field.value = value === undefined ? "" : String(value);
}
