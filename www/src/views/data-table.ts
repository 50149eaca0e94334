/** The first values of the result as a table, made when it is opened. */

import type { Result, ResultVariable } from "zarrscope";
import { fill, h } from "../dom.js";
import { integer, labelText } from "../format.js";
import { cellText, isSideBySide } from "../side-by-side.js";
import type { Shown, Store } from "../state.js";
import { shownVariable } from "../title.js";

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
		if (details.open && shown) fill(slot, table(tabled(shown)));
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

/** What a table shows: labels, and the columns beside them. */
type Tabled = Pick<Result, "dims" | "shape" | "coords" | "coordAttrs"> & {
	readonly columns: [string, Result["data"]][];
	/** Of variables whose labels differ, there is a table for the drawn one only. */
	readonly alone: string | undefined;
};

function tabled({ question, result }: Shown): Tabled {
	const { variables } = result;
	if (!variables) return { ...result, columns: [[result.label, result.data]], alone: undefined };
	const headed = ([name, { data, units }]: [string, ResultVariable]): [string, Result["data"]] => [
		units ? `${name} [${units}]` : name,
		data,
	];
	const all = Object.entries(variables);
	if (isSideBySide(result)) return { ...result, columns: all.map(headed), alone: undefined };
	const name = shownVariable(question, result);
	const own = all.filter(([each]) => each === name);
	return { ...result, ...own[0]?.[1], columns: own.map(headed), alone: name };
}

function table(result: Tabled): HTMLElement {
	const total = result.columns[0]?.[1].length ?? 0;
	const rows = Array.from({ length: Math.min(MAX_ROWS, total) }, (_, i) => row(result, i));
	const all =
		total > MAX_ROWS
			? `The first ${MAX_ROWS} of ${integer(total)} values; the saved files have all.`
			: `${integer(total)} ${total === 1 ? "value" : "values"}.`;
	const alone = result.alone ? ` Of ${result.alone} alone: the others have other labels.` : "";
	const columns = result.columns.map(([name]) => name);
	const heads = [...result.dims.map((dim) => String(result.coordAttrs[dim]?.label ?? dim)), ...columns];
	return h(
		"table",
		{},
		h("caption", {}, all + alone),
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

function row(result: Tabled, index: number): HTMLElement {
	const positions: number[] = [];
	let rest = index;
	for (let d = result.shape.length - 1; d >= 0; d -= 1) {
		const length = Math.max(1, result.shape[d] ?? 1);
		positions[d] = rest % length;
		rest = Math.floor(rest / length);
	}
	const labels = result.dims.map((dim, d) => h("th", { scope: "row" }, rowLabel(result, dim, positions[d] ?? 0)));
	const values = result.columns.map(([, data]) => h("td", {}, cellText(data[index] ?? null)));
	return h("tr", {}, labels, values);
}

function rowLabel({ coords }: Tabled, dim: string, position: number): string {
	const edges = dim === "bin" ? coords.bin_edges : undefined;
	if (edges) return `${labelText(edges[position])} – ${labelText(edges[position + 1])}`;
	const labels = coords[dim];
	return labels ? labelText(labels[position]) : String(position);
}
