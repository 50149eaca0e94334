/** Latest wins: to begin a task is to end the one before. */

export class Latest {
	#controller: AbortController | undefined;

	/** The signal of a new task. */
	begin(): AbortSignal {
		this.end();
		this.#controller = new AbortController();
		return this.#controller.signal;
	}

	/** Ends the present task, if there is one. */
	end(): void {
		this.#controller?.abort(new DOMException("superseded", "AbortError"));
		this.#controller = undefined;
	}
}

/** Resolves after some milliseconds; rejects with the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, milliseconds);
		signal.addEventListener(
			"abort",
			() => {
				clearTimeout(timer);
				reject(signal.reason);
			},
			{ once: true },
		);
	});
}
