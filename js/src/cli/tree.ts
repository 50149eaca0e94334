/** What is in a store, as text: groups, dimensions, coordinates and data variables, as xarray lists them. */

import type { Dataset } from "../api/dataset.js";
import type { ArrayInfo, SourceInfo } from "../api/info.js";
import { size } from "./numbers.js";
import { printable } from "./secrets.js";

/** Longer attributes are cut; `--json` has them whole. */
const MAX_ATTRIBUTE = 120;

/** The tree below a source. */
export function treeOf(root: Dataset): string {
	const { info } = root;
	const paths = [...new Set([...info.groups.map((g) => g.path), ...info.arrays.map((a) => a.group)])].sort();
	const groups = paths.map((path) => groupText(path === "" ? root : root.group(path)));
	return [headline(info), ...groups, ...info.notices.map((notice) => `Notice: ${printable(notice)}`), ""].join("\n");
}

function headline({ source, zarrFormat, consolidated, complete, arrays }: SourceInfo): string {
	const total = arrays.reduce((sum, array) => sum + array.bytes, 0);
	const facts = [
		`Zarr v${zarrFormat}`,
		consolidated ? "consolidated metadata" : "no consolidated metadata",
		`${arrays.length} ${arrays.length === 1 ? "array" : "arrays"}${complete ? "" : " known, perhaps more"}`,
		`${size(total)} in memory`,
	];
	return `${printable(source)}\n${facts.join(", ")}\n`;
}

function groupText(group: Dataset): string {
	const lines = [`Group: /${printable(group.path)}`];
	const dims = Object.entries(group.dims).map(([dim, length]) => `${printable(dim)}: ${length}`);
	if (dims.length > 0) lines.push(`  Dimensions: (${dims.join(", ")})`);
	const sections: [string, ArrayInfo[]][] = [
		["Coordinates", group.coords],
		["Data variables", group.dataVars],
	];
	for (const [title, arrays] of sections) {
		if (arrays.length === 0) continue;
		lines.push(`  ${title}:`, ...arrays.flatMap(arrayLines));
	}
	const attrs = attributeLines(group.attrs);
	if (attrs.length > 0) lines.push("  Attributes:", ...attrs.map((line) => `    ${line}`));
	return `${lines.join("\n")}\n`;
}

function arrayLines(array: ArrayInfo): string[] {
	const { name, dims, shape, chunks, innerChunks, dtype, codecs, bytes, problem, attrs } = array;
	// As in xarray, a star marks the labels of a dimension.
	const star = dims.length === 1 && dims[0] === name ? "*" : " ";
	const lengths = dims.map((dim, d) => `${printable(dim)}: ${shape[d]}`).join(", ");
	const lines = [`  ${star} ${printable(name) || "/"} (${lengths}) ${dtype}, ${size(bytes)}`];
	if (problem) lines.push(`      cannot be read: ${problem.code}: ${printable(problem.message)}`);
	if (shape.length > 0) {
		const stored = innerChunks
			? `shards ${chunks.join(" × ")} of chunks ${innerChunks.join(" × ")}`
			: `chunks ${chunks.join(" × ")}`;
		lines.push(`      ${stored}`);
	}
	if (codecs.length > 0) lines.push(`      codecs ${codecs.map(printable).join(", ")}`);
	return [...lines, ...attributeLines(attrs).map((line) => `      ${line}`)];
}

function attributeLines(attrs: Record<string, unknown>): string[] {
	const shown = Object.entries(attrs).filter(([name]) => name !== "_ARRAY_DIMENSIONS");
	return shown.map(([name, value]) => {
		const text = printable(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
		return `${printable(name)}: ${text.length > MAX_ATTRIBUTE ? `${text.slice(0, MAX_ATTRIBUTE)}…` : text}`;
	});
}
