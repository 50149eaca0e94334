/** From an analysis document back to a lazy array. */

import { ZarrscopeError } from "../errors.js";
import { resolved } from "./address.js";
import { DataArray } from "./dataarray.js";
import { open } from "./dataset.js";
import type { AnalysisDocument } from "./spec.js";

/** The lazy array that a document describes. Opens its source. */
export async function fromSpec(document: AnalysisDocument): Promise<DataArray> {
	const several = Array.isArray(document?.variables);
	const first = several ? document.variables?.[0] : document?.variable;
	for (const [key, value] of Object.entries({
		source: document?.source,
		[several ? "variables" : "variable"]: first,
	})) {
		if (typeof value !== "string") throw invalid(`\`${key}\` must be text`);
	}
	if (several && document.variable !== undefined) throw invalid("both `variable` and `variables`");
	const variable = String(first);
	const storage = document.storage ? { storage: document.storage } : {};
	const dataset = await open(document.source, { ...storage, variable });
	const { info } = dataset.get(variable);
	return new DataArray(await resolved(document), info, dataset.info);
}

function invalid(message: string): ZarrscopeError {
	return new ZarrscopeError({ code: "invalid_document", message });
}
