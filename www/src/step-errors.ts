/** Which step an error is about, where its message names it. */

import { ZarrscopeError } from "zarrscope";
import { documentSteps } from "./operations.js";
import type { State } from "./state.js";

/** What only another question can mend. */
const OF_QUESTIONS: ReadonlySet<string> = new Set([
	"invalid_document",
	"invalid_selection",
	"unsupported",
	"not_found",
]);

/** The position of the step; undefined if there is one step only, or the message names none. */
export function stepOfError({ failure, question }: Pick<State, "failure" | "question">): number | undefined {
	const { steps } = question;
	if (failure?.of !== "run" || steps.length < 2 || !(failure.error instanceof ZarrscopeError)) return undefined;
	const { code, message } = failure.error.details;
	if (!OF_QUESTIONS.has(code)) return undefined;
	// Of several with the same operation it is the last: what is possible at first may be impossible later.
	const at = steps.findLastIndex((step) => documentSteps([step]).some((part) => isNamed(part, message)));
	return at < 0 ? undefined : at;
}

function isNamed(part: { op: string; with?: unknown }, message: string): boolean {
	const words: string[] = message.split(/[^\w/.-]+/);
	return words.includes(part.op) || (typeof part.with === "string" && words[0] === part.with);
}
