/** The first values of the result as a table, made when it is opened. */

import { type Result, type Value, valueText } from "zarrscope";
import { fill, h } from "../dom.js";
import { integer, labelText, quantity } from "../format.js";
import type { Store } from "../state.js";

const MAX_ROWS = 200;

export function dataTable(store: Store): HTMLElement {
	const slot = h("div", { class: "table-slot", tabindex: 0, role: "region", "aria-label": "Values" });
	const details = h(
		"details",
		{ class: "values", "data-testid": "data-table" },
		h("summary", {}, "Values as a table"),
		slot,
	);
	const draw = () => {
		const { shown } = store.state;
		if (details.open && shown) fill(slot, table(shown.result));
		else fill(slot);
	};
	details.addEventListener("toggle", draw);
	store.watch(
		(s) => [s.shown],
		(_, shown) => {
			details.hidden = shown === undefined;
			draw();
		},
	);
	return details;
}

function table(result: Result): HTMLElement {
	const total = result.data.length;
	const rows = Array.from({ length: Math.min(MAX_ROWS, total) }, (_, i) => row(result, i));
	const all =
		total > MAX_ROWS
			? `The first ${MAX_ROWS} of ${integer(total)} values; the saved files have all.`
			: `${integer(total)} ${total === 1 ? "value" : "values"}.`;
	const heads = [...result.dims.map((dim) => String(result.coordAttrs[dim]?.label ?? dim)), result.label];
	return h(
		"table",
		{},
		h("caption", {}, all),
		h(
			"thead",
			{},
			h(
				"tr",
				{},
				heads.map((head) => h("th", { scope: "col" }, head)),
			),
		),
		h("tbody", {}, rows),
	);
}

function row(result: Result, index: number): HTMLElement {
	const positions: number[] = [];
	let rest = index;
	for (let d = result.shape.length - 1; d >= 0; d -= 1) {
		const length = Math.max(1, result.shape[d] ?? 1);
		positions[d] = rest % length;
		rest = Math.floor(rest / length);
	}
	const labels = result.dims.map((dim, d) => h("th", { scope: "row" }, rowLabel(result, dim, positions[d] ?? 0)));
	return h("tr", {}, labels, h("td", {}, cellText(result.data[index] ?? null)));
}

function rowLabel({ coords }: Result, dim: string, position: number): string {
	const edges = dim === "bin" ? coords.bin_edges : undefined;
	if (edges) return `${labelText(edges[position])} – ${labelText(edges[position + 1])}`;
	const labels = coords[dim];
	return labels ? labelText(labels[position]) : String(position);
}

function cellText(value: Value): string {
	if (value === null) return "missing";
	return typeof value === "number" ? quantity(value) : valueText(value);
}
