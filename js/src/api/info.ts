/** What a store says of itself, as the core reads it. */

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

/** What is known of a store. */
export interface SourceInfo {
	/** The address, without its query. */
	source: string;
	zarrFormat: 2 | 3;
	consolidated: boolean;
	/** false where neither consolidated metadata nor the server tells all arrays. */
	complete: boolean;
	groups: { path: string; attrs: Record<string, unknown>; problem: ArrayInfo["problem"] }[];
	arrays: ArrayInfo[];
	/** What the user should know. */
	notices: string[];
}
