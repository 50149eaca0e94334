/**
 * From questions to results: a store is opened, a question's cost is looked up, a cheap one is answered at once, a dear one
 * when the user says so. The latest question wins; whatever ran for an earlier one is ended.
 */

import {
	type ArrayInfo,
	type Cost,
	type DataArray,
	type Dataset,
	forgetPartials,
	open,
	type Result,
	type Storage,
} from "zarrscope";
import { readCoordinates } from "./coordinates.js";
import { Latest, pause } from "./latest.js";
import { LIMITS, NO_LIMIT } from "./limits.js";
import { placesFor } from "./places.js";
import { firstVariable, previewOf } from "./preview.js";
import { askedArray, isEstimate, type Limit, NO_QUESTION, type Question } from "./question.js";
import type { Store } from "./state.js";

/** A question that fetches no more than this is answered without being asked for. */
const CHEAP_BYTES = 20e6;
/** Nor one of very many requests, however small they are. */
const CHEAP_REQUESTS = 500;
/** Above this the user is asked before anything is fetched. */
const DEAR_BYTES = 200e6;
/** Changes follow each other while someone types or drags. */
const DEBOUNCE_MS = 300;

/** What is not known of a changed question. */
const UNASKED = { cost: undefined, sampleCost: undefined, failure: undefined, progress: undefined };

type Willing = "if cheap" | "unless dear" | "surely";

export class Asker {
	readonly #store: Store;
	readonly #opening = new Latest();
	readonly #asking = new Latest();
	/** How a source is read that is no plain address; it may be secret, and so is no part of the state. */
	#readAs: { source: string; storage: Storage } | undefined;

	constructor(store: Store) {
		this.#store = store;
	}

	/** Says how to read a source from when it is opened next; undefined for what needs nothing but its address. */
	readAs(source: string, storage: Storage | undefined): void {
		this.#readAs = storage && { source, storage };
	}

