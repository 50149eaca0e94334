/**
 * What a store says of itself, as the core reads it. The core tells of arrays and groups in text, which is read when it is
 * asked for: a store may have a hundred thousand arrays, of which few are looked at.
 */

import type { Piece } from "../pool/protocol.js";

/** What is known of an array from its metadata. */
export interface ArrayInfo {
	/** Path below the source. */
	path: string;
	name: string;
	group: string;
	dims: string[];
	shape: number[];
	/** Shape of a chunk, or of a shard; of the largest, where they differ. */
	chunks: number[];
	/** Whether chunks differ in shape (a `rectilinear` grid). */
	chunksVary: boolean;
	/** Shape of the chunks in a shard. */
	innerChunks: number[] | null;
	/** numpy's name of the type. */
	dtype: string;
	/** Names in encoding order. */
	codecs: string[];
	fillValue: unknown;
	attrs: Record<string, unknown>;
	/** What a coordinate measures. */
	role: "latitude" | "longitude" | "time" | "vertical" | null;
	/** Names of the coordinates that belong to it. */
	coordinates: string[];
	/** Size of all values, in bytes. */
	bytes: number;
	/** Why it cannot be read, if it cannot. */
	problem: { code: string; message: string; codec?: string } | null;
}

/** What is known of a group. */
export interface GroupInfo {
	path: string;
	attrs: Record<string, unknown>;
	/** What of its metadata could not be read. */
	problem: ArrayInfo["problem"];
}

/** What crosses from the core. */
export interface ToldSource {
	source: string;
	zarrFormat: 2 | 3;
	consolidated: boolean;
	complete: boolean;
	notices: string[];
	bytes: number;
	groups: Piece[];
	arrays: Piece[];
}

/** What is known of a store. */
export class SourceInfo {
	/** The address, without its query. */
	readonly source: string;
	readonly zarrFormat: 2 | 3;
	readonly consolidated: boolean;
	/** false where neither consolidated metadata nor the server tells all arrays. */
	readonly complete: boolean;
	/** What the user should know. */
	readonly notices: string[];
	#bytes: number;
	#groups: Documents<GroupInfo>;
	#arrays: Documents<ArrayInfo>;

	/** Made by `open`. */
	constructor(told: ToldSource) {
		this.source = told.source;
		this.zarrFormat = told.zarrFormat;
		this.consolidated = told.consolidated;
		this.complete = told.complete;
		this.notices = told.notices;
		this.#bytes = told.bytes;
		this.#groups = new Documents(told.groups);
		this.#arrays = new Documents(told.arrays);
	}

	/** Takes over what the store was found to have since. */
	learn(told: ToldSource): void {
		this.#bytes = told.bytes;
		this.#groups = new Documents(told.groups);
		this.#arrays = new Documents(told.arrays);
	}

	/** Size of the values of all arrays, in bytes. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Paths of all arrays, in order. */
	get arrayPaths(): readonly string[] {
		return this.#arrays.paths;
	}

	/** Paths of all groups, in order. */
	get groupPaths(): readonly string[] {
		return this.#groups.paths;
	}

	/** An array, by its path below the source. */
	array(path: string): ArrayInfo | undefined {
		return this.#arrays.get(path);
	}

	/** A group, by its path below the source. */
	group(path: string): GroupInfo | undefined {
		return this.#groups.get(path);
	}

	/** The arrays right in a group, at most `limit` of them. */
	arraysIn(group: string, limit = Number.POSITIVE_INFINITY): ArrayInfo[] {
		const paths = this.arrayPathsIn(group).slice(0, limit);
		return paths.flatMap((path) => this.array(path) ?? []);
	}

	/** Paths of the arrays right in a group. */
	arrayPathsIn(group: string): readonly string[] {
		return this.#arrays.pathsBelow(group);
	}

	/** Paths of the groups right below a group. */
	groupsIn(group: string): readonly string[] {
		return this.#groups.pathsBelow(group);
	}

	/** All arrays. In a store of very many, {@link array} and {@link arraysIn} cost less. */
	get arrays(): ArrayInfo[] {
		return this.#arrays.all();
	}

	/** All groups. */
	get groups(): GroupInfo[] {
		return this.#groups.all();
	}

	/** All of it, as `JSON.stringify` writes it. */
	toJSON(): Record<string, unknown> {
		const { source, zarrFormat, consolidated, complete, groups, arrays, notices } = this;
		return { source, zarrFormat, consolidated, complete, groups, arrays, notices };
	}
}

/** Documents of one kind, by path. */
class Documents<T> {
	readonly #pieces: Piece[];
	/** The number of the first document of each piece. */
	readonly #starts: number[] = [];
	#paths: readonly string[] | undefined;
	#numbers: Map<string, number> | undefined;
	#below: Map<string, string[]> | undefined;
	#all: T[] | undefined;

	constructor(pieces: Piece[]) {
		this.#pieces = pieces;
		let count = 0;
		for (const { ends } of pieces) {
			this.#starts.push(count);
			count += ends.length;
		}
	}

	get paths(): readonly string[] {
		this.#paths ??= this.#pieces.flatMap(({ paths }) => JSON.parse(decoder.decode(paths)) as string[]);
		return this.#paths;
	}

	get(path: string): T | undefined {
		if (!this.#numbers) {
			this.#numbers = new Map();
			for (const known of this.paths) this.#numbers.set(known, this.#numbers.size);
		}
		const number = this.#numbers.get(path);
		if (number === undefined) return undefined;
		return this.#all?.[number] ?? this.#read(number);
	}

	all(): T[] {
		this.#all ??= this.paths.map((_, number) => this.#read(number));
		return this.#all;
	}

	pathsBelow(group: string): readonly string[] {
		if (!this.#below) {
			this.#below = new Map();
			for (const path of this.paths) {
				// The root is below nothing; an array at the root, which has no name, is in it.
				const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
				const known = this.#below.get(parent);
				if (known) known.push(path);
				else this.#below.set(parent, [path]);
			}
		}
		return this.#below.get(group) ?? [];
	}

	#read(number: number): T {
		// The last piece that begins at or before it.
		let [low, high] = [0, this.#starts.length - 1];
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((this.#starts[middle] ?? 0) <= number) low = middle;
			else high = middle - 1;
		}
		const piece = this.#pieces[low];
		const at = number - (this.#starts[low] ?? 0);
		const text = piece?.text.subarray(at > 0 ? piece.ends[at - 1] : 0, piece.ends[at]);
		return JSON.parse(decoder.decode(text)) as T;
	}
}

const decoder = new TextDecoder();
