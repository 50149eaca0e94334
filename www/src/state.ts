/** All that the page shows, in one immutable value; views watch the parts that they draw. */

import type { Coordinate, Cost, Dataset, PlotOptions, Result, RunProgress } from "zarrscope";
import { LIMITS } from "./limits.js";
import { type Limit, NO_QUESTION, type Question } from "./question.js";

export interface Sample {
	readonly path: string;
	readonly title: string;
	readonly about: string;
	readonly variable: string;
}

/** A result on screen, and the question that it answers. */
export interface Shown {
	readonly question: Question;
	readonly result: Result;
	readonly geometry: PlotOptions["geometry"];
	/** The share of chunks in it, 0 to 1; undefined for the whole. */
	readonly partial: number | undefined;
}

export type Phase =
	| "idle"
	/** Dear enough that only the user may start it. */
	| "waiting"
	/** Dearer still: the user pressed Run, and is asked once more. */
	| "asking"
	| "running"
	| "done"
	| "cancelled"
	| "failed";

/** What failed, and what trying again would do. */
export interface Failure {
	readonly error: unknown;
	readonly of: "open" | "run";
}

export interface State {
	readonly question: Question;
	readonly opening: boolean;
	readonly dataset: Dataset | undefined;
	/** Labels of the variable's dimensions, as they arrive. */
	readonly coordinates: Readonly<Record<string, Coordinate>>;
	readonly cost: Cost | undefined;
	/** What would stop an estimate, if the user wants one. */
	readonly limit: Limit;
	/** What an estimate from a sample would cost, where the question is dear and the core can make one. */
	readonly sampleCost: Cost | undefined;
	readonly phase: Phase;
	readonly progress: RunProgress | undefined;
	readonly shown: Shown | undefined;
	readonly failure: Failure | undefined;
	readonly notices: readonly string[];
	readonly samples: readonly Sample[];
}

const START: State = {
	question: NO_QUESTION,
	opening: false,
	dataset: undefined,
	coordinates: {},
	cost: undefined,
	limit: LIMITS[0],
	sampleCost: undefined,
	phase: "idle",
	progress: undefined,
	shown: undefined,
	failure: undefined,
	notices: [],
	samples: [],
};

/** Holds the state and tells of its changes. */
export class Store {
	#state = START;
	readonly #watchers = new Set<() => void>();

	get state(): State {
		return this.#state;
	}

	update(change: Partial<State>): void {
		this.#state = { ...this.#state, ...change };
		for (const look of this.#watchers) look();
	}

	/** Calls `draw` now, and again whenever one of the parts is another value than before. */
	watch<T extends unknown[]>(
		parts: (state: State) => readonly [...T],
		draw: (state: State, ...parts: NoInfer<T>) => void,
	): void {
		let last: readonly [...T] | undefined;
		const look = () => {
			const now = parts(this.#state);
			if (last?.every((part, i) => Object.is(part, now[i]))) return;
			last = now;
			draw(this.#state, ...(now as NoInfer<T>));
		};
		this.#watchers.add(look);
		look();
	}
}
