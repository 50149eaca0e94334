/** What steps make of a variable, in words: the titles of pictures. */

import type { AnalysisDocument } from "../spec.js";
import { innerDocument } from "./assemble.js";
import type { Operation, OperationOption } from "./model.js";
import type { Step } from "./steps.js";
import { findOperation } from "./table.js";
import { optionText, type OptionValue } from "./text.js";

/** What a title needs of a result. */
export interface Titled {
	readonly variable: string;
	readonly longName?: string | undefined;
}

/** "Mean of sea surface temperature by month over time, then − 3". */
export function titleOf(steps: readonly Step[], result: Titled): string {
	const name = result.longName ?? lastOf(result.variable);
	const phrases: string[] = [];
	let grouping: Step | undefined;
	for (const step of steps) {
		const operation: Operation | undefined = findOperation(step.op);
		if (operation?.kind === "grouping") grouping = step;
		else {
			phrases.push(phraseOf(step, operation, grouping, phrases.length === 0 ? name : undefined));
			grouping = undefined;
		}
	}
	return phrases.length === 0 ? name : phrases.join(", then ");
}

/** Whether the steps make something that lies around zero, such as an anomaly. */
export function liesAroundZero(steps: readonly Step[]): boolean {
	return steps.some(({ op }) => (findOperation(op) as Operation | undefined)?.aroundZero);
}

function phraseOf(step: Step, operation: Operation | undefined, grouping: Step | undefined, name?: string): string {
	if (!operation) return step.op;
	const other = (step as { with?: unknown }).with;
	const inner = innerDocument(step);
	// Of a histogram the variable stands with its bins.
	const path = typeof other === "object" ? String((other as { variable?: unknown } | null)?.variable ?? "") : other;
	const with_ = inner ? documentName(inner) : typeof path === "number" ? short(path) : String(path ?? "");
	if (operation.sign) return [name, operation.sign, with_].filter(Boolean).join(" ");
	if (step.op === "scale") return [name, ...scaling(step)].filter(Boolean).join(" ");
	const { dims, q } = step as { dims?: string[]; q?: number | number[] };
	return [
		name === undefined ? operation.title.toLowerCase() : operation.title,
		q === undefined ? "" : [q].flat().join(", "),
		name === undefined ? "" : `of ${name}`,
		with_ && `with ${with_}`,
		grouping && groupingText(grouping),
		dims && dims.length > 0 && `${operation.drops ? "over" : "along"} ${listed(dims)}`,
	]
		.filter(Boolean)
		.join(" ");
}

/** "× 1.8 + 32". */
function scaling({ factor = 1, offset = 0, units }: { factor?: number; offset?: number; units?: string }): string[] {
	const parts = [
		factor === 1 ? "" : `× ${short(factor)}`,
		offset === 0 ? "" : `${offset < 0 ? "−" : "+"} ${short(Math.abs(offset))}`,
	].filter(Boolean);
	return parts.length > 0 ? parts : [units ? `in ${units}` : "× 1"];
}

/** "by month", "by block lat 4, lon 4". */
function groupingText(step: Step): string {
	const operation: Operation | undefined = findOperation(step.op);
	const main: OperationOption | undefined = operation?.options[0];
	const value = main && (step as unknown as Record<string, OptionValue | undefined>)[main.name];
	if (!operation || !main || value === undefined) return operation?.title.toLowerCase() ?? step.op;
	const text = optionText(main, value);
	if (main.kind === "labels") return `by ${main.suggestions?.find((s) => text.endsWith(`.${s.value}`))?.title ?? text}`;
	return `${operation.title.toLowerCase()} ${text.replaceAll("=", " ").replaceAll(",", ", ")}`;
}

/** Six digits are enough for a title. */
function short(value: number): string {
	return String(Number(value.toPrecision(6))).replace("-", "−");
}

function documentName({ variable = "array" }: AnalysisDocument): string {
	return `another ${lastOf(variable)}`;
}

function lastOf(path: string): string {
	return path.split("/").pop() || path;
}

function listed(names: readonly string[]): string {
	return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
