/**
 * One worker and what it owes: every request is answered, or rejected when the worker is found dead. A worker counts as
 * dead when its script fails, when it reports a trap, or when it stays silent for a minute while it owes something.
 */

import { type ErrorDetails, toError, ZarrscopeError } from "../errors.js";
import type { LocalFiles } from "./fetch-local.js";
import type { KeptBounds, Reused } from "./keeper.js";
import type { CoreFunction, Reply, Request } from "./protocol.js";
import type { WorkerHandle } from "./spawn.js";
import type { Stop } from "./stop.js";

/** Distance between heartbeats, in milliseconds. */
const PING_MS = 10_000;
/** Heartbeats that may stay unanswered. */
const MAX_SILENT_PINGS = 6;

interface Owed {
	resolve(value: unknown): void;
	reject(error: unknown): void;
	onProgress: ((chunks: number, bytesDecoded: number) => void) | undefined;
}

let lastId = 0;

/** A worker of the pool. */
export class Member {
	readonly #handle: WorkerHandle;
	readonly #owed = new Map<number, Owed>();
	#silentPings = 0;
	#heartbeat: ReturnType<typeof setInterval> | undefined;
	/** Set when the worker is dead. */
	failure: ZarrscopeError | undefined;
	/** Called once, when the worker dies. */
	onDeath: () => void = () => {};
	/** Gives the module of rare decoders, which a worker asks for when a store needs it. */
	rare: () => Promise<WebAssembly.Module> = () => Promise.reject(new Error("there is none"));

	constructor(handle: WorkerHandle) {
		this.#handle = handle;
		handle.onReply = (reply) => this.#receive(reply);
		handle.onFailure = (message) => this.#die(message);
	}

	/** Gives the worker the core, before anything is asked of it. */
	start(module: WebAssembly.Module, suffixRanges: boolean): void {
		// A failure to start rejects everything else that is owed too.
		this.#request((id) => ({ type: "init", id, module, suffixRanges })).catch(() => {});
	}

	/** Calls a function of the core. */
	call<T>(name: CoreFunction, ...args: unknown[]): Promise<T> {
		return this.#request((id) => ({ type: "call", id, name, args })) as Promise<T>;
	}

	/** Hands partials to a run, without copying them; `lacking` are units some of whose chunks the store did not have. */
	add(run: number, partials: [number, Uint8Array][], lacking: number[]): Promise<void> {
		const transfer = partials.map(([, bytes]) => bytes.buffer as ArrayBuffer);
		return this.#request((id) => ({ type: "add", id, run, partials, lacking }), { transfer }) as Promise<void>;
	}

	/** Lets the worker keep the partials that it is given. */
	keep(bounds: KeptBounds): void {
		this.#post({ type: "keep", bounds });
	}

	/** Puts partials of units into a run that were kept, and tells of which; nothing if none are kept at all. */
	reuse(run: number, pass: number, ordinals: number[]): Promise<Reused | undefined> {
		return this.#request((id) => ({ type: "reuse", id, run, pass, ordinals })) as Promise<Reused | undefined>;
	}

	/** Tells that a run is over, and whether its source changed while it was read: nothing is kept of it then. */
	settle(run: number, changed: boolean): void {
		this.#post({ type: "settle", run, changed });
	}

	/** Lets the worker forget the partials that it keeps, in memory and on disk. */
	forgetKept(): Promise<void> {
		return this.#request((id) => ({ type: "forget-kept", id })) as Promise<void>;
	}

	/** Gives the worker a plan to keep. */
	plan(key: string, plan: Uint8Array): void {
		this.#post({ type: "plan", key, plan });
	}

	/** Lets the worker forget a plan. */
	forget(key: string): void {
		this.#post({ type: "forget", key });
	}

	/** Gives the worker files at hand; none: lets it forget them. */
	files(key: string, files: LocalFiles | undefined): void {
		this.#post({ type: "files", key, files });
	}

	/** Works off units, whose chunks lie at `places` unless the store has them by key. Stopping ends the worker's requests. */
	units<T>(
		key: string,
		ordinals: number[],
		places: Uint8Array | undefined,
		stop: Stop,
		onProgress: (chunks: number, bytesDecoded: number) => void,
	): Promise<T> {
		let cancel = () => {};
		const answer = this.#request(
			(id) => {
				cancel = () => this.#post({ type: "cancel", id });
				return { type: "units", id, key, ordinals, places };
			},
			{ onProgress },
		) as Promise<T>;
		return answer.finally(stop.onStop(cancel));
	}

	/** Ends the worker; what it owes is rejected. */
	terminate(reason = "the worker was closed"): void {
		this.#die(reason);
	}

	#post(request: Request): void {
		if (!this.failure) this.#handle.post(request);
	}

	#request(
		make: (id: number) => Request,
		options: { transfer?: ArrayBuffer[]; onProgress?: Owed["onProgress"] } = {},
	): Promise<unknown> {
		if (this.failure) return Promise.reject(this.failure);
		const id = ++lastId;
		return new Promise((resolve, reject) => {
			this.#owed.set(id, { resolve, reject, onProgress: options.onProgress });
			this.#startHeartbeat();
			try {
				this.#handle.post(make(id), options.transfer ?? []);
			} catch (error) {
				this.#settle(id)?.reject(toError(error));
			}
		});
	}

	#receive(reply: Reply): void {
		this.#silentPings = 0;
		switch (reply.type) {
			case "done":
				this.#settle(reply.id)?.resolve(reply.value);
				break;
			case "failed":
				this.#settle(reply.id)?.reject(new ZarrscopeError(reply.error));
				break;
			case "progress":
				this.#owed.get(reply.id)?.onProgress?.(reply.chunks, reply.bytesDecoded);
				break;
			case "needs-rare":
				this.rare().then(
					(module) => this.#post({ type: "rare", module }),
					(error) => this.#post({ type: "rare", module: undefined, error: toError(error).message }),
				);
				break;
			case "crashed":
				this.#die(reply.message);
				break;
		}
	}

	#settle(id: number): Owed | undefined {
		const owed = this.#owed.get(id);
		this.#owed.delete(id);
		if (this.#owed.size === 0) this.#stopHeartbeat();
		return owed;
	}

	#die(message: string): void {
		if (this.failure) return;
		const details: ErrorDetails = { code: "worker_crashed", message: `a worker stopped: ${message}` };
		this.failure = new ZarrscopeError(details);
		this.#stopHeartbeat();
		this.#handle.onReply = () => {};
		this.#handle.onFailure = () => {};
		this.#handle.terminate();
		for (const { reject } of this.#owed.values()) reject(this.failure);
		this.#owed.clear();
		this.onDeath();
	}

	#startHeartbeat(): void {
		this.#heartbeat ??= setInterval(() => {
			this.#silentPings += 1;
			if (this.#silentPings > MAX_SILENT_PINGS) this.#die("it no longer answers");
			else this.#post({ type: "ping" });
		}, PING_MS);
	}

	#stopHeartbeat(): void {
		clearInterval(this.#heartbeat);
		this.#heartbeat = undefined;
		this.#silentPings = 0;
	}
}
