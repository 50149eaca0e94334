/** A store that is open: groups and arrays, seen as xarray shows them. */

import { toError, ZarrscopeError } from "../errors.js";
import { resolveSource } from "./address.js";
import { DataArray } from "./dataarray.js";
import { type Files, registerFiles } from "./files.js";
import { type ArrayInfo, SourceInfo, type ToldSource } from "./info.js";
import type { PoolOptions } from "../pool/pool.js";
import { place, session } from "./session.js";
import type { AnalysisDocument, Storage } from "./spec.js";

/** How to open a store. */
export interface OpenOptions {
	storage?: Storage;
	/** The path of a variable, for a store that does not list its arrays. */
	variable?: string;
	signal?: AbortSignal;
	/** Where the worker's script is, as {@link PoolOptions} has it; heeded if no worker has been started yet. */
	workerUrl?: PoolOptions["workerUrl"];
	/** Where the core is; heeded if no worker has been started yet. */
	wasmUrl?: PoolOptions["wasmUrl"];
}

/**
 * Opens a store by its address: `https://`, `s3://`, `gs://`, `az://`; in Node also `file://` and plain paths; or by
 * its files, if they are at hand ({@link registerFiles}). Reads metadata only.
 *
 * @throws {ZarrscopeError} `not_found` if there is no Zarr store, `cors`, `offline`, `invalid_metadata` …
 */
export async function open(source: string | Files, options: OpenOptions = {}): Promise<Dataset> {
	options.signal?.throwIfAborted();
	place(options);
	const address = typeof source === "string" ? await resolveSource(source) : await registerFiles(source);
	const told = await load(address, options.storage, options.variable);
	options.signal?.throwIfAborted();
	return new Dataset(new SourceInfo(told), address, options.storage, "");
}

async function load(address: string, storage: Storage | undefined, variable?: string): Promise<ToldSource> {
	try {
		const coordinator = await session().coordinator();
		return await coordinator.call<ToldSource>("openSource", address, storage, variable);
	} catch (error) {
		throw toError(error);
	}
}

/** A group of a store. */
export class Dataset {
	/** All of the store. */
	readonly info: SourceInfo;
	/** Path of the group; empty for the root. */
	readonly path: string;
	readonly #address: string;
	readonly #storage: Storage | undefined;

	/** Made by {@link open}. */
	constructor(info: SourceInfo, address: string, storage: Storage | undefined, path: string) {
		this.info = info;
		this.path = path;
		this.#address = address;
		this.#storage = storage;
	}

	/** Attributes of the group. */
	get attrs(): Record<string, unknown> {
		return this.info.group(this.path)?.attrs ?? {};
	}

	/** What the user should know of the store. */
	get notices(): string[] {
		return this.info.notices;
	}

	/** Lengths of the dimensions of the group's arrays. */
	get dims(): Record<string, number> {
		const dims: Record<string, number> = {};
		for (const array of this.arrays) {
			for (const [d, dim] of array.dims.entries()) dims[dim] ??= array.shape[d] ?? 0;
		}
		return dims;
	}

	/** The group's own arrays. */
	get arrays(): ArrayInfo[] {
		return this.info.arraysIn(this.path);
	}

	/** Arrays that label others: named as a dimension, named in a `coordinates` attribute, or bounds. */
	get coords(): ArrayInfo[] {
		const names = this.#coordinateNames();
		return this.arrays.filter((array) => names.has(array.name));
	}

	/** The other arrays. */
	get dataVars(): ArrayInfo[] {
		const names = this.#coordinateNames();
		return this.arrays.filter((array) => !names.has(array.name));
	}

	/** Paths of the groups right below. */
	get groups(): string[] {
		return this.info.groupsIn(this.path).filter((path) => path !== this.path);
	}

	/** A group below, by its path from here. */
	group(path: string): Dataset {
		const full = this.#full(path);
		if (!this.info.group(full) && this.info.arraysIn(full, 1).length === 0) {
			throw new ZarrscopeError({ code: "not_found", message: `no group ${path}`, path: full });
		}
		return new Dataset(this.info, this.#address, this.#storage, full);
	}

	/**
	 * An array, by its path from here; of several paths all of them, as one: what is asked of it is asked of each, in one run
	 * that reads once what they have in common. Names, types and dimensions are then those of the first, and a result has
	 * `variables`.
	 *
	 * @throws {ZarrscopeError} `not_found`, naming the arrays that there are. In a store that does not list its arrays use
	 * {@link find}, which looks for it.
	 */
	get(path: string | [string, ...string[]]): DataArray {
		if (Array.isArray(path)) {
			const all = path.map((one) => this.get(one).info.path);
			return new DataArray(this.#document(all), this.get(path[0]).info, this.info);
		}
		const full = this.#full(path);
		const array = this.info.array(full);
		if (array) return new DataArray(this.#document(full), array, this.info);
		const known = this.info.arrayPaths.slice(0, 12);
		const message = `no array ${full}; there are: ${known.join(", ") || "none known"}`;
		throw new ZarrscopeError({ code: "not_found", message, path: full });
	}

	/** As {@link get}, but asks the store for an array that is not known yet. */
	async find(path: string): Promise<DataArray> {
		const full = this.#full(path);
		if (this.info.array(full) || this.info.complete) return this.get(path);
		this.info.learn(await load(this.#address, this.#storage, full));
		return this.get(path);
	}

	/** Labels of a dimension of an array: `{name, values, attrs}`; undefined if it has none. */
	async coordinate(path: string, dim: string): Promise<Coordinate | undefined> {
		const coordinator = await session().coordinator();
		return coordinator.call("coordinateOf", this.#address, this.#storage, this.#full(path), dim);
	}

	#full(path: string): string {
		const bare = path.replace(/^\/+|\/+$/g, "");
		return this.path === "" || bare === "" ? this.path + bare : `${this.path}/${bare}`;
	}

	#document(path: string | string[]): AnalysisDocument {
		const storage = this.#storage ? { storage: this.#storage } : {};
		const which = typeof path === "string" ? { variable: path } : { variables: path };
		return { version: 1, source: this.#address, ...which, ...storage };
	}

	#coordinateNames(): Set<string> {
		const names = new Set<string>();
		for (const array of this.arrays) {
			for (const dim of array.dims) names.add(dim);
			const listed = `${array.attrs.coordinates ?? ""} ${array.attrs.bounds ?? ""} ${array.attrs.grid_mapping ?? ""}`;
			for (const name of listed.split(/\s+/).filter(Boolean)) names.add(name);
		}
		// Without CF attributes a latitude is still a coordinate of those that share its dimensions.
		for (const array of this.arrays) if (array.role === "latitude" || array.role === "longitude") names.add(array.name);
		return names;
	}
}

/** Labels along a dimension. */
export interface Coordinate {
	name: string;
	values: (number | string | null)[];
	attrs: Record<string, unknown>;
}
