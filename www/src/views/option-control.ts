/** The field of one option of an operation. */

import type { ArrayInfo, Dataset } from "zarrscope";
import { h, uniqueId } from "../dom.js";
import { near } from "../near.js";
import { OPTIONS, type OptionName, type OptionValue, optionText } from "../operations.js";
import type { Question } from "../question.js";

/** More arrays than this are not offered as weights: their path can be written in the link. */
const MAX_WEIGHTS = 40;

export interface OptionControl {
	readonly element: HTMLElement;
	show(question: Question): void;
}

/** `onChange` gets undefined for what holds by default. */
export function optionControl(
	name: OptionName,
	array: ArrayInfo,
	dataset: Dataset,
	onChange: (value: OptionValue | undefined) => void,
): OptionControl {
	const option = OPTIONS[name];
	const send = (value: OptionValue | undefined) => onChange(value === option.byDefault ? undefined : value);
	if (option.kind === "flag") return flagControl(name, send);
	return option.kind === "weights" ? weightsControl(array, dataset, send) : textControl(name, send);
}

function flagControl(name: OptionName, send: (value: boolean) => void): OptionControl {
	const { label, about, byDefault } = OPTIONS[name];
	const box = h("input", { type: "checkbox", "data-testid": `option-${name}`, change: () => send(box.checked) });
	return {
		element: h("label", { class: "chip", title: about }, box, h("span", {}, label)),
		show: ({ options }) => {
			box.checked = Boolean(options[name] ?? byDefault);
		},
	};
}

function textControl(name: OptionName, send: (value: OptionValue | undefined) => void): OptionControl {
	const { label, about, placeholder, parse } = OPTIONS[name];
	const id = uniqueId("option");
	const field = h("input", {
		id,
		type: "text",
		class: "option-field",
		"data-testid": `option-${name}`,
		placeholder,
		title: about,
		spellcheck: "false",
		change: () => {
			const value = parse(field.value);
			const understood = value !== undefined || field.value.trim() === "";
			field.setAttribute("aria-invalid", String(!understood));
			if (understood) send(value);
		},
	});
	return {
		element: h("div", { class: "option" }, h("label", { for: id, title: about }, label), field),
		show: ({ options }) => {
			const value = options[name];
			if (document.activeElement !== field) field.value = value === undefined ? "" : optionText(name, value);
		},
	};
}

function weightsControl(array: ArrayInfo, dataset: Dataset, send: (value: string | undefined) => void): OptionControl {
	const { label, about } = OPTIONS.weights;
	const id = uniqueId("option");
	const others = near(array, dataset)
		.filter((a) => a.path !== array.path && canWeigh(a, array))
		.slice(0, MAX_WEIGHTS);
	const select = h(
		"select",
		{ id, "data-testid": "option-weights", title: about, change: () => send(select.value || undefined) },
		h("option", { value: "" }, "equal"),
		h("option", { value: "area" }, "area of cells"),
		others.map(({ path }) => h("option", { value: path }, path)),
	);
	return {
		element: h("div", { class: "option" }, h("label", { for: id, title: about }, label), select),
		show: ({ options }) => {
			const wanted = String(options.weights ?? "");
			if (![...select.options].some((o) => o.value === wanted)) select.append(h("option", { value: wanted }, wanted));
			select.value = wanted;
		},
	};
}

/** Weights broadcast by dimension name, and are numbers; a dimension's own labels are none. */
function canWeigh(candidate: ArrayInfo, array: ArrayInfo): boolean {
	const { dims, dtype, name, problem, role } = candidate;
	if (problem || role || dims.length === 0 || dims.includes(name)) return false;
	return /^(float|int|uint)/.test(dtype) && dims.every((dim) => array.dims.includes(dim));
}
