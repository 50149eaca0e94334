/** All arrays of a large store by their paths, with a field that searches them: sections of such a store would hide most. */

import type { Dataset } from "zarrscope";
import type { Asker } from "../asker.js";
import { h, uniqueId } from "../dom.js";
import { count } from "../format.js";
import { showRows } from "./rows.js";
import { variableItem } from "./variable-item.js";

/** Someone who types is not held up by lists that are gone at the next letter. */
const TYPING_MS = 120;

/** `onRows` is called whenever other rows are shown. */
export function arrayList({ info }: Dataset, asker: Asker, onRows: () => void): HTMLElement {
	const id = uniqueId("filter");
	const list = h("ul", { class: "variables" });
	const found = h("p", { class: "muted", role: "status" });
	const show = () => {
		const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
		const matches = (path: string) => words.every((word) => path.toLowerCase().includes(word));
		const paths = words.length > 0 ? info.arrayPaths.filter(matches) : info.arrayPaths;
		found.textContent = words.length > 0 ? `${count(paths.length, "array")} of this name` : "";
		showRows(list, paths, (path) => {
			const array = info.array(path);
			return array && variableItem(array, true, () => asker.pick(array), path);
		});
		onRows();
	};
	let waiting: ReturnType<typeof setTimeout> | undefined;
	const input = () => {
		clearTimeout(waiting);
		waiting = setTimeout(show, TYPING_MS);
	};
	const field = h("input", {
		id,
		type: "search",
		spellcheck: "false",
		autocapitalize: "off",
		"data-testid": "filter",
		input,
	});
	show();
	return h(
		"div",
		{ class: "array-list" },
		h("div", { class: "finder" }, h("label", { for: id }, "Part of a variable's path"), h("div", {}, field)),
		found,
		list,
	);
}
