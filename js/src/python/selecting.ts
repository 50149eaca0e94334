/** Selections in Python, on a whole dataset: weights and operands have them, too. */

import type { AnalysisDocument, Label, Selector } from "../api/spec.js";
import type { Code } from "./code.js";
import { byDim, literal } from "./literal.js";

/** A line or two for each dimension. */
export function selecting(code: Code, select: AnalysisDocument["select"], ds: string): void {
	for (const [dim, form] of Object.entries(select ?? {})) code.add(`${ds} = ${selected(code, dim, form, ds)}`);
}

function selected(code: Code, dim: string, form: Selector, ds: string): string {
	const given = form as Readonly<Record<string, unknown>>;
	const has = (key: string) => given[key] !== undefined && given[key] !== null;
	if (has("index")) return `${ds}.isel(${byDim({ [dim]: literal(given.index) })})`;
	if (has("start") || has("stop") || has("step")) {
		const [start, stop, step] = ["start", "stop", "step"].map((key) => literal(given[key] ?? null));
		const ends = step === "None" ? (start === "None" ? "None, " : `${start}, `) + stop : `${start}, ${stop}, ${step}`;
		return `${ds}.isel(${byDim({ [dim]: `slice(${ends})` })})`;
	}
	if (has("from") || has("to")) {
		const [from, to] = [given.from ?? null, given.to ?? null] as [Label | null, Label | null];
		const dates = [from, to].every((end) => end === null || isDate(end));
		// As text, years of four digits come in the order of time.
		const ordered = from === null || to === null || String(from) <= String(to);
		if (dates && ordered) return `${ds}.sel(${byDim({ [dim]: `slice(${literal(from)}, ${literal(to)})` })})`;
		return `${code.uses("between")}(${ds}, ${literal(dim)}, ${literal(from)}, ${literal(to)})`;
	}
	const nearest = has("nearest");
	const wanted = (nearest ? given.nearest : given.values) as Label | Label[];
	const labels = nearest || Array.isArray(wanted) ? wanted : [wanted];
	const isTime = [labels].flat().every(isDate);
	const text = isTime ? `${code.uses("dates")}(${ds}, ${literal(dim)}, ${literal(labels)})` : literal(labels);
	const chosen = byDim({ [dim]: text });
	return `${ds}.sel(${nearest ? `${chosen}, method="nearest"` : chosen})`;
}

/** Whether a label is a time: text that begins with a year. */
function isDate(label: Label): boolean {
	return typeof label === "string" && /^-?\d{4,}(-|$|T)/.test(label.trim());
}
