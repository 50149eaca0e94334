/** The dataset as xarray shows it: dimensions, coordinates, data variables, attributes; groups inside. */

import type { ArrayInfo, Dataset } from "zarrscope";
import type { Asker } from "../asker.js";
import { fill, h } from "../dom.js";
import { bytes, count, integer } from "../format.js";
import { isLarge } from "../near.js";
import type { Question } from "../question.js";
import type { Store } from "../state.js";
import { arrayList } from "./array-list.js";
import { attributeList } from "./attribute-list.js";
import { showRows } from "./rows.js";
import { variableItem } from "./variable-item.js";

export function datasetView(store: Store, asker: Asker): HTMLElement {
	const body = h("div", { class: "dataset-body" });
	const title = h("h2", { id: "dataset-title" }, "Dataset");
	const section = h(
		"section",
		{ class: "card dataset", "aria-labelledby": "dataset-title", "data-testid": "dataset" },
		title,
		body,
	);
	store.watch(
		(s) => [s.dataset, s.opening],
		(_, dataset, opening) => {
			section.setAttribute("aria-busy", String(opening));
			title.textContent = dataset ? nameOf(dataset) : "Dataset";
			if (dataset)
				fill(
					body,
					summary(dataset),
					!dataset.info.complete && finder(asker),
					isLarge(dataset.info)
						? arrayList(dataset, asker, () => markCurrent(body, store.state.question))
						: groupSections(dataset, dataset, asker),
				);
			else fill(body, h("p", { class: "muted" }, opening ? "Reading metadata…" : "No store is open."));
			markCurrent(body, store.state.question);
		},
	);
	store.watch(
		(s) => [s.question.variable, s.question.others],
		({ question }, _variable, _others) => markCurrent(body, question),
	);
	return section;
}

/** The last part of the address, as people call the store. */
function nameOf({ info }: Dataset): string {
	const name = info.source.replace(/\/+$/, "").split("/").pop() || info.source;
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

function markCurrent(body: HTMLElement, { others, variable }: Question): void {
	for (const button of body.querySelectorAll<HTMLElement>("button.variable")) {
		button.toggleAttribute("data-also", others.includes(button.dataset.path ?? ""));
		if (button.dataset.path === variable) button.setAttribute("aria-current", "true");
		else button.removeAttribute("aria-current");
	}
}

function summary({ info }: Dataset): HTMLElement {
	const metadata = info.consolidated ? ", consolidated" : "";
	return h(
		"p",
		{ class: "muted" },
		`Zarr ${info.zarrFormat}${metadata} · ${count(info.arrayPaths.length, "array")} · ${bytes(info.bytes)}`,
	);
}

/** The four sections of a group, then the groups below it. */
function groupSections(group: Dataset, root: Dataset, asker: Asker): HTMLElement[] {
	const { coords, dataVars } = group;
	const attributes = Object.entries(group.attrs);
	const below = group.groups;
	const dims = Object.entries(group.dims);
	return [
		part("Dimensions", dims.length, true, dimensionList(dims)),
		part("Coordinates", coords.length, coords.length <= 12, variableList(coords, true, asker)),
		part("Data variables", dataVars.length, true, variableList(dataVars, false, asker)),
		part("Attributes", attributes.length, false, attributeList(attributes)),
		...below.map((path) => {
			const name = path.split("/").pop() ?? path;
			return h(
				"details",
				{ class: "part group", open: below.length <= 3 },
				h("summary", {}, "Group ", h("strong", {}, name)),
				groupSections(root.group(path), root, asker),
			);
		}),
	];
}

function part(title: string, size: number, open: boolean, content: HTMLElement): HTMLElement {
	const heading = h("summary", {}, title, " ", h("span", { class: "muted" }, `(${integer(size)})`));
	return h(
		"details",
		{ class: "part", open: open && size > 0 },
		heading,
		size > 0 ? content : h("p", { class: "muted" }, "none"),
	);
}

function dimensionList(dims: [string, number][]): HTMLElement {
	return h(
		"p",
		{ class: "dimensions" },
		dims.map(([dim, length]) => h("span", {}, h("b", {}, dim), ` ${integer(length)}`)),
	);
}

function variableList(arrays: ArrayInfo[], brief: boolean, asker: Asker): HTMLElement {
	const list = h("ul", { class: "variables" });
	showRows(list, arrays, (array) => variableItem(array, brief, () => asker.pick(array)));
	return list;
}

/** For stores that do not tell what is in them. */
function finder(asker: Asker): HTMLElement {
	const input = h("input", {
		id: "find",
		type: "text",
		spellcheck: "false",
		autocapitalize: "off",
		placeholder: "path/of/variable",
	});
	const submit = (event: SubmitEvent) => {
		event.preventDefault();
		if (input.value.trim()) void asker.find(input.value.trim());
	};
	return h(
		"form",
		{ class: "finder", submit },
		h("label", { for: "find" }, "This store does not list all its arrays. Path of a variable:"),
		h("div", {}, input, h("button", { type: "submit" }, "Look")),
	);
}
