/**
 * A run over the workers: units are handed out in order, in batches; partials go to the coordinator, which merges them by
 * number, not by arrival. A batch whose worker dies is done again once, on a fresh worker.
 */

import { toError } from "../errors.js";
import type { Reused } from "./keeper.js";
import type { Member } from "./member.js";
import type { Pool } from "./pool.js";
import { type BatchResult, type Pass, PROGRESS_MS } from "./protocol.js";
import { Stop } from "./stop.js";

/** Decoded bytes that make a batch worth its message. */
const BATCH_BYTES = 16 << 20;
/** The most chunks of a batch: an answer that comes now and then keeps progress and cancelling lively. */
const MAX_BATCH_CHUNKS = 64;
/** Batches that each worker gets at least, where there are so many units: all have something to do until the end. */
const LEAST_BATCHES = 4;
/** Least distance between partial results, in milliseconds. */
const SNAPSHOT_MS = 250;

/** What a run cost. */
export interface Stats {
	/** Chunks (shards, where sharded) read. */
	chunks: number;
	/** Of these, how many the store did not have: they count as fill values. */
	chunksMissing: number;
	/** Of these, how many the server answered with 403, as S3 does for missing keys of a bucket that may not be listed. */
	chunksForbidden: number;
	/** Chunks beside these that were not read again, because what an earlier run made of them was kept. */
	chunksReused: number;
	requests: number;
	bytesFetched: number;
	bytesDecoded: number;
	seconds: number;
	workers: number;
}

/** How far a run is. */
export interface RunProgress {
	chunksDone: number;
	chunks: number;
	bytesDecoded: number;
	seconds: number;
	/** A histogram without a range reads everything twice; an estimate reads more chunks each time, which are counted anew. */
	pass: number;
	passes: number;
}

/** What the core gives for a result, before it is wrapped. */
export type RawResult = Record<string, unknown>;

/** How to run. */
export interface RunOptions {
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: RunProgress) => void) | undefined;
	/** Called with what is known so far, and the share of chunks in it. */
	onPartial?: ((result: RawResult, seen: number) => void) | undefined;
}

let lastRun = 0;

/** Runs a document to its end. */
export async function runDocument(
	pool: Pool,
	document: object,
	options: RunOptions = {},
): Promise<{ result: RawResult; stats: Stats }> {
	options.signal?.throwIfAborted();
	const run = new Run(pool, options);
	try {
		return await run.toEnd(document);
	} catch (error) {
		options.signal?.throwIfAborted();
		// A coordinator that died took its runs with it: one more try, with a new one. Another, too, if what was kept turned out
		// to be of data that changed since: it is forgotten now.
		if (!run.coordinatorDied && !run.isOutdated(error)) throw toError(error);
		return await new Run(pool, options).toEnd(document);
	}
}

