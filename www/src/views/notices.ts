/** What the user should know: of the link, of the store. */

import { fill, h } from "../dom.js";
import type { Store } from "../state.js";

export function notices(store: Store): HTMLElement {
	const list = h("div", { role: "status", "data-testid": "notices" });
	const dismiss = h(
		"button",
		{ type: "button", class: "quiet", click: () => store.update({ notices: [] }) },
		"Dismiss",
	);
	const element = h("div", { class: "notices" }, list, dismiss);
	store.watch(
		(s) => [s.notices],
		(_, shown) => {
			element.hidden = shown.length === 0;
			fill(
				list,
				shown.map((notice) => h("p", {}, notice)),
			);
		},
	);
	return element;
}
