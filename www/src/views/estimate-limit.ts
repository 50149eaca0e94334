/** What stops an estimate: bytes that are read, or an error that is small enough. */

import type { Asker } from "../asker.js";
import { fill, h, uniqueId } from "../dom.js";
import { LIMITS, limitText } from "../limits.js";
import { isEstimate, type Limit } from "../question.js";
import type { State, Store } from "../state.js";

/** Shown where `belongs` says so, beside what asks for the estimate. */
export function estimateLimit(
	store: Store,
	asker: Asker,
	testId: string,
	belongs: (state: State) => boolean,
): HTMLElement {
	const id = uniqueId("limit");
	const select = h("select", {
		id,
		"data-testid": testId,
		title: "± is the standard error, as a share of the estimate: the truth is mostly within two of them",
		change: () => {
			const limit = offered[Number(select.value)];
			if (limit) asker.limit(limit);
		},
	});
	let offered: readonly Limit[] = [];
	const element = h("span", { class: "limit" }, h("label", { for: id }, "until"), select);
	store.watch(
		(s) => [isEstimate(s.question) ? limitText(s.question) : limitText(s.limit)],
		({ limit, question }, text) => {
			const { maxBytes, relativeError } = isEstimate(question) ? question : limit;
			const isOffered = LIMITS.some((each) => limitText(each) === text);
			// Links may say what is not offered.
			offered = isOffered ? LIMITS : [...LIMITS, { maxBytes, relativeError }];
			fill(
				select,
				offered.map((each, i) => h("option", { value: i, selected: limitText(each) === text }, limitText(each))),
			);
		},
	);
	store.watch(
		(s) => [belongs(s)],
		(_, isShown) => {
			element.hidden = !isShown;
		},
	);
	return element;
}
