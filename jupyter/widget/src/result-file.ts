/** Files of results where there is no second script: written on the page's own thread. Stands for the page's module. */

import { provenanceOf } from "../../../www/src/provenance.js";
import { fileReply } from "../../../www/src/result-text.js";
import type { Shown } from "../../../www/src/state.js";

export async function resultFile(shown: Shown, format: "csv" | "json"): Promise<Blob> {
	const reply = fileReply({ fields: { ...shown.result }, format, provenance: provenanceOf(shown) });
	if ("blob" in reply) return reply.blob;
	throw new Error(reply.message);
}
