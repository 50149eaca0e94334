/** What is in a store, as text: groups, dimensions, coordinates and data variables, as xarray lists them. */

import type { Dataset } from "../api/dataset.js";
import type { ArrayInfo, SourceInfo } from "../api/info.js";
import { size } from "./numbers.js";
import { printable } from "./secrets.js";

/** Longer attributes are cut; `--json` has them whole. */
const MAX_ATTRIBUTE = 120;

/** In a store of more arrays than this each has one line: the attributes of all would be a book. */
const MAX_IN_FULL = 1000;

/** The tree below a source. */
export function treeOf(root: Dataset): string {
	const { info } = root;
	const above = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
	const paths = [...new Set([...info.groupPaths, ...info.arrayPaths.map(above)])].sort();
	const inFull = info.arrayPaths.length <= MAX_IN_FULL;
	const groups = paths.map((path) =>
		inFull ? groupText(path === "" ? root : root.group(path)) : listText(info, path),
	);
	const more = inFull ? [] : ["Notice: so many arrays are listed in brief; --json tells all of each."];
	const notices = [...info.notices.map((notice) => `Notice: ${printable(notice)}`), ...more];
	return [headline(info), ...groups, ...notices, ""].join("\n");
}

function headline({ source, zarrFormat, consolidated, complete, arrayPaths, bytes }: SourceInfo): string {
	const facts = [
		`Zarr v${zarrFormat}`,
		consolidated ? "consolidated metadata" : "no consolidated metadata",
		`${arrayPaths.length} ${arrayPaths.length === 1 ? "array" : "arrays"}${complete ? "" : " known, perhaps more"}`,
		`${size(bytes)} in memory`,
	];
	return `${printable(source)}\n${facts.join(", ")}\n`;
}

/** A group of a store of very many arrays. */
function listText(info: SourceInfo, group: string): string {
	const lines = [`Group: /${printable(group)}`];
	for (const path of info.arrayPathsIn(group)) {
		const array = info.array(path);
		if (array) lines.push(...(array.problem ? arrayLines(array).slice(0, 2) : [arrayLine(array)]));
	}
	return `${lines.join("\n")}\n`;
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

/** Name, dimensions, type and size. */
function arrayLine({ name, dims, shape, dtype, bytes }: ArrayInfo): string {
	// As in xarray, a star marks the labels of a dimension.
	const star = dims.length === 1 && dims[0] === name ? "*" : " ";
	const lengths = dims.map((dim, d) => `${printable(dim)}: ${shape[d]}`).join(", ");
	return `  ${star} ${printable(name) || "/"} (${lengths}) ${dtype}, ${size(bytes)}`;
}

function arrayLines(array: ArrayInfo): string[] {
	const { shape, chunks, innerChunks, codecs, problem, attrs } = array;
	const lines = [arrayLine(array)];
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
