/** Which of a result's variables is drawn: of several in one run each, of a trend its slope, intercept, standard error or p-value. */

import { fill, h } from "../dom.js";
import type { State, Store } from "../state.js";
import { shownVariable } from "../title.js";

/** As one text, which is watched. */
function namesOf({ shown }: State): string {
	return Object.keys(shown?.result.variables ?? {}).join("\n");
}

export function variableChoice(store: Store): HTMLElement {
	const chips = h("div", { class: "over" });
	const element = h(
		"div",
		{ class: "variable-choice", role: "group", "aria-label": "Variable shown" },
		h("span", { class: "muted", "aria-hidden": "true" }, "Show"),
		chips,
	);
	const pick = (name: string, isFirst: boolean) => {
		const { question, shown } = store.state;
		const shows = isFirst ? undefined : name;
		// What is shown changes, not what is asked: nothing is run again.
		store.update({
			question: { ...question, shows },
			...(shown ? { shown: { ...shown, question: { ...shown.question, shows } } } : {}),
		});
	};
	store.watch(
		(s) => [namesOf(s)],
		({ shown }, _names) => {
			const names = Object.keys(shown?.result.variables ?? {});
			element.hidden = names.length < 2;
			fill(
				chips,
				names.map((name, i) => {
					const box = h("input", {
						type: "radio",
						name: "variable-shown",
						value: name,
						"data-testid": `show-${name}`,
						change: () => pick(name, i === 0),
					});
					return h("label", { class: "chip" }, box, h("span", {}, name));
				}),
			);
		},
	);
	store.watch(
		// Of several variables, partial results have the first ones only: chips that come later are new ones.
		(s) => [s.shown && shownVariable(s.shown.question, s.shown.result), namesOf(s)],
		(_, name, _names) => {
			for (const box of chips.querySelectorAll("input")) box.checked = box.value === name;
		},
	);
	return element;
}
