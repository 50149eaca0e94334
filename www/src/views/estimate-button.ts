/** The offer of an estimate from a sample of the chunks. */

import type { Asker } from "../asker.js";
import { h } from "../dom.js";
import { bytes } from "../format.js";
import type { Phase, Store } from "../state.js";

/** Shown where an estimate is possible and spares much, in the phases that `belongs` tells. */
export function estimateButton(
	store: Store,
	asker: Asker,
	testId: string,
	belongs: (phase: Phase) => boolean,
): HTMLButtonElement {
	const button = h("button", {
		type: "button",
		"data-testid": testId,
		title: "Reads some of the chunks, drawn at random, and tells how far the answer may be off",
		click: () => asker.runEstimate(),
	});
	store.watch(
		(s) => [s.sampleCost, belongs(s.phase), s.limit],
		(_, cost, isShown, { relativeError }) => {
			button.hidden = !cost || !isShown;
			const most = relativeError === undefined && cost ? ` (about ${bytes(cost.bytesToFetch)})` : "";
			button.textContent = `Estimate from a sample${most}`;
		},
	);
	return button;
}
