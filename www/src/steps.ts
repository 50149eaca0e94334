/** Steps one after another: adding, taking away, moving, and what becomes of those after a change. */

import type { ArrayInfo, Dataset } from "zarrscope";
import { type Asked, NO_STEP, VALUES, windowsOf } from "./operations.js";
import { arrayBefore, drops, freed, MAX_STEPS, type Question } from "./question.js";

/** Whether another step may follow: not one in whose place nothing was picked yet. */
export function canAdd({ steps }: Question): boolean {
	return steps.length < MAX_STEPS && steps.at(-1)?.op !== VALUES.name;
}

/** The question with one more step, which does nothing yet. */
export function withStepAdded(question: Question): Question {
	return { ...question, steps: [...question.steps, NO_STEP] };
}

/** The question without a step; the last one that goes leaves the values themselves. */
export function withoutStep(question: Question, at: number, array: ArrayInfo, dataset: Dataset): Question {
	const [first = NO_STEP, ...others] = question.steps.filter((_, i) => i !== at);
	return settled({ ...question, steps: [first, ...others] }, array, dataset);
}

/** The question with a step before the one that it follows now. */
export function withStepMovedUp(question: Question, at: number, array: ArrayInfo, dataset: Dataset): Question {
	const steps = [...question.steps];
	const [moved] = steps.splice(at, 1);
	if (moved) steps.splice(Math.max(0, at - 1), 0, moved);
	return settled({ ...question, steps: steps as unknown as Question["steps"] }, array, dataset);
}

/** Steps that name only dimensions that they get, and a selection that leaves the first one what it works on. */
export function settled(question: Question, array: ArrayInfo, dataset: Dataset): Question {
	const [first, ...others] = question.steps;
	const needed = [...(first.dims ?? []), ...Object.keys(windowsOf(first) ?? {})];
	const select = others.length > 0 ? freed(question.select, needed) : question.select;
	const selected = array.dims.filter((dim) => !drops(select[dim]));
	let steps: Question["steps"] = [others.length > 0 ? withDimsAmong(first, selected) : first];
	for (const step of others) {
		const { dims } = arrayBefore({ ...question, select, steps }, steps.length, dataset);
		steps = [...steps, withDimsAmong(step, dims)];
	}
	return { ...question, select, steps };
}

function withDimsAmong(step: Asked, left: readonly string[]): Asked {
	const dims = step.dims?.filter((dim) => left.includes(dim));
	const windows = Object.entries(windowsOf(step) ?? {}).filter(([dim]) => left.includes(dim));
	const grouping =
		step.grouping && windowsOf(step)
			? { ...step.grouping, options: { ...step.grouping.options, windows: Object.fromEntries(windows) } }
			: step.grouping;
	return {
		...step,
		dims: dims?.length ? dims : undefined,
		grouping: windowsOf(step) && windows.length === 0 ? undefined : grouping,
	};
}
