/** What a question will cost, before it is asked. */

import type { Cost } from "zarrscope";
import type { Asker } from "../asker.js";
import { fill, h } from "../dom.js";
import { bytes, count } from "../format.js";
import { percentText } from "../limits.js";
import type { Store } from "../state.js";
import { estimateButton } from "./estimate-button.js";
import { estimateLimit } from "./estimate-limit.js";

export function costCard(store: Store, asker: Asker): HTMLElement {
	const element = h("div", { class: "cost", "data-testid": "cost" });
	const estimate = estimateButton(store, asker, "confirm-estimate", (phase) => phase === "asking");
	const limit = estimateLimit(
		store,
		asker,
		"confirm-limit",
		({ phase, sampleCost }) => phase === "asking" && sampleCost !== undefined,
	);
	store.watch(
		(s) => [s.cost, s.phase === "asking"],
		(_, cost, asking) => {
			element.hidden = !cost;
			if (!cost) return;
			fill(
				element,
				figures(cost),
				cost.warnings.map((warning) => h("p", { class: "warning" }, warning)),
				asking && question(cost, asker, store, [estimate, limit]),
			);
		},
	);
	return element;
}

function figures(cost: Cost): HTMLElement {
	const about = cost.bytesToFetchIsEstimate ? "about " : "";
	const parts = [
		`${cost.requestsAreEstimate ? "about " : ""}${count(cost.requests, "request")}${cost.passes > 1 ? `, ${cost.passes} passes` : ""}`,
		`${about}${bytes(cost.bytesToFetch)} to fetch`,
		`${about}${bytes(cost.bytesToDecode)} to decode`,
		`about ${bytes(cost.memoryBytes)} of memory`,
		`${bytes(cost.outputBytes)} of result`,
	];
	return h(
		"ul",
		{ "aria-label": "Cost", title: "Before running; memory is the most that one worker needs" },
		parts.map((text) => h("li", {}, text)),
	);
}

/** Much is not fetched without a second yes. */
function question(cost: Cost, asker: Asker, store: Store, estimate: HTMLElement[]): HTMLElement {
	const yes = h(
		"button",
		{ type: "button", class: "primary", "data-testid": "confirm-run", click: () => asker.run(true) },
		"Run it",
	);
	const no = h("button", { type: "button", click: () => store.update({ phase: "waiting" }) }, "Not now");
	queueMicrotask(() => yes.focus());
	const about = cost.bytesToFetchIsEstimate ? "about " : "";
	const { relativeError } = store.state.question;
	return h(
		"div",
		{ class: "confirm", role: "group", "aria-label": "Confirm" },
		h(
			"p",
			{},
			relativeError === undefined
				? `This fetches ${about}${bytes(cost.bytesToFetch)} over the network.`
				: `This fetches ${about}${bytes(cost.bytesToFetch)} over the network at most, and ends sooner at ± ${percentText(relativeError)}.`,
		),
		yes,
		estimate,
		no,
	);
}