	/** Opens a question's source, then answers it if it `asks` for more than a variable; or else shows a first map. */
	async open(question: Question, asks: boolean, notices: readonly string[] = []): Promise<void> {
		const signal = this.#opening.begin();
		this.#asking.end();
		const fresh = {
			dataset: undefined,
			coordinates: {},
			...UNASKED,
			shown: undefined,
		};
		this.#store.update({ ...fresh, question, notices, opening: true, phase: "idle" });
		try {
			const dataset = await open(question.source, {
				signal,
				...(question.variable ? { variable: question.variable } : {}),
				...(this.#readAs?.source === question.source ? { storage: this.#readAs.storage } : {}),
			});
			if (signal.aborted) return;
			this.#store.update({ dataset, opening: false, notices: [...notices, ...dataset.notices] });
			const named = dataset.info.array(question.variable);
			const array = question.variable ? named : firstVariable(dataset);
			if (array && !(asks && named)) this.pick(array, question.others);
			else if (question.variable) this.#start(question, 0);
		} catch (error) {
			if (!signal.aborted) this.#store.update({ opening: false, failure: { error, of: "open" } });
		}
	}

	/** Shows a variable, and perhaps others beside it: its first map. */
	pick(array: ArrayInfo, others: readonly string[] = []): void {
		const { dataset, question } = this.#store.state;
		if (dataset) this.#start({ ...previewOf(array, dataset, question.source), others }, 0);
	}

	/** Asks for an array that the store does not list. */
	async find(path: string): Promise<void> {
		const { dataset, question } = this.#store.state;
		try {
			const found = await dataset?.find(path);
			if (!found || this.#store.state.dataset !== dataset) return;
			// The same dataset knows more now: views look at a new object.
			this.#store.update({ dataset: dataset?.group("") });
			this.pick(found.info);
		} catch (error) {
			this.#store.update({ failure: { error, of: "run" }, question: { ...NO_QUESTION, source: question.source } });
		}
	}

	/** Takes a changed question of the same source. */
	change(question: Question): void {
		const sameVariable = question.variable === this.#store.state.question.variable;
		this.#start(question, sameVariable ? DEBOUNCE_MS : 0);
	}

	/** The user wants it; when sure, after having seen what it costs. */
	run(sure = false): void {
		void this.#answer(this.#store.state.question, this.#asking.begin(), sure ? "surely" : "unless dear");
	}

	/** The same, without what was kept of earlier runs. */
	async runAnew(): Promise<void> {
		// A worker that died has forgotten, too.
		await forgetPartials().catch(() => {});
		this.run();
	}

	/** An estimate from a sample, instead of all chunks. */
	runEstimate(): void {
		this.#runWith(this.#store.state.limit);
	}

	/** Another limit: for the estimate that may be wanted, or that is asked for already. */
	limit(limit: Limit): void {
		this.#store.update({ limit });
		const { question } = this.#store.state;
		if (isEstimate(question)) this.change({ ...question, ...limit });
	}

	/** The exact result, instead of an estimate. */
	runExactly(): void {
		const { maxBytes, relativeError } = this.#store.state.question;
		this.#store.update({ limit: { maxBytes, relativeError } });
		this.#runWith(NO_LIMIT);
	}

	#runWith(limit: Limit): void {
		const question = { ...this.#store.state.question, ...limit };
		this.#store.update({ question, ...UNASKED });
		void this.#answer(question, this.#asking.begin(), "unless dear");
	}

	/** Ends what runs; what is known of the result so far stays. */
	cancel(): void {
		this.#asking.end();
		this.#store.update({ phase: "cancelled", progress: undefined });
	}

	/** Ends everything: nobody looks any more. */
	end(): void {
		this.#opening.end();
		this.#asking.end();
	}

	#start(question: Question, delay: number): void {
		const signal = this.#asking.begin();
		const { dataset, question: before } = this.#store.state;
		const another = question.variable !== before.variable || question.source !== before.source;
		this.#store.update({ question, ...UNASKED, phase: "idle" });
		if (!dataset) return;
		if (another || Object.keys(this.#store.state.coordinates).length === 0)
			void readCoordinates(this.#store, dataset, question);
		void this.#answer(question, signal, "if cheap", delay);
	}

	async #answer(question: Question, signal: AbortSignal, willing: Willing, delay = 0): Promise<void> {
		const { dataset } = this.#store.state;
		if (!dataset) return;
		try {
			if (delay > 0) await pause(delay, signal);
			for (const path of question.others) await dataset.find(path);
			const array = askedArray(question, dataset);
			const cost = this.#store.state.cost ?? (await array.explain());
			const sampleCost = await this.#sampleCost(question, cost, dataset);
			if (signal.aborted) return;
			const refused = refusal(cost, willing);
			this.#store.update({ cost, sampleCost, phase: refused ?? "running", progress: undefined, failure: undefined });
			if (!refused) await this.#compute(question, array, dataset, signal);
		} catch (error) {
			if (!signal.aborted) this.#store.update({ failure: { error, of: "run" }, phase: "failed", progress: undefined });
		}
	}

	/** Whether there is an estimate of a dear question, the core knows. */
	async #sampleCost(question: Question, cost: Cost, dataset: Dataset): Promise<Cost | undefined> {
		if (cost.bytesToFetch <= DEAR_BYTES || isEstimate(question)) return undefined;
		const known = this.#store.state.sampleCost;
		if (known) return known;
		// There is none of several variables, so there is nothing to be told.
		const estimate = { ...question, ...LIMITS[0] };
		return question.others.length > 0
			? undefined
			: askedArray(estimate, dataset)
					.explain()
					.catch(() => undefined);
	}

	/** Which variable is shown may be chosen while a question is answered. */
	#asShown(question: Question): Question {
		return { ...question, shows: this.#store.state.question.shows };
	}

	async #compute(question: Question, array: DataArray, dataset: Dataset, signal: AbortSignal): Promise<void> {
		// A grid that cannot be read is no reason to show nothing: the values are drawn as a field.
		const places = placesFor(question, array.info, dataset).catch(() => undefined);
		let show = (_part: Result, _partial: number | undefined) => {};
		void places.then((geometry) => {
			show = (result, partial) =>
				signal.aborted ||
				this.#store.update({ shown: { question: this.#asShown(question), result, geometry, partial } });
		});
		const result = await array.compute({
			signal,
			onProgress: (progress) => signal.aborted || this.#store.update({ progress }),
			onPartial: (part, seen) => show(part, seen),
		});
		await places;
		if (signal.aborted) return;
		show(result, undefined);
		this.#store.update({ phase: "done", progress: undefined });
	}
}

/** What a cost stops: nothing, or the phase that waits for the user. */
function refusal({ bytesToFetch, requests }: Cost, willing: Willing): "waiting" | "asking" | undefined {
	if (willing === "if cheap" && (bytesToFetch > CHEAP_BYTES || requests > CHEAP_REQUESTS)) return "waiting";
	return willing === "unless dear" && bytesToFetch > DEAR_BYTES ? "asking" : undefined;
}
