/**
 * What the coordinating worker keeps of runs: partials by the keys that the core gives, in memory, and on disk where there is
 * one for that. A unit whose partial is there is not computed again. What is kept is never trusted: the core takes what fits,
 * the rest is computed anew.
 */

import { KeptInMemory } from "./kept.js";
import { KeptOnDisk } from "./kept-opfs.js";
import { type Keyed, MAX_ENTRIES } from "./kept-pack.js";

/** How much is kept. */
export interface KeptBounds {
	/** Bytes in memory. */
	memoryBytes: number;
	/** Bytes on disk; 0: none. */
	storageBytes: number;
}

/** What is asked of the core; see `src/wasm/kept.rs`. */
export interface KeepingCore {
	unitKeys(
		run: number,
		pass: number,
		ordinals: Float64Array,
	): Promise<{ source: string; lasting: boolean; keys: string[] }>;
	addKept(run: number, ordinal: number, partial: Uint8Array): number | undefined;
}

/** What need not be computed. */
export interface Reused {
	ordinals: number[];
	chunks: number;
}

/** Bytes that make a file: a long run writes while it runs, so that little waits in memory. */
const FILE_BYTES = 16 << 20;
/** Bytes that may wait for the disk; beyond it, partials are kept in memory only. */
const MAX_WAITING_BYTES = 64 << 20;

interface Known {
	/** What it reads, and has read. */
	sources: Set<string>;
	/** Keys of units that are being computed. */
	keys: Map<number, { key: string; source: string; lasting: boolean }>;
	/** Sources that have been looked for on disk. */
	looked: Map<string, Promise<void>>;
	/** Partials that are to be written, by source. */
	waiting: Map<string, { partials: Keyed[]; bytes: number }>;
}

/** Keeps partials. */
export class Keeper {
	readonly #core: KeepingCore;
	readonly #memory: KeptInMemory;
	readonly #disk: KeptOnDisk | undefined;
	readonly #storageBytes: number;
	readonly #runs = new Map<number, Known>();
	/** Sources that the disk is about to forget. */
	readonly #forgetting = new Set<string>();
	#writing: Promise<void> = Promise.resolve();
	#waitingBytes = 0;

	constructor(core: KeepingCore, { memoryBytes, storageBytes }: KeptBounds) {
		this.#core = core;
		this.#memory = new KeptInMemory(memoryBytes);
		this.#disk = storageBytes > 0 ? new KeptOnDisk(storageBytes) : undefined;
		this.#storageBytes = storageBytes;
	}

	/** Puts partials of units into a run, as far as there are some, and remembers the keys of the others. */
	async reuse(run: number, pass: number, ordinals: number[]): Promise<Reused> {
		const reused: Reused = { ordinals: [], chunks: 0 };
		const told = await this.#core.unitKeys(run, pass, new Float64Array(ordinals)).catch((error: unknown) => {
			if (error instanceof WebAssembly.RuntimeError) throw error;
			// Where chunks lie cannot be told: the batch itself will say why.
			return undefined;
		});
		if (!told) return reused;
		const known = this.#known(run);
		const { source, lasting } = told;
		known.sources.add(source);
		const units = ordinals.map((ordinal, i) => ({ ordinal, key: told.keys[i] ?? "" }));
		const inMemory = new Map(units.map(({ key }) => [key, this.#memory.get(key, run)]));
		const others = units.flatMap(({ key }) => (inMemory.get(key) ? [] : [key]));
		const onDisk = lasting && others.length > 0 ? await this.#fromDisk(known, source, others, run) : undefined;
		for (const { ordinal, key } of units) {
			const found = inMemory.get(key) ?? onDisk?.get(key);
			const chunks = found && this.#core.addKept(run, ordinal, found.bytes);
			if (chunks === undefined) {
				known.keys.set(ordinal, { key, source, lasting });
				continue;
			}
			reused.ordinals.push(ordinal);
			reused.chunks += chunks;
		}
		for (const [key, { bytes, made }] of onDisk ?? []) this.#memory.set(key, { bytes, source, made }, run);
		return reused;
	}

	/** Keeps partials that a run was given. Those of units that lack chunks stay in memory: the chunks may yet be written. */
	keep(run: number, partials: [number, Uint8Array][], lacking: number[]): void {
		const known = this.#runs.get(run);
		if (!known) return;
		const made = Date.now();
		for (const [ordinal, bytes] of partials) {
			const unit = known.keys.get(ordinal);
			if (!unit) continue;
			known.keys.delete(ordinal);
			this.#memory.set(unit.key, { bytes, source: unit.source, made }, run);
			if (unit.lasting && !lacking.includes(ordinal)) this.#wait(known, unit, bytes, run);
		}
	}

	/** A run is over: what waits is written, unless its source changed while it was read. */
	settle(run: number, changed: boolean): void {
		const known = this.#runs.get(run);
		this.#runs.delete(run);
		if (!known) return;
		if (changed) {
			for (const { bytes } of known.waiting.values()) this.#waitingBytes -= bytes;
			for (const source of known.sources) {
				this.#memory.forget(source);
				this.#forgetting.add(source);
				this.#later(() => this.#disk?.forget(source));
				this.#later(() => void this.#forgetting.delete(source));
			}
			return;
		}
		for (const source of known.waiting.keys()) this.#write(known, source, run);
		this.#later(() => this.#disk?.settle(run));
	}

	/** Lets go of everything. */
	async forget(): Promise<void> {
		this.#memory.forget();
		for (const known of this.#runs.values()) {
			for (const { bytes } of known.waiting.values()) this.#waitingBytes -= bytes;
			known.waiting.clear();
			known.keys.clear();
		}
		this.#later(() => this.#disk?.forget());
		await this.#writing;
	}

	#known(run: number): Known {
		const known = this.#runs.get(run) ?? { sources: new Set(), keys: new Map(), looked: new Map(), waiting: new Map() };
		this.#runs.set(run, known);
		return known;
	}

	async #fromDisk({ looked }: Known, source: string, keys: string[], run: number) {
		const disk = this.#disk;
		if (!disk || this.#forgetting.has(source)) return undefined;
		const looking = looked.get(source) ?? disk.look(source);
		looked.set(source, looking);
		await looking;
		return disk.get(keys, run);
	}

	#wait(known: Known, { key, source }: { key: string; source: string }, bytes: Uint8Array, run: number): void {
		const size = bytes.byteLength;
		if (!this.#disk || size > this.#storageBytes / 4 || this.#waitingBytes + size > MAX_WAITING_BYTES) return;
		const waiting = known.waiting.get(source) ?? { partials: [], bytes: 0 };
		known.waiting.set(source, waiting);
		waiting.partials.push([key, bytes]);
		waiting.bytes += size;
		this.#waitingBytes += size;
		if (waiting.bytes >= FILE_BYTES || waiting.partials.length >= MAX_ENTRIES) this.#write(known, source, run);
	}

	#write(known: Known, source: string, run: number): void {
		const waiting = known.waiting.get(source);
		known.waiting.delete(source);
		if (!waiting) return;
		this.#later(() => this.#disk?.write(source, waiting.partials, run));
		this.#later(() => {
			this.#waitingBytes -= waiting.bytes;
		});
	}

	/** One after the other, and never anybody's trouble. */
	#later(work: () => Promise<void> | void | undefined): void {
		this.#writing = this.#writing.then(work).catch(() => {});
	}
}
