/** What is taken of each dimension of the variable. */

import type { Selector } from "zarrscope";
import type { Asker } from "../asker.js";
import { fill, h } from "../dom.js";
import { dimsOption, operationOf } from "../operations.js";
import { drops, type Question, withStep } from "../question.js";
import type { Store } from "../state.js";
import { settled } from "../steps.js";
import { type DimensionRow, dimensionRow } from "./dimension-row.js";

export function selectionControls(store: Store, asker: Asker): HTMLElement {
	const element = h("div", { class: "selection", role: "group", "aria-label": "Selection" });
	let rows: [string, DimensionRow][] = [];
	store.watch(
		(s) => [s.dataset, s.question.variable, s.coordinates],
		({ question }, dataset, variable, coordinates) => {
			const array = dataset?.info.array(variable);
			const change = (dim: string) => (form: Selector | undefined) => {
				if (!array || !dataset) return;
				asker.change(settled(withSelection(store.state.question, dim, form, array.dims), array, dataset));
			};
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
	const [first] = question.steps;
	const option = dimsOption(operationOf(first.op));
	const byDefault = first.dims === undefined && (first.grouping !== undefined || option?.most === 1);
	if (!drops(form) || !option || byDefault) return { ...question, select };
	const left = all.filter((d) => !drops(select[d]));
	const still = (first.dims ?? left).filter((d) => d !== dim);
	// What works along one dimension goes on along another.
	const dims = still.length === 0 && option.most === 1 ? left.slice(0, 1) : still;
	return withStep({ ...question, select }, 0, { ...first, dims });
}
