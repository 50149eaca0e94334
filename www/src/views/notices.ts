/** What the user should know: of the link, of the store. */

import { fill, h } from "../dom.js";
import type { Store } from "../state.js";

export function notices(store: Store): HTMLElement {
	const list = h("ul", { class: "notices", role: "status", "data-testid": "notices", "aria-label": "Notices" });
	store.watch(
		(s) => [s.notices],
		(_, shown) => {
			const dismiss = h("button", { type: "button", class: "quiet", click: () => store.update({ notices: [] }) }, "Dismiss");
			list.hidden = shown.length === 0;
			fill(
				list,
				shown.map((notice) => h("li", {}, notice)),
				shown.length > 0 && h("li", { class: "dismiss" }, dismiss),
			);
		},
	);
	return list;
}
