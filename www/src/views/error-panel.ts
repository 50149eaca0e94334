/** What went wrong, where, and what can be done about it. */

import { type ErrorCode, type ErrorDetails, hintFor, ZarrscopeError } from "zarrscope";
import { corsHelp } from "../cors-help.js";
import { fill, h } from "../dom.js";
import type { Failure, Store } from "../state.js";
import { stepOfError } from "../step-errors.js";

const TITLES: Readonly<Record<ErrorCode, string>> = {
	not_found: "Not found",
	forbidden: "Access denied",
	throttled: "The server asks to slow down",
	http: "The server answered with an error",
	offline: "The server cannot be reached",
	cors: "The server does not let this page read it",
	range_ignored: "The server does not serve parts of files",
	short_read: "The answer was cut short",
	changed: "The data changed while they were read",
	timeout: "The server did not answer in time",
	aborted: "Ended",
	invalid_metadata: "The metadata are not valid",
	unsupported: "Not supported",
	unknown_codec: "Unknown codec",
	corrupt_chunk: "A chunk is damaged",
	checksum: "A chunk is damaged",
	too_large: "Too large",
	out_of_memory: "Not enough memory",
	invalid_selection: "Nothing can be selected like that",
	invalid_document: "The question is not valid",
	worker_crashed: "The computation stopped unexpectedly",
};

/** Errors that trying again cannot mend: another question can. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
	"invalid_selection",
	"invalid_document",
	"unsupported",
	"unknown_codec",
	"too_large",
]);

export function errorPanel(store: Store, onRetry: (failure: Failure) => void): HTMLElement {
	const panel = h("section", { class: "error", role: "alert", "data-testid": "error-panel", "aria-label": "Error" });
	store.watch(
		// What is about one of several steps is told there.
		(s) => [stepOfError(s) === undefined ? s.failure : undefined],
		(_, failure) => {
			panel.hidden = !failure;
			if (failure)
				fill(
					panel,
					errorContent(failure.error, store.state.question.source, () => onRetry(failure)),
				);
			else fill(panel);
		},
	);
	return panel;
}

/** The panel's content, wherever it stands. */
export function errorContent(error: unknown, source: string, onRetry: () => void): HTMLElement[] {
	const details = detailsOf(error);
	const hint = hintFor(details);
	const help = details.code === "cors" ? corsHelp(source, location.origin) : undefined;
	const retry = h("button", { type: "button", "data-testid": "retry-button", click: onRetry }, "Try again");
	return [
		h("h2", {}, TITLES[details.code] ?? "Something went wrong"),
		h("p", { class: "message" }, sentence(details.message)),
		...(hint ? [h("p", {}, hint)] : []),
		...(help
			? [
					h(
						"details",
						{ open: true },
						h("summary", {}, help.title),
						h("p", {}, help.how),
						h("pre", { tabindex: 0 }, help.rule),
					),
				]
			: []),
		place(details),
		...(FINAL.has(details.code) ? [] : [retry]),
	];
}

/** Only text: a server's words can never be a link or markup here. */
function place(details: ErrorDetails): HTMLElement {
	const facts: [string, string | number | undefined][] = [
		["Code", details.code],
		["Address", details.url],
		["Path", details.path],
		["Chunk", details.chunk],
		["Codec", details.codec],
		["Status", details.status],
		["Expected", details.expected],
		["Got", details.actual],
	];
	const known = facts.filter(([, value]) => value !== undefined);
	return h(
		"dl",
		{ class: "place" },
		known.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
	);
}

function sentence(message: string): string {
	// A name keeps its case: "lat: nothing between …".
	return /^\w+ /.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
}

function detailsOf(error: unknown): ErrorDetails {
	if (error instanceof ZarrscopeError) return error.details;
	return { code: "worker_crashed", message: error instanceof Error ? error.message : String(error) };
}
