/** What is taken of each dimension of the variable. */

import type { Selector } from "zarrscope";
import type { Asker } from "../asker.js";
import { fill, h } from "../dom.js";
import { drops, type Question } from "../question.js";
import type { Store } from "../state.js";
import { type DimensionRow, dimensionRow } from "./dimension-row.js";

export function selectionControls(store: Store, asker: Asker): HTMLElement {
	const element = h("div", { class: "selection", role: "group", "aria-label": "Selection" });
	let rows: [string, DimensionRow][] = [];
	store.watch(
		(s) => [s.dataset, s.question.variable, s.coordinates],
		({ question }, dataset, variable, coordinates) => {
			const array = dataset?.info.array(variable);
			const change = (dim: string) => (form: Selector | undefined) =>
				asker.change(withSelection(store.state.question, dim, form, array?.dims ?? []));
			rows = (array?.dims ?? []).map((dim, d) => {
				const row = dimensionRow(dim, array?.shape[d] ?? 0, coordinates[dim]?.values, change(dim));
				row.show(question.select[dim]);
				return [dim, row];
			});
			element.hidden = rows.length === 0;
			fill(
				element,
				rows.map(([, row]) => row.element),
			);
		},
	);
	store.watch(
		(s) => [s.question.select],
		(_, select) => {
			for (const [dim, row] of rows) row.show(select[dim]);
		},
	);
	return element;
}

/** A dimension that is dropped by its selection cannot be reduced as well. */
function withSelection(question: Question, dim: string, form: Selector | undefined, all: string[]): Question {
	const { [dim]: _, ...others } = question.select;
	const select = form ? { ...others, [dim]: form } : others;
	if (!drops(form) || question.op === "values") return { ...question, select };
	const dims = (question.dims ?? all.filter((d) => !drops(others[d]))).filter((d) => d !== dim);
	return { ...question, select, dims };
}
