/** Labels of a variable's dimensions, for the selection's sliders and fields. */

import type { Dataset } from "zarrscope";
import type { Question } from "./question.js";
import type { Store } from "./state.js";

/** Longer coordinates are selected by position only: their labels would hold up the page. */
const MAX_LABELS = 100_000;

/** Reads them one by one into the state, unless another variable was picked meanwhile. */
export async function readCoordinates(store: Store, dataset: Dataset, { variable }: Question): Promise<void> {
	store.update({ coordinates: {} });
	const array = dataset.info.array(variable);
	const short = array?.dims.filter((_, d) => (array.shape[d] ?? 0) <= MAX_LABELS) ?? [];
	const found = await Promise.all(
		// A coordinate that cannot be read leaves selection by position.
		short.map(async (dim) => [dim, await dataset.coordinate(variable, dim).catch(() => undefined)] as const),
	);
	const { state } = store;
	if (state.dataset?.info !== dataset.info || state.question.variable !== variable) return;
	store.update({ coordinates: Object.fromEntries(found.flatMap(([dim, labels]) => (labels ? [[dim, labels]] : []))) });
}
