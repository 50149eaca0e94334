/** All steps, one below the other: what is done first, what then; each can be moved and taken away. */

import type { ArrayInfo, Dataset } from "zarrscope";
import type { Asker } from "../asker.js";
import { h } from "../dom.js";
import { MAX_STEPS, type Question } from "../question.js";
import type { State, Store } from "../state.js";
import { stepOfError } from "../step-errors.js";
import { canAdd, withoutStep, withStepAdded, withStepMovedUp } from "../steps.js";
import { operationControls } from "./operation-controls.js";
import { testId } from "./test-id.js";

export function stepList(store: Store, asker: Asker): HTMLElement {
	const list = h("ol", { class: "steps", "aria-label": "Steps" });
	const rows: HTMLElement[] = [];
	const add = h(
		"button",
		{
			type: "button",
			class: "quiet add-step",
			"data-testid": "add-step",
			title: "Do something with the result",
			click: () => {
				const { question } = store.state;
				// Nothing is asked by it, so nothing is run.
				store.update({ question: withStepAdded(question) });
				rows[question.steps.length]?.querySelector("select")?.focus();
			},
		},
		"+ Add a step",
	);
	store.watch(
		(s) => [s.question.steps.length],
		(_, count) => {
			while (rows.length < Math.min(count, MAX_STEPS)) {
				const row = stepRow(store, asker, rows.length);
				rows.push(row);
				list.append(row);
			}
			for (const [at, row] of rows.entries()) row.hidden = at >= count;
			list.classList.toggle("several", count > 1);
		},
	);
	store.watch(
		(s) => [canAdd(s.question) && hasVariable(s)],
		(_, possible) => {
			add.hidden = !possible;
		},
	);
	return h("div", { class: "step-list" }, list, add);
}

function hasVariable({ dataset, question }: State): boolean {
	return dataset?.info.array(question.variable) !== undefined;
}

function stepRow(store: Store, asker: Asker, at: number): HTMLElement {
	const button = (name: string, sign: string, about: string, onClick: () => void) =>
		h(
			"button",
			{
				type: "button",
				class: "quiet",
				"data-testid": `${name}-step-${at + 1}`,
				title: about,
				"aria-label": about,
				click: onClick,
			},
			h("span", { "aria-hidden": "true" }, sign),
		);
	const change = (make: (question: Question, array: ArrayInfo, dataset: Dataset) => Question) => {
		const { dataset, question } = store.state;
		const array = dataset?.info.array(question.variable);
		if (dataset && array) asker.change(make(question, array, dataset));
	};
	const up = button("up", "↑", `Move step ${at + 1} up`, () => {
		change((question, array, dataset) => withStepMovedUp(question, at, array, dataset));
		// The focus goes with the step.
		const above = row.previousElementSibling?.querySelector<HTMLElement>(".step-buttons button:enabled");
		above?.focus();
	});
	const down = button("down", "↓", `Move step ${at + 1} down`, () => {
		change((question, array, dataset) => withStepMovedUp(question, at + 1, array, dataset));
		const buttons = row.nextElementSibling?.querySelectorAll<HTMLElement>(".step-buttons button:enabled");
		buttons?.[Math.min(1, buttons.length - 1)]?.focus();
	});
	const remove = button("remove", "×", `Take step ${at + 1} away`, () => {
		change((question, array, dataset) => withoutStep(question, at, array, dataset));
		const near = row.hidden ? row.previousElementSibling : row;
		near?.querySelector("select")?.focus();
	});
	const buttons = h("div", { class: "step-buttons" }, up, down, remove);
	const problem = h("p", { class: "step-error", role: "alert", "data-testid": testId("step-error", at) });
	const row = h("li", { class: "step" }, operationControls(store, asker, at), buttons, problem);
	store.watch(
		(s) => [s.question.steps.length],
		(_, count) => {
			buttons.hidden = count < 2;
			up.disabled = at === 0;
			down.disabled = at >= count - 1;
		},
	);
	store.watch(
		(s) => [stepOfError(s) === at ? s.failure : undefined],
		(_, failure) => {
			problem.hidden = !failure;
			problem.textContent = failure ? messageOf(failure.error) : "";
		},
	);
	return row;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
