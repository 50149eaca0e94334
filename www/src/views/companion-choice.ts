/** Further variables that the same is done to in the same run: folded away until someone wants them. */

import type { Asker } from "../asker.js";
import { companionsOf } from "../companions.js";
import { fill, h } from "../dom.js";
import { count, integer } from "../format.js";
import { MAX_VARIABLES, onlyOfOne } from "../question.js";
import type { State, Store } from "../state.js";

/** More than this are not offered. */
const MOST_OFFERED = 200;

export function companionChoice(store: Store, asker: Asker): HTMLElement {
	const summary = h("summary", { "data-testid": "add-variables" });
	const chips = h("div", { class: "over", role: "group", "aria-label": "Further variables in the same run" });
	const note = h("p", { class: "muted", role: "status", "data-testid": "variables-note" });
	const element = h("details", { class: "companions" }, summary, chips, note);
	const toggle = (path: string, isOn: boolean) => {
		const { question } = store.state;
		const others = question.others.filter((other) => other !== path);
		asker.change({ ...question, others: isOn ? [...others, path] : others });
	};
	let paths: string[] = [];
	let found = 0;
	const offer = ({ dataset, question }: State) => {
		const array = dataset?.info.array(question.variable);
		const companions = array && dataset ? companionsOf(array, dataset) : [];
		found = companions.length;
		const offered = companions.slice(0, MOST_OFFERED).map(({ path }) => path);
		paths = [...new Set([...question.others, ...offered])].sort();
		element.open = question.others.length > 0;
		fill(
			chips,
			paths.map((path) => {
				const box = h("input", {
					type: "checkbox",
					value: path,
					"data-testid": `also-${path}`,
					change: () => toggle(path, box.checked),
				});
				return h("label", { class: "chip" }, box, h("span", {}, path));
			}),
		);
	};
	store.watch(
		(s) => [s.dataset, s.question.variable],
		(state, _dataset, _variable) => offer(state),
	);
	store.watch(
		(s) => [s.question, s.dataset],
		(state, question, _dataset) => {
			const { others } = question;
			// Links and Back may name others than are offered.
			if (!others.every((path) => paths.includes(path))) offer(state);
			element.hidden = paths.length === 0;
			element.classList.toggle("none", others.length === 0);
			summary.textContent =
				others.length > 0 ? `${count(others.length + 1, "variable")} in this run` : "+ Add a variable";
			const refused = onlyOfOne(question);
			const isFull = others.length + 1 >= MAX_VARIABLES;
			note.textContent = refused
				? sentence(refused)
				: isFull
					? `No more than ${MAX_VARIABLES} go into one run.`
					: found > MOST_OFFERED
						? `The first ${MOST_OFFERED} of ${integer(found)}; a link or a document may name any.`
						: "";
			note.hidden = note.textContent === "";
			for (const box of chips.querySelectorAll("input")) {
				box.checked = others.includes(box.value);
				// What is in the run can always be taken out of it.
				box.disabled = !box.checked && (refused !== undefined || isFull);
			}
		},
	);
	return element;
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
