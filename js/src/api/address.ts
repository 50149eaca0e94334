/** Addresses of stores as people write them, made whole. */

import { innerDocument } from "./operations/assemble.js";
import type { Step } from "./operations/steps.js";
import type { AnalysisDocument } from "./spec.js";

/** Plain paths are files in Node; a page's relative addresses are its own. */
export async function resolveSource(source: string): Promise<string> {
	if (source.startsWith("icechunk+")) {
		const [, path = "", revision = ""] = source.slice(9).match(/^(.*?)(#(?:branch|tag|snapshot)=.*)?$/s) ?? [];
		return `icechunk+${await resolveSource(path)}${revision}`;
	}
	if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return source;
	if (typeof document !== "undefined") return new URL(source, document.baseURI).href;
	if (typeof process === "undefined" || !process.versions?.node) return source;
	const node = "node:url";
	const { pathToFileURL } = await import(/* webpackIgnore: true */ /* @vite-ignore */ node);
	return pathToFileURL(source).href;
}

/** The document with whole addresses, also in the documents of its steps. */
export async function resolved(document: AnalysisDocument): Promise<AnalysisDocument> {
	const source = await resolveSource(document.source);
	if (!Array.isArray(document.steps)) return { ...document, source };
	const steps = document.steps.map(async (step) => {
		const inner = innerDocument(step);
		return inner && typeof inner.source === "string" ? ({ ...step, with: await resolved(inner) } as Step) : step;
	});
	return { ...document, source, steps: await Promise.all(steps) };
}
