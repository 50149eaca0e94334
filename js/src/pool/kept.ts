/** Partials that are kept in memory: bounded, the least recently used go first. */

/** A partial, and what is known of it. */
export interface KeptPartial {
	bytes: Uint8Array;
	/** Stands for the store that it was computed of. */
	source: string;
	/** When it was computed, in milliseconds since 1970. */
	made: number;
}

/** How long partials are kept: data that are written anew in place, without a change of metadata, are not noticed before. */
export const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** What an entry takes beside its bytes, more or less. */
const ENTRY_BYTES = 256;

/** Whether a partial, or a file of them, is too old; what was made in the future tells of a clock that was set. */
export function isOutdated(made: number, now = Date.now()): boolean {
	return !(made <= now && now - made < MAX_AGE_MS);
}

/** Partials by key. */
export class KeptInMemory {
	readonly #maxBytes: number;
	/** In the order of their last use. */
	readonly #entries = new Map<string, KeptPartial & { run: number }>();
	#bytes = 0;

	constructor(maxBytes: number) {
		this.#maxBytes = maxBytes;
	}

	/** Bytes of all entries. */
	get bytes(): number {
		return this.#bytes;
	}

	/** A partial, which counts as used by a run. */
	get(key: string, run: number): KeptPartial | undefined {
		const entry = this.#entries.get(key);
		if (!entry) return undefined;
		this.#remove(key);
		if (isOutdated(entry.made)) return undefined;
		this.#add(key, { ...entry, run });
		return entry;
	}

	/**
	 * Keeps a partial for a run. One that is larger than a quarter of all is not kept, and nothing is let go that the same run
	 * has used: of a run that is larger than the room the first part stays, rather than nothing of use.
	 */
	set(key: string, partial: KeptPartial, run: number): boolean {
		const size = partial.bytes.byteLength + ENTRY_BYTES;
		if (size > this.#maxBytes / 4) return false;
		this.#remove(key);
		for (const [oldest, entry] of this.#entries) {
			if (this.#bytes + size <= this.#maxBytes) break;
			if (entry.run === run) return false;
			this.#remove(oldest);
		}
		this.#add(key, { ...partial, run });
		return true;
	}

	/** Lets go of what was computed of a source; of everything, if none is named. */
	forget(source?: string): void {
		for (const [key, entry] of this.#entries) {
			if (source === undefined || entry.source === source) this.#remove(key);
		}
	}

	#add(key: string, entry: KeptPartial & { run: number }): void {
		this.#entries.set(key, entry);
		this.#bytes += entry.bytes.byteLength + ENTRY_BYTES;
	}

	#remove(key: string): void {
		const entry = this.#entries.get(key);
		if (!entry) return;
		this.#entries.delete(key);
		this.#bytes -= entry.bytes.byteLength + ENTRY_BYTES;
	}
}
