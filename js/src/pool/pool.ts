/**
 * The workers: one that coordinates (opens sources, plans, merges, finishes) and some that compute. The main thread only
 * passes messages. Workers are started when they are first needed, and replaced when they die.
 */

import { ZarrscopeError } from "../errors.js";
import type { LocalFiles } from "./fetch-local.js";
import type { KeptBounds } from "./keeper.js";
import { forgetStored } from "./kept-opfs.js";
import { Member } from "./member.js";
import { loadSpawner, type ModuleName, type Spawner, type WasmSource } from "./spawn.js";
import { WASM_FILES } from "./wasm-files.js";

/** How the package runs. */
export interface PoolOptions {
	/** Computing workers; default: the number of cores, at most 8. */
	workers?: number | undefined;
	/** Where the worker's script is, if a bundler does not find it. It may be of another origin. */
	workerUrl?: string | URL | undefined;
	/** Where the modules of the core are: their folder, with a slash at its end, or one of them; the others lie beside it. */
	wasmUrl?: string | URL | undefined;
	/** Where the core is, or what it is: an address, a response, its bytes, or the compiled module. */
	wasm?: WasmSource | undefined;
	/** The same of the module that draws. */
	drawWasm?: WasmSource | undefined;
	/** The same of the module with decoders that few stores need. It is loaded when one does. */
	rareWasm?: WasmSource | undefined;
	/**
	 * Whether what was computed of chunks is kept for a day, so that a second run fetches nothing: in memory (default: at most
	 * 64 MiB), and in browsers on disk (OPFS; default: at most 256 MiB, 0: not at all). Default: true.
	 */
	keepPartials?: boolean | { memoryBytes?: number; storageBytes?: number } | undefined;
}

/** What is kept unless asked otherwise. */
const KEPT: KeptBounds = { memoryBytes: 64 << 20, storageBytes: 256 << 20 };

/** More workers than this do not help a browser that fetches over one network. */
const MAX_WORKERS = 8;
/** A worker whose memory has grown beyond this is replaced when it is idle: wasm memory never shrinks. */
const MAX_IDLE_MEMORY_BYTES = 1 << 30;

/** Where a module lies by what {@link PoolOptions.wasmUrl} says. */
function wasmIn(place: string | URL, name: ModuleName): URL {
	const url = new URL(place, globalThis.document?.baseURI);
	// The core may have been given another name.
	return name === "compute" && url.pathname.endsWith(".wasm") ? url : new URL(WASM_FILES[name], url);
}

/** The workers of one page or process. */
export class Pool {
	readonly #options: PoolOptions;
	#spawner: Promise<Spawner> | undefined;
	readonly #modules = new Map<ModuleName, Promise<WebAssembly.Module>>();
	#coordinator: Promise<Member> | undefined;
	#computing: (Promise<Member> | undefined)[] = [];
	/** Files at hand, which every worker gets, later ones too. */
	readonly #files: Map<string, LocalFiles>;
	#closed = false;
	/** Workers that died and were replaced since the start. */
	replaced = 0;

	constructor(options: PoolOptions = {}, files = new Map<string, LocalFiles>()) {
		this.#options = options;
		this.#files = files;
	}

	/** Whether what was computed is kept for later runs. */
	get keepsPartials(): boolean {
		return this.#options.keepPartials !== false;
	}

	/** How many computing workers there are to be. */
	async size(): Promise<number> {
		const wanted = this.#options.workers ?? Math.min((await this.#host()).cores(), MAX_WORKERS);
		return Math.max(1, Math.floor(wanted));
	}

	/** A compiled module of the core. */
	module(name: ModuleName): Promise<WebAssembly.Module> {
		const known = this.#modules.get(name);
		if (known) return known;
		const { wasm, drawWasm, rareWasm, wasmUrl } = this.#options;
		const own = { compute: wasm, draw: drawWasm, rare: rareWasm }[name];
		const module = this.#host().then((host) => host.compile(name, own ?? (wasmUrl && wasmIn(wasmUrl, name))));
		this.#modules.set(name, module);
		// A failure must not be kept: the next call may find the network again.
		module.catch(() => this.#modules.delete(name));
		return module;
	}

	/** The coordinating worker. */
	coordinator(): Promise<Member> {
		if (this.#coordinator) return this.#coordinator;
		const starting = this.#start(() => {
			this.#coordinator = undefined;
		});
		this.#coordinator = starting.then((member) => {
			const wanted = this.#options.keepPartials;
			const { memoryBytes = KEPT.memoryBytes, storageBytes = KEPT.storageBytes } =
				typeof wanted === "object" ? wanted : {};
			if (this.keepsPartials) member.keep({ memoryBytes, storageBytes });
			return member;
		});
		return this.#coordinator;
	}

	/** Forgets what was kept of earlier runs and of sources; the next run reads everything anew. */
	async forgetKept(): Promise<void> {
		const member = await this.#coordinator?.catch(() => undefined);
		await member?.call("forgetSources");
		await member?.forgetKept();
		await forgetStored();
	}

	/** A computing worker by its number. */
	computing(at: number): Promise<Member> {
		this.#computing[at] ??= this.#start(() => {
			this.#computing[at] = undefined;
		});
		return this.#computing[at];
	}

	/** A computing worker, if it has been started. */
	running(at: number): Promise<Member> | undefined {
		return this.#computing[at];
	}

	/** Makes files at hand known as `local://KEY/…`; none: forgets them. */
	files(key: string, files: LocalFiles | undefined): void {
		if (files) this.#files.set(key, files);
		else this.#files.delete(key);
		for (const member of [this.#coordinator, ...this.#computing])
			member?.then(
				(m) => m.files(key, files),
				() => {},
			);
	}

	/** Replaces an idle worker that has grown too large. */
	async recycle(at: number): Promise<void> {
		if (!this.#computing[at]) return;
		const member = await this.computing(at);
		const bytes = await member.call<number>("memoryBytes");
		if (bytes > MAX_IDLE_MEMORY_BYTES) member.terminate("its memory had grown too large");
	}

	/** Ends all workers. What they owe is rejected with `worker_crashed`. */
	close(): void {
		this.#closed = true;
		for (const member of [this.#coordinator, ...this.#computing]) {
			member?.then(
				(m) => m.terminate(),
				() => {},
			);
		}
		this.#coordinator = undefined;
		this.#computing = [];
	}

	#host(): Promise<Spawner> {
		this.#spawner ??= loadSpawner();
		return this.#spawner;
	}

	async #start(onDeath: () => void): Promise<Member> {
		let member: Member | undefined;
		try {
			const module = this.module("compute");
			const host = await this.#host();
			// The worker loads its script while the core is loaded and compiled.
			member = new Member(host.spawn(this.#options.workerUrl));
			for (const [key, files] of this.#files) member.files(key, files);
			member.rare = () => this.module("rare");
			member.onDeath = () => {
				if (!this.#closed) this.replaced += 1;
				onDeath();
			};
			member.start(await module, host.suffixRanges);
			if (member.failure) throw member.failure;
			if (this.#closed) throw new ZarrscopeError({ code: "worker_crashed", message: "the pool is closed" });
			return member;
		} catch (error) {
			// Whoever is dead has told already.
			if (!member) onDeath();
			else if (!member.failure) {
				member.onDeath = onDeath;
				member.terminate();
			}
			throw error;
		}
	}
}
