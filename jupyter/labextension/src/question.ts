/** A document in words, and whether it is one. */

import { type AnalysisDocument, titleOf, ZarrscopeError } from "zarrscope";
import { publicDocument } from "../../../www/src/public-document.js";
import { withoutSecrets } from "../../../www/src/secrets.js";

/** What is wrong with a document that cannot even be asked about. */
export function problemOf(document: AnalysisDocument | undefined): ZarrscopeError | undefined {
	if (typeof document !== "object" || document === null) return invalid("the output holds no analysis document");
	if (document.version !== 1)
		return invalid(`version ${JSON.stringify(document.version)} of the document is not known`);
	if (typeof document.source !== "string") return invalid("`source` must be text");
	// What is relative would be so to JupyterLab's own pages.
	if (!/^[a-z][a-z0-9+.-]*:/i.test(document.source))
		return invalid("`source` must be a whole address, such as https://…");
	return undefined;
}

/** "Mean of SST over time". */
export function describe(document: AnalysisDocument): string {
	const variable = document.variable ?? document.variables?.join(", ") ?? "";
	try {
		return titleOf(document.steps ?? [], { variable });
	} catch {
		return String(variable);
	}
}

/** The address without what is secret, and those of the documents within. */
export function whereFrom(document: AnalysisDocument): string {
	const shown = new Set<string>([withoutSecrets(document.source).address]);
	const walk = (value: unknown) => {
		if (typeof value !== "object" || value === null) return;
		for (const [key, inner] of Object.entries(value)) {
			if (key === "source" && typeof inner === "string") shown.add(withoutSecrets(inner).address);
			else walk(inner);
		}
	};
	walk(publicDocument(document).document.steps);
	return [...shown].join(" and ");
}

function invalid(message: string): ZarrscopeError {
	return new ZarrscopeError({ code: "invalid_document", message });
}
