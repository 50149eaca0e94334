/** Documents that may be shared: without signatures and tokens, in themselves and in the documents of their steps. */

import { type AnalysisDocument, withEach } from "zarrscope";
import { withoutSecrets } from "./secrets.js";

/** The document, and the names of what was taken out. */
export function publicDocument(document: AnalysisDocument): { document: AnalysisDocument; removed: string[] } {
	const removed: string[] = [];
	const bare = (address: string) => {
		const { address: clean, removed: gone } = withoutSecrets(address);
		removed.push(...gone);
		return clean;
	};
	const open = withEach(document, ({ storage, ...rest }) => {
		const { endpoint, region, headers, query } = storage ?? {};
		if (headers) removed.push("headers");
		if (query) removed.push("query");
		const kept = {
			...(typeof endpoint === "string" ? { endpoint: bare(endpoint) } : {}),
			...(typeof region === "string" ? { region } : {}),
		};
		const source = typeof rest.source === "string" ? bare(rest.source) : rest.source;
		return { ...rest, source, ...(Object.keys(kept).length > 0 ? { storage: kept } : {}) };
	});
	return { document: open, removed };
}
