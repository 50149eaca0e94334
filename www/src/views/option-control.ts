/** The field of one option of an operation, by the option's kind. */

import {
	type ArrayInfo,
	type Dataset,
	type OperationOption,
	type OptionValue,
	optionText,
	parseOption,
	type Suggestion,
	wanted,
} from "zarrscope";
import { type Child, h, isFocused, uniqueId } from "../dom.js";
import { candidates } from "../grouping-labels.js";
import { linkedDocument } from "../linked-document.js";

export interface OptionControl {
	readonly element: HTMLElement;
	show(value: OptionValue | undefined): void;
}

interface Setting {
	readonly option: OperationOption;
	readonly array: ArrayInfo;
	readonly dataset: Dataset;
	/** How tests and scripts find its field. */
	readonly testId: string;
	/** Gets undefined for what holds by default. */
	readonly onChange: (value: OptionValue | undefined) => void;
}

export function optionControl(setting: Setting): OptionControl {
	const { option, array, dataset, testId, onChange } = setting;
	const send = (value: OptionValue | undefined) => onChange(value === option.byDefault ? undefined : value);
	const of = (arrays: ArrayInfo[]) => arrays.map(({ path }) => ({ value: path, title: path }));
	const none = option.required ? [] : [{ value: "", title: "none" }];
	switch (option.kind) {
		case "boolean":
			return flagControl(option, testId, send);
		case "choice":
			return selectControl(option, testId, [...none, ...(option.choices ?? []).map(sameTitle)], send);
		case "weights": {
			const fixed = [
				{ value: "", title: "equal" },
				{ value: "area", title: "area of cells" },
			];
			return selectControl(option, testId, [...fixed, ...of(candidates(array, dataset))], send);
		}
		case "variable":
			return selectControl(option, testId, [...none, ...of(candidates(array, dataset))], send);
		case "windows":
			return windowsControl(option, testId, array, send);
		case "operand":
			return textControl(option, testId, of(candidates(array, dataset)), send);
		default:
			return textControl(option, testId, option.suggestions ?? [], send);
	}
}

function sameTitle(value: string): Suggestion {
	return { value, title: value };
}

function labelled(option: OperationOption, id: string, field: Child): HTMLElement {
	return h("div", { class: "option" }, h("label", { for: id, title: option.about }, option.title), field);
}

function flagControl(option: OperationOption, testId: string, send: (value: boolean) => void): OptionControl {
	const box = h("input", { type: "checkbox", "data-testid": testId, change: () => send(box.checked) });
	return {
		element: h("label", { class: "chip", title: option.about }, box, h("span", {}, option.title)),
		show: (value) => {
			box.checked = Boolean(value ?? option.byDefault);
		},
	};
}

function selectControl(
	option: OperationOption,
	testId: string,
	choices: readonly Suggestion[],
	send: (value: string | undefined) => void,
): OptionControl {
	const id = uniqueId("option");
	const select = h(
		"select",
		{
			id,
			"data-testid": testId,
			title: option.about,
			change: () => send(select.value || undefined),
		},
		choices.map(({ value, title }) => h("option", { value }, title)),
	);
	return {
		element: labelled(option, id, select),
		show: (value) => {
			// A link may hold what is not offered here.
			const text = String(value ?? "");
			if (![...select.options].some((o) => o.value === text)) select.append(h("option", { value: text }, text));
			select.value = text;
		},
	};
}

function textControl(
	option: OperationOption,
	testId: string,
	suggestions: readonly Suggestion[],
	send: (value: OptionValue | undefined) => void,
): OptionControl {
	const [id, listId] = [uniqueId("option"), uniqueId("suggestions")];
	const field = h("input", {
		id,
		type: "text",
		class: "option-field",
		"data-testid": testId,
		placeholder: option.byDefault === undefined ? option.example : String(option.byDefault),
		title: `${option.about}: ${wanted(option)}${option.kind === "operand" ? ", or a link to this page" : ""}`,
		spellcheck: "false",
		autocapitalize: "off",
		autocomplete: "off",
		list: suggestions.length > 0 && listId,
		change: () => {
			const linked = option.kind === "operand" ? linkedDocument(field.value, location.href) : undefined;
			const value = linked ?? parseOption(option, field.value);
			const understood = value !== undefined || (field.value.trim() === "" && !option.required);
			field.setAttribute("aria-invalid", String(!understood));
			if (understood) send(value);
		},
	});
	const list =
		suggestions.length > 0 &&
		h(
			"datalist",
			{ id: listId },
			suggestions.map(({ value, title }) => h("option", { value, label: title })),
		);
	return {
		element: labelled(option, id, [field, list]),
		show: (value) => {
			if (isFocused(field)) return;
			field.value = value === undefined ? "" : optionText(option, value);
			field.removeAttribute("aria-invalid");
		},
	};
}

/** A small field for each dimension; empty ones have no window. */
function windowsControl(
	option: OperationOption,
	testId: string,
	array: ArrayInfo,
	send: (value: Record<string, number>) => void,
): OptionControl {
	const fields = array.dims.map((dim) => {
		const id = uniqueId("option");
		const field = h("input", {
			id,
			type: "text",
			inputmode: "numeric",
			class: "window-field",
			"data-testid": `${testId}-${dim}`,
			placeholder: "1",
			title: option.about,
			autocomplete: "off",
			change: () => change(),
		});
		return { dim, id, field };
	});
	const change = () => {
		const sizes = fields.map(({ dim, field }) => {
			const text = field.value.trim();
			const value = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
			field.setAttribute("aria-invalid", String(text !== "" && !value));
			return [dim, text === "" ? 1 : value] as const;
		});
		const windows = sizes.filter(([, size]) => size !== 1);
		if (sizes.every(([, size]) => size)) send(Object.fromEntries(windows) as Record<string, number>);
	};
	return {
		element: h(
			"div",
			{ class: "option", role: "group", "aria-label": option.title },
			fields.map(({ dim, id, field }) => h("span", { class: "window" }, h("label", { for: id }, dim), field)),
		),
		show: (value) => {
			const windows = new Map(Object.entries((value ?? {}) as Record<string, number>));
			for (const { dim, field } of fields) {
				if (!isFocused(field)) field.value = String(windows.get(dim) ?? "");
			}
		},
	};
}