class Run {
	readonly #pool: Pool;
	readonly #options: RunOptions;
	readonly #started = performance.now();
	readonly #key = `run-${++lastRun}`;
	readonly #stop = new Stop();
	#stats = {
		...{ chunks: 0, chunksMissing: 0, chunksForbidden: 0, chunksReused: 0 },
		...{ requests: 0, bytesFetched: 0, bytesDecoded: 0 },
	};
	#coordinator: Member | undefined;

	constructor(pool: Pool, options: RunOptions) {
		this.#pool = pool;
		this.#options = options;
	}

	get coordinatorDied(): boolean {
		return this.#coordinator?.failure !== undefined;
	}

	/** Whether a failure may come of what was kept. */
	isOutdated(error: unknown): boolean {
		return toError(error).code === "changed" && this.#stats.chunksReused > 0;
	}

	async toEnd(document: object): Promise<{ result: RawResult; stats: Stats }> {
		const { signal } = this.#options;
		const onAbort = () => this.#stop.stop(signal?.reason);
		signal?.addEventListener("abort", onAbort, { once: true });
		let run: number | undefined;
		try {
			this.#coordinator = await this.#stop.unlessStopped(this.#pool.coordinator());
			const coordinator = this.#coordinator;
			const starting = coordinator.call<Pass>("startRun", document);
			let next: Pass | { result: RawResult } = await this.#stop.unlessStopped(starting).catch((error) => {
				// Cancelled before it began: the coordinator may begin it all the same.
				starting.then(({ run }) => coordinator.call("dropRun", run)).catch(() => {});
				throw error;
			});
			for (let pass = 1; "plan" in next; pass += 1) {
				run = next.run;
				await this.#pass(next, pass);
				const { bytesFetched, chunks } = this.#stats;
				next = await coordinator.call<Pass | { result: RawResult }>("advanceRun", next.run, bytesFetched, chunks);
				// A round may be over before it was asked for anything.
				if ("plan" in next && next.ordinals) await this.#snapshot(next.run, this.#options.onPartial);
			}
			coordinator.settle(run ?? 0, false);
			run = undefined;
			const seconds = (performance.now() - this.#started) / 1000;
			return { result: next.result, stats: { ...this.#stats, seconds, workers: await this.#pool.size() } };
		} catch (error) {
			if (run !== undefined) this.#coordinator?.settle(run, toError(error).code === "changed");
			throw error;
		} finally {
			signal?.removeEventListener("abort", onAbort);
			this.#stop.stop();
			if (run !== undefined) this.#coordinator?.call("dropRun", run).catch(() => {});
		}
	}

	async #pass(pass: Pass, number: number): Promise<void> {
		const size = Math.min(await this.#pool.size(), pass.units);
		const report = this.#reporter(pass, number);
		const key = `${this.#key}-${number}`;
		let ordinal = 0;
		const perBatch = batchUnits(pass, size);
		const nextBatch = (): number[] => {
			const first = ordinal;
			ordinal = Math.min(pass.units, ordinal + perBatch);
			return Array.from({ length: ordinal - first }, (_, i) => pass.ordinals?.[first + i] ?? first + i);
		};
		const lane = async (worker: number) => {
			for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
				const { ordinals, chunks } = await this.#reuse(pass.run, number, batch);
				if (chunks > 0) report(batch, chunks);
				const rest = ordinals.length > 0 ? batch.filter((unit) => !ordinals.includes(unit)) : batch;
				const onChunks = (more: number) => report(batch, chunks + more);
				if (rest.length > 0) await this.#batch(pass, key, worker, rest, onChunks);
			}
		};
		const snapshots = this.#snapshots(pass);
		const lanes = Array.from({ length: size * batchesAtOnce(perBatch) }, (_, i) =>
			lane(i % size).catch((error) => {
				this.#stop.stop(error);
				throw error;
			}),
		);
		try {
			await this.#stop.unlessStopped(Promise.all(lanes));
		} finally {
			snapshots.stop();
			await Promise.allSettled(lanes);
			for (let i = 0; i < size; i += 1)
				this.#pool.running(i)?.then(
					(member) => takePlan(member, key),
					() => {},
				);
		}
		for (let i = 0; i < size; i += 1) this.#pool.recycle(i).catch(() => {});
	}

	/** Works off a batch, on a fresh worker if the first one dies. */
	async #batch(pass: Pass, key: string, worker: number, ordinals: number[], report: (chunks: number) => void) {
		for (let attempt = 1; ; attempt += 1) {
			const member = await this.#stop.unlessStopped(this.#pool.computing(worker));
			try {
				givePlan(member, key, pass.plan);
				const places = pass.located ? await this.#places(pass.run, ordinals) : undefined;
				const done = await member.units<BatchResult>(key, ordinals, places, this.#stop, (chunks) => report(chunks));
				report(done.chunks);
				this.#stats.chunks += done.chunks;
				this.#stats.chunksMissing += done.missing;
				this.#stats.chunksForbidden += done.forbidden;
				this.#stats.requests += done.requests;
				this.#stats.bytesFetched += done.bytesFetched;
				this.#stats.bytesDecoded += done.bytesDecoded;
				await this.#coordinator?.add(pass.run, done.partials, done.lacking);
				return;
			} catch (error) {
				const died = member.failure !== undefined && !this.coordinatorDied;
				if (!died || attempt > 1 || this.#stop.stopped) throw error;
				report(0);
			}
		}
	}

	/** Takes the units of a batch that an earlier run has computed. */
	async #reuse(run: number, pass: number, ordinals: number[]): Promise<Reused> {
		const asked = this.#pool.keepsPartials ? this.#coordinator?.reuse(run, pass, ordinals) : undefined;
		const reused = asked && (await this.#stop.unlessStopped(asked));
		this.#stats.chunksReused += reused?.chunks ?? 0;
		return reused ?? { ordinals: [], chunks: 0 };
	}

	/** Where a batch's chunks lie: only the coordinator has the table. */
	async #places(run: number, ordinals: number[]): Promise<Uint8Array | undefined> {
		const asked = this.#coordinator?.call<Uint8Array>("locate", run, new Float64Array(ordinals));
		return asked && this.#stop.unlessStopped(asked);
	}

	/** Adds up what batches report, and tells the caller ten times a second at most; the last word is always said. */
	#reporter(pass: Pass, number: number): (batch: number[], chunks: number) => void {
		const done = new Map<number, number>();
		let chunksDone = 0;
		let last = Number.NEGATIVE_INFINITY;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const tell = () => {
			timer = undefined;
			if (this.#stop.stopped) return;
			last = performance.now();
			this.#options.onProgress?.({
				chunksDone,
				chunks: pass.chunks,
				bytesDecoded: chunksDone * pass.chunkBytes,
				seconds: (last - this.#started) / 1000,
				pass: number,
				// How many rounds an estimate takes shows as it goes on.
				passes: Math.max(pass.passes, number),
			});
		};
		return (batch, chunks) => {
			const first = batch[0] ?? 0;
			chunksDone += chunks - (done.get(first) ?? 0);
			done.set(first, chunks);
			const wait = last + PROGRESS_MS - performance.now();
			if (chunksDone >= pass.chunks || wait <= 0) {
				clearTimeout(timer);
				tell();
			} else {
				timer ??= setTimeout(tell, wait);
			}
		};
	}

	/** Asks for the result so far, never more often than it can be made and drawn. */
	#snapshots(pass: Pass): { stop(): void } {
		const { onPartial } = this.#options;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let stopped = onPartial === undefined;
		const tick = async () => {
			const before = performance.now();
			await this.#snapshot(pass.run, (result, seen) => {
				if (!stopped) onPartial?.(result, seen);
			});
			if (stopped) return;
			timer = setTimeout(tick, Math.max(SNAPSHOT_MS, 4 * (performance.now() - before)));
		};
		if (!stopped) timer = setTimeout(tick, SNAPSHOT_MS);
		return {
			stop() {
				stopped = true;
				clearTimeout(timer);
			},
		};
	}

	/** Tells what is known so far, if anything is and anyone wants to know. */
	async #snapshot(run: number, tell: RunOptions["onPartial"]): Promise<void> {
		if (!tell) return;
		const snapshot = await this.#coordinator
			?.call<{ result: RawResult; seen: number } | undefined>("snapshot", run)
			.catch(() => undefined);
		if (snapshot) tell(snapshot.result, snapshot.seen);
	}
}

