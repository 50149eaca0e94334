/**
 * The end of a run before its time, and who must hear of it. An AbortController would do, but for its listeners: every lane of
 * every worker waits for it, and Node warns from the eleventh on.
 */

/** Something that can be stopped, once. */
export class Stop {
	readonly #waiting = new Set<() => void>();
	#stopped = false;
	#reason: unknown;

	/** Whether it has been. */
	get stopped(): boolean {
		return this.#stopped;
	}

	/** Stops it, and tells whoever waits; a second time does nothing. */
	stop(reason?: unknown): void {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#reason = reason;
		for (const tell of this.#waiting) tell();
		this.#waiting.clear();
	}

	/** Calls back when it is stopped, or now if it has been; gives what takes that back. */
	onStop(tell: () => void): () => void {
		if (this.#stopped) tell();
		else this.#waiting.add(tell);
		return () => this.#waiting.delete(tell);
	}

	/** A promise's value, or the reason as soon as it is stopped. */
	async unlessStopped<T>(promise: Promise<T>): Promise<T> {
		let forget = () => {};
		const stopped = new Promise<never>((_, reject) => {
			forget = this.onStop(() => reject(this.#reason));
		});
		try {
			return await Promise.race([stopped, promise]);
		} finally {
			forget();
		}
	}
}
