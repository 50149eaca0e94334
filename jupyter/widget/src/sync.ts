/**
 * Between the kernel and the views: what Python sets is asked, what is asked is told, and results go back with their numbers
 * as buffers.
 */

import { type AnalysisDocument, ZarrscopeError } from "zarrscope";
import type { Asker } from "../../../www/src/asker.js";
import { publicDocument } from "../../../www/src/public-document.js";
import { askedArray, NO_QUESTION } from "../../../www/src/question.js";
import type { State, Store } from "../../../www/src/state.js";
import type { Model, Traits } from "./anywidget.js";
import { questionOf } from "./asked-document.js";
import { packed } from "./packed-result.js";

export function follow(model: Model, store: Store, asker: Asker, signal: AbortSignal): void {
	/** The document that was told or taken last: what comes back of it is no news. */
	let known = "";
	let opened = "";
	/** How the open source is read, as Python said it. */
	let reading: AnalysisDocument["storage"];

	const tell = (changes: Partial<Traits>) => {
		if (signal.aborted) return;
		for (const [name, value] of Object.entries(changes)) model.set(name as keyof Traits, value as never);
		model.save_changes();
	};
	const askDocument = () => {
		const document = model.get("document");
		const text = JSON.stringify(document);
		if (!document || text === known) return;
		known = text;
		opened = document.source;
		void ask(document);
	};
	const ask = async (document: AnalysisDocument) => {
		try {
			const question = questionOf(document);
			const { dataset, question: now } = store.state;
			const same = now.source === question.source && readAlike(document, documentOf(store.state));
			if (!same) reading = document.storage;
			asker.readAs(question.source, reading);
			if (dataset && same) asker.change(question);
			else await asker.open(question, true);
			// Python asked for it: it waits for no further word, unless it is dear.
			if (store.state.dataset && store.state.question === question) asker.run();
		} catch (error) {
			store.update({ failure: { error, of: "run" }, phase: "failed" });
		}
	};
	/** A document that comes back without its secrets is read as before. */
	const readAlike = ({ storage }: AnalysisDocument, told: AnalysisDocument | undefined) => {
		const text = JSON.stringify(storage);
		return !storage || text === JSON.stringify(reading) || text === JSON.stringify(told?.storage);
	};
	const askUrl = () => {
		const source = model.get("url");
		if (!source || source === opened) return;
		opened = source;
		void asker.open({ ...NO_QUESTION, source }, false);
	};

	// After a page was loaded again both are known: the document says more.
	askDocument();
	askUrl();
	const listeners = { "change:document": askDocument, "change:url": askUrl };
	for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
	signal.addEventListener("abort", () => {
		for (const [event, listener] of Object.entries(listeners)) model.off(event, listener);
	});

	store.watch(
		(s) => [s.question, s.dataset],
		(state, ..._parts) => {
			const document = documentOf(state);
			if (!document) return;
			const text = JSON.stringify(document);
			if (text === known) return;
			known = text;
			opened = state.question.source;
			tell({ document, url: document.source });
		},
	);
	store.watch(
		(s) => [s.phase, s.opening, s.failure],
		({ failure, opening, phase }, ..._parts) => {
			const error =
				failure && (failure.error instanceof ZarrscopeError ? failure.error.toJSON() : otherError(failure.error));
			tell({ status: failure ? "failed" : opening ? "opening" : phase, error: error ? { ...error } : null });
		},
	);
	store.watch(
		(s) => [s.shown, s.phase],
		({ shown }, _, phase) => {
			if (!shown || shown.partial !== undefined || phase !== "done") return;
			const { content, buffers } = packed(shown.result);
			model.send({ type: "result", document: documentOf(store.state), result: content }, undefined, buffers);
		},
	);
}

/** What is asked, without what may be secret: notebooks may keep it. */
function documentOf({ dataset, question }: State): AnalysisDocument | undefined {
	if (!dataset || !question.variable) return undefined;
	try {
		return publicDocument(askedArray(question, dataset).toSpec()).document;
	} catch {
		// A step that is not filled in yet: the views say so.
		return undefined;
	}
}

function otherError(error: unknown): Record<string, unknown> {
	return { code: "worker_crashed", message: error instanceof Error ? error.message : String(error) };
}
