/** A result as CSV or JSON. The CSV is the bare table, as other programs expect it; the JSON tells where it is from. */

import { Result } from "zarrscope";
import type { FileReply, FileRequest } from "./result-file.js";

export function fileReply({ fields, format, provenance }: FileRequest): FileReply {
	try {
		const result = new Result(fields, fields.stats as Result["stats"]);
		if (format === "csv") return { blob: new Blob([result.toCSV()], { type: "text/csv" }) };
		return { blob: new Blob([JSON.stringify({ ...result.toJSON(), provenance })], { type: "application/json" }) };
	} catch (error) {
		return { message: error instanceof Error ? error.message : String(error) };
	}
}
