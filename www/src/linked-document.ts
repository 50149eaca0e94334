/** The analysis document that a link to this page stands for: what people paste where a document is wanted. */

import type { AnalysisDocument } from "zarrscope";
import { documentSteps } from "./operations.js";
import { precisionOf, variablesOf } from "./question.js";
import { fromHash } from "./url-state.js";

/** Undefined for what is no link, or asks for no variable. */
export function linkedDocument(text: string, page: string): AnalysisDocument | undefined {
	const at = text.indexOf("#v1&");
	if (at < 0) return undefined;
	const { notices, question } = fromHash(text.slice(at).trim());
	if (!question.source || !question.variable || notices.length > 0) return undefined;
	return {
		version: 1,
		source: absolute(question.source, text.slice(0, at).trim() || page),
		...variablesOf(question),
		select: { ...question.select },
		steps: documentSteps(question.steps),
		...precisionOf(question),
	};
}

/** What is relative in a link is so to the page that it leads to. */
function absolute(source: string, page: string): string {
	try {
		return new URL(source, page).href;
	} catch {
		return source;
	}
}
