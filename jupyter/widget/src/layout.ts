/** The page's views, without what only a page has: a name, samples, files that are dropped on it. */

import type { Asker } from "../../../www/src/asker.js";
import { h } from "../../../www/src/dom.js";
import { NO_QUESTION } from "../../../www/src/question.js";
import type { Store } from "../../../www/src/state.js";
import { companionChoice } from "../../../www/src/views/companion-choice.js";
import { costCard } from "../../../www/src/views/cost-card.js";
import { datasetView } from "../../../www/src/views/dataset-view.js";
import { errorPanel } from "../../../www/src/views/error-panel.js";
import { figure, type Surroundings } from "../../../www/src/views/figure.js";
import { notices } from "../../../www/src/views/notices.js";
import { runControls } from "../../../www/src/views/run-controls.js";
import { selectionControls } from "../../../www/src/views/selection-controls.js";
import { sourceBar } from "../../../www/src/views/source-bar.js";
import { stepList } from "../../../www/src/views/step-list.js";

export function layout(store: Store, asker: Asker, surroundings: Surroundings): HTMLElement {
	const controls = h(
		"section",
		{ class: "card controls", "aria-label": "Question" },
		h("div", { class: "subject" }, selectionControls(store, asker), companionChoice(store, asker)),
		h("div", { class: "operation-row" }, stepList(store, asker), costCard(store, asker)),
		runControls(store, asker),
	);
	// Without a store there is nothing to ask.
	store.watch(
		(s) => [s.dataset === undefined],
		(_, none) => {
			controls.hidden = none;
		},
	);
	const retry = ({ of }: { of: "open" | "run" }) => {
		const { question } = store.state;
		if (of === "open") void asker.open(question, question.variable !== "");
		else asker.change(question);
	};
	return h(
		"div",
		{ class: "embedded", role: "region", "aria-label": "zarrscope" },
		sourceBar(store, (source) => void asker.open({ ...NO_QUESTION, source }, false)),
		h(
			"main",
			{},
			notices(store),
			h("div", { class: "sidebar" }, datasetView(store, asker)),
			h(
				"div",
				{ class: "work" },
				errorPanel(store, retry),
				controls,
				figure(store, { ...surroundings, linked: false }),
			),
		),
	);
}