const plansGiven = new WeakMap<Member, Set<string>>();

/** Sends a plan to a worker that has not got it yet. */
function givePlan(member: Member, key: string, plan: Uint8Array): void {
	const given = plansGiven.get(member) ?? new Set();
	plansGiven.set(member, given);
	if (given.has(key)) return;
	given.add(key);
	member.plan(key, plan);
}

/** Lets a worker forget a plan. */
function takePlan(member: Member, key: string): void {
	plansGiven.get(member)?.delete(key);
	member.forget(key);
}

/** Units of a batch: enough work for a message, few enough that all workers have some until the end. */
function batchUnits(pass: Pass, workers: number): number {
	const chunksPerUnit = Math.max(1, pass.chunksPerUnit);
	const byBytes = BATCH_BYTES / Math.max(1, pass.chunkBytes * chunksPerUnit);
	const byChunks = MAX_BATCH_CHUNKS / chunksPerUnit;
	const share = pass.units / (workers * LEAST_BATCHES);
	return Math.max(1, Math.floor(Math.min(byBytes, byChunks, share)));
}

/** Batches that a worker holds: others are fetched while one is decoded. Of large units one other, because of memory. */
function batchesAtOnce(unitsPerBatch: number): number {
	return unitsPerBatch > 1 ? 3 : 2;
}
