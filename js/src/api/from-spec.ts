/** From an analysis document back to a lazy array. */

import { ZarrscopeError } from "../errors.js";
import { DataArray } from "./dataarray.js";
import { open, resolveSource } from "./dataset.js";
import { innerDocument } from "./operations/assemble.js";
import type { Step } from "./operations/steps.js";
import type { AnalysisDocument } from "./spec.js";

/** The lazy array that a document describes. Opens its source. */
export async function fromSpec(document: AnalysisDocument): Promise<DataArray> {
	for (const key of ["source", "variable"] as const) {
		if (typeof document?.[key] !== "string") {
			throw new ZarrscopeError({ code: "invalid_document", message: `\`${key}\` must be text` });
		}
	}
	const storage = document.storage ? { storage: document.storage } : {};
	const dataset = await open(document.source, { ...storage, variable: document.variable });
	const { info } = dataset.get(document.variable);
	return new DataArray(await resolved(document), info, dataset.info.arrays);
}

/** The document with whole addresses, also in the documents of its steps. */
async function resolved(document: AnalysisDocument): Promise<AnalysisDocument> {
	const source = await resolveSource(document.source);
	if (!Array.isArray(document.steps)) return { ...document, source };
	const steps = document.steps.map(async (step) => {
		const inner = innerDocument(step);
		return inner && typeof inner.source === "string" ? ({ ...step, with: await resolved(inner) } as Step) : step;
	});
	return { ...document, source, steps: await Promise.all(steps) };
}
