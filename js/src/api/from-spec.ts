/** From an analysis document back to a lazy array. */

import { ZarrscopeError } from "../errors.js";
import { resolved } from "./address.js";
import { DataArray } from "./dataarray.js";
import { open } from "./dataset.js";
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
	return new DataArray(await resolved(document), info, dataset.info);
}
