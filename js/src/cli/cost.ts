/** What a document would cost, as text. */

import type { Cost } from "../api/spec.js";
import { count, size } from "./numbers.js";
import { printable } from "./secrets.js";

/** Aligned names and values, then warnings. */
export function costText(cost: Cost): string {
	const about = cost.bytesToFetchIsEstimate ? "about " : "";
	const variables = cost.outputVariables.length > 0 ? `, of ${cost.outputVariables.join(", ")}` : "";
	const shape = cost.outputShape.length > 0 ? cost.outputShape.map(count).join(" × ") : "one value";
	const rows: [string, string][] = [
		["chunks", count(cost.chunks)],
		["requests", `${cost.requestsAreEstimate ? "about " : ""}${count(cost.requests)}`],
		["to fetch", `${about}${size(cost.bytesToFetch)}`],
		["to decode", `${about}${size(cost.bytesToDecode)}`],
		["memory", `about ${size(cost.memoryBytes)} per worker`],
		["result", `${shape}${variables} (${size(cost.outputBytes)})`],
		["units", `${count(cost.units)} of work`],
	];
	if (cost.passes > 1) rows.push(["passes", count(cost.passes)]);
	const lines = rows.map(([name, value]) => `${name.padEnd(11)}${value}`);
	return `${[...lines, ...cost.warnings.map((warning) => `Warning: ${printable(warning)}`)].join("\n")}\n`;
}
