/** Run and Cancel, how far a run is, and what became of it. */

import type { RunProgress, Stats } from "zarrscope";
import type { Asker } from "../asker.js";
import { h, isFocused } from "../dom.js";
import { endText, estimateText } from "../estimates.js";
import { bytes, count, integer } from "../format.js";
import { isEstimate } from "../question.js";
import type { Phase, State, Store } from "../state.js";
import { estimateButton } from "./estimate-button.js";
import { estimateLimit } from "./estimate-limit.js";

export function runControls(store: Store, asker: Asker): HTMLElement {
	const run = h(
		"button",
		{ type: "button", class: "primary", "data-testid": "run-button", click: () => asker.run() },
		"Run",
	);
	const cancel = h(
		"button",
		{ type: "button", "data-testid": "cancel-button", disabled: true, click: () => asker.cancel() },
		"Cancel",
	);
	const anew = h(
		"button",
		{
			type: "button",
			hidden: true,
			title: "Forget what was kept of earlier runs, in memory and on disk, and read everything again",
			"data-testid": "anew-button",
			click: () => asker.runAnew(),
		},
		"Read anew",
	);
	// While the costs are asked about, it stands with them.
	const beside = (phase: Phase) => phase !== "running" && phase !== "asking";
	const estimate = estimateButton(store, asker, "estimate-button", beside);
	const isDear = ({ phase, question, sampleCost }: State) =>
		isEstimate(question) || (sampleCost !== undefined && beside(phase));
	const limit = estimateLimit(store, asker, "estimate-limit", isDear);
	const exact = h(
		"button",
		{ type: "button", "data-testid": "exact-button", click: () => asker.runExactly() },
		"Run exactly",
	);
	const meter = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
	// Ten changes a second are not read aloud; the status tells of beginnings and ends.
	const numbers = h("span", { class: "numbers", "aria-hidden": "true" });
	const status = h("p", { class: "status", role: "status", "data-testid": "status" });
	store.watch(
		(s) => [s.phase, s.opening, s.dataset, s.question.variable],
		({ dataset, question }, phase, ..._others) => {
			// The focus goes with the action: a disabled button would drop it.
			const runs = phase === "running";
			const hadFocus = isFocused(run) || isFocused(cancel);
			run.disabled = runs || phase === "asking" || !dataset || !question.variable;
			cancel.disabled = !runs;
			if (hadFocus) (runs ? cancel : run).focus();
			run.classList.toggle("calls", phase === "waiting");
			exact.disabled = runs;
			meter.hidden = numbers.hidden = !runs;
		},
	);
	store.watch(
		(s) => [s.phase === "done" && (s.shown?.result.stats.chunksReused ?? 0) > 0],
		(_, reused) => {
			if (!reused && isFocused(anew)) run.focus();
			anew.hidden = !reused;
		},
	);
	store.watch(
		(s) => [statusText(s)],
		(_, text) => {
			status.textContent = text;
		},
	);
	store.watch(
		(s) => [s.progress],
		(_, progress) => {
			meter.value = progress ? progress.chunksDone / Math.max(1, progress.chunks) : 0;
			numbers.textContent = progress ? progressText(progress) : "";
		},
	);
	store.watch(
		(s) => [isEstimate(s.question)],
		(_, isSample) => {
			exact.hidden = !isSample;
			run.textContent = isSample ? "Estimate" : "Run";
		},
	);
	return h("div", { class: "run" }, run, estimate, limit, exact, cancel, anew, meter, numbers, status);
}

function progressText({ chunksDone, chunks, bytesDecoded, seconds, pass, passes }: RunProgress): string {
	const which = passes > 1 ? `pass ${pass} of ${passes} · ` : "";
	return `${which}${integer(chunksDone)} of ${count(chunks, "chunk")} · ${bytes(bytesDecoded)} decoded · ${seconds.toFixed(1)} s`;
}

function statusText({ dataset, opening, phase, question, shown }: State): string {
	if (opening) return "Reading metadata…";
	if (!dataset) return "";
	switch (phase) {
		case "running":
			return "Running…";
		case "waiting":
			return isEstimate(question)
				? "Not run yet: press Estimate to fetch at most this much."
				: "Not run yet: press Run to fetch this much.";
		case "asking":
			return "Waiting for your answer.";
		case "cancelled":
			return shown?.partial === undefined ? "Cancelled." : "Cancelled. The figure shows what was known by then.";
		case "failed":
			return "Failed.";
		case "done":
			return shown ? doneText(shown.result.stats, estimateText(shown), endText(shown)) : "";
		default:
			return question.variable ? "" : "Pick a variable.";
	}
}

function doneText(stats: Stats, estimate: string | undefined, end: string): string {
	const { chunks, chunksMissing, chunksForbidden, chunksReused, bytesFetched, seconds } = stats;
	const missing = chunksMissing > 0 ? ` (${integer(chunksMissing)} not stored: fill values)` : "";
	const reused = chunksReused > 0 ? `, ${integer(chunksReused)} reused from earlier runs` : "";
	const forbidden = chunksForbidden > 0 ? ` 403 treated as missing (${count(chunksForbidden, "chunk")}).` : "";
	const what = estimate ? `Done: ${estimate}${end}` : `Done: ${count(chunks, "chunk")}`;
	return `${what}${missing}${reused}, ${bytes(bytesFetched)} fetched, ${seconds.toFixed(seconds < 1 ? 2 : 1)} s.${forbidden}`;
}
