// The README's table of what is read, made from what was read: nothing stands in it that did not just work.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools.mjs";
import { refusals } from "./refusals.mjs";
import { typeFamily } from "./types.mjs";

const BEGIN = "<!-- conformance: written by `npm run conformance -- --write-readme` from strangers' stores -->";
const END = "<!-- end of conformance -->";

/** @param {object[]} results  Of a whole run without failures. */
export function writeSupportTable(results) {
	const file = join(root, "README.md");
	const text = readFileSync(file, "utf8");
	const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
	if (begin < 0 || end < begin) throw new Error(`README.md has no block between ${BEGIN} and ${END}`);
	const block = supportTable(results).join("\n");
	writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n\n${block}\n\n${text.slice(end)}`);
}

/** Lines of Markdown. */
export function supportTable(results) {
	const passed = results.filter(({ is }) => is === "passed");
	const lines = ["| | read, as the reference libraries read it |", "|---|---|"];
	const row = (title, text) => lines.push(`| ${title} | ${text} |`);
	row("formats", formats(results));
	row("types", sorted(passed.map(({ dtype }) => typeFamily(dtype)).filter((type) => !type.startsWith("("))).join(", "));
	for (const [title, names] of codecRows(passed)) row(title, names);
	const refused = refusals.filter((entry) => results.some((r) => r.is === "refused" && r.what === entry.what));
	if (refused.length > 0) {
		lines.push("", "| not read | error | because |", "|---|---|---|");
		for (const { what, code, reason } of unique(refused)) lines.push(`| ${what} | \`${code}\` | ${reason} |`);
	}
	return lines;
}

/** `Zarr v2 (705 arrays)`: how many of the judged arrays can be read. */
function formats(results) {
	const counts = new Map();
	for (const { format, is } of results) {
		const count = counts.get(format) ?? { passed: 0, all: 0 };
		counts.set(format, count);
		count.all += 1;
		if (is === "passed") count.passed += 1;
	}
	const told = [...counts].filter(([format, { passed }]) => format !== "selections" && passed > 0).sort();
	return told
		.map(([format, { passed, all }]) => `${format} (${passed === all ? all : `${passed} of ${all}`})`)
		.join(", ");
}

/** Codecs under the names that metadata give them. */
function codecRows(passed) {
	const of = (version) => passed.filter(({ format }) => format.endsWith(version)).flatMap(({ codecs }) => codecs);
	const [v2, v3] = [of("v2"), of("v3")];
	const extensions = v3.filter((name) => name.startsWith("numcodecs."));
	const core = v3.filter((name) => !name.startsWith("numcodecs."));
	return [
		["codecs of v2", quoted(v2.filter((name) => name !== "F order"))],
		["codecs of v3", quoted(core)],
		["in v3 `numcodecs.`…", quoted(extensions.map((name) => name.replace("numcodecs.", "")))],
	];
}

const sorted = (list) => [...new Set(list)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
const quoted = (names) =>
	sorted(names)
		.map((name) => `\`${name}\``)
		.join(" ");

/** One line for what several entries of the list say. */
function unique(entries) {
	const line = ({ what, code, reason }) => `${what} ${code} ${reason}`;
	return [...new Map(entries.map((entry) => [line(entry), entry])).values()];
}
