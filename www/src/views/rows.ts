/** Rows of a list, some at a time: a page of ten thousand variables would not move. */

import { h } from "../dom.js";
import { integer } from "../format.js";

/** More rows than this wait behind a button. */
const ROWS_AT_ONCE = 200;

/** Puts the first rows into a list, and a button for the next. */
export function showRows<T>(list: HTMLElement, items: readonly T[], row: (item: T) => HTMLElement | undefined): void {
	list.replaceChildren();
	const show = (from: number) => {
		const some = items.slice(from, from + ROWS_AT_ONCE);
		list.append(...some.flatMap((item) => row(item) ?? []));
		const left = items.length - from - some.length;
		if (left <= 0) return;
		const more = h("button", { type: "button", class: "quiet" }, `Show more (${integer(left)} left)`);
		const item = h("li", {}, more);
		more.addEventListener("click", () => {
			item.remove();
			show(from + ROWS_AT_ONCE);
		});
		list.append(item);
	};
	show(0);
}
