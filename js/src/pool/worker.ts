/**
 * The body of a worker, in browsers and in Node. Every request is answered; whatever escapes is reported as a crash, after
 * which the pool replaces the worker: an instance that trapped must not be used again.
 */

import init, * as core from "../../wasm/zarrscope.js";
import initRare, * as rare from "../../wasm/zarrscope_rare.js";
import { fetchLocal, type LocalFiles } from "./fetch-local.js";
import { Keeper } from "./keeper.js";
import { type BatchResult, type Piece, PROGRESS_MS, type Reply, type Request } from "./protocol.js";

/** What differs between hosts. */
export interface Host {
	post(reply: Reply, transfer?: ArrayBuffer[]): void;
	fetch(url: string, options: RequestInit): Promise<Response>;
}

/** Gives the function that handles messages. It may be called before the core is ready. */
export function createWorker(host: Host): (request: Request) => void {
	const plans = new Map<string, Uint8Array>();
	const files = new Map<string, LocalFiles>();
	const fetchAll = (url: string, options: RequestInit) =>
		url.startsWith("local:") ? fetchLocal(files, url, options) : host.fetch(url, options);
	const running = new Map<number, AbortController>();
	/** The coordinating worker's, unless nothing is to be kept. */
	let keeper: Keeper | undefined;
	let rareReady: Promise<typeof decodeRare> | undefined;
	let rareArrived: (answer: Extract<Request, { type: "rare" }>) => void = () => {};
	let ready: Promise<unknown> = Promise.resolve();

	async function start(module: WebAssembly.Module, suffixRanges: boolean): Promise<void> {
		await init({ module_or_path: module });
		core.setHost(fetchAll, suffixRanges, (message: string) => host.post({ type: "crashed", message }), loadRare);
	}

	/** The decoders that few stores need: the pool compiles them once, for all workers. */
	function loadRare(): Promise<typeof decodeRare> {
		if (rareReady) return rareReady;
		const arrived = new Promise<WebAssembly.Module>((resolve, reject) => {
			rareArrived = ({ module, error }) => (module ? resolve(module) : reject(new Error(error)));
		});
		host.post({ type: "needs-rare" });
		const loading = arrived.then((module) => initRare({ module_or_path: module })).then(() => decodeRare);
		rareReady = loading;
		// A failure must not be kept: the next store may find the network again.
		loading.catch(() => {
			rareReady = undefined;
		});
		return loading;
	}

	function decodeRare(request: Uint8Array, input: Uint8Array): Uint8Array {
		try {
			return rare.decodeRare(request, input);
		} catch (error) {
			if (error instanceof WebAssembly.RuntimeError) host.post({ type: "crashed", message: String(error) });
			throw error;
		}
	}

	async function units({ id, key, ordinals, places }: Extract<Request, { type: "units" }>): Promise<void> {
		// Before anything is awaited: a cancellation may be the next message.
		const controller = new AbortController();
		running.set(id, controller);
		let done = { chunks: 0, bytesDecoded: 0 };
		let timer: ReturnType<typeof setTimeout> | undefined;
		const tell = () => {
			timer = undefined;
			host.post({ type: "progress", id, ...done });
		};
		try {
			await ready;
			controller.signal.throwIfAborted();
			const plan = plans.get(key);
			if (!plan) throw { code: "worker_crashed", message: `no plan ${key}` };
			const progress = (chunks: number, bytesDecoded: number) => {
				done = { chunks, bytesDecoded };
				timer ??= setTimeout(tell, PROGRESS_MS);
			};
			const numbers = new Float64Array(ordinals);
			const result: BatchResult = await core.runUnits(plan, numbers, places, controller.signal, progress);
			host.post(
				{ type: "done", id, value: result },
				result.partials.map(([, bytes]) => bytes.buffer as ArrayBuffer),
			);
		} finally {
			clearTimeout(timer);
			running.delete(id);
		}
	}

	async function answer(request: Request): Promise<void> {
		switch (request.type) {
			case "init":
				ready = start(request.module, request.suffixRanges);
				await ready;
				return host.post({ type: "done", id: request.id, value: undefined });
			case "units":
				return units(request);
			case "add":
				for (const [ordinal, partial] of request.partials) core.addPartial(request.run, ordinal, partial);
				keeper?.keep(request.run, request.partials, request.lacking);
				return host.post({ type: "done", id: request.id, value: undefined });
			case "keep":
				keeper = new Keeper(core, request.bounds);
				return;
			case "reuse": {
				const reused = await keeper?.reuse(request.run, request.pass, request.ordinals);
				return host.post({ type: "done", id: request.id, value: reused });
			}
			case "settle":
				return keeper?.settle(request.run, request.changed);
			case "forget-kept":
				await keeper?.forget();
				return host.post({ type: "done", id: request.id, value: undefined });
			case "call": {
				await ready;
				const call = core[request.name] as (...args: unknown[]) => unknown;
				const value = await call(...request.args);
				return host.post({ type: "done", id: request.id, value }, buffersOf(value));
			}
			case "plan":
				plans.set(request.key, request.plan);
				return;
			case "forget":
				plans.delete(request.key);
				return;
			case "files":
				if (request.files) files.set(request.key, request.files);
				else files.delete(request.key);
				return;
			case "rare":
				return rareArrived(request);
			case "cancel":
				running.get(request.id)?.abort();
				return;
			case "ping":
				return host.post({ type: "pong" });
		}
	}

	return (request) => {
		answer(request).catch((error: unknown) => {
			if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
				host.post({ type: "crashed", message: String(error) });
			} else if ("id" in request) {
				host.post({ type: "failed", id: request.id, error: plain(error) });
			}
		});
	};
}

/** What is told of a source may be a hundred megabytes of text: it is handed over, not copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
	const { groups = [], arrays = [] } = (value ?? {}) as { groups?: Piece[]; arrays?: Piece[] };
	return [...groups, ...arrays].flatMap(
		({ paths, text, ends }) => [paths.buffer, text.buffer, ends.buffer] as ArrayBuffer[],
	);
}

/** An error of the core is a plain object already. */
function plain(error: unknown) {
	if (typeof error === "object" && error !== null && "code" in error && typeof error.code === "string") {
		return error as never;
	}
	if (error instanceof DOMException && error.name === "AbortError")
		return { code: "aborted" as const, message: "cancelled" };
	return { code: "worker_crashed" as const, message: error instanceof Error ? error.message : String(error) };
}
