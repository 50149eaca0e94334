/** The one error class of the package; its codes are the contract's. */

/** What went wrong. */
export type ErrorCode =
	| "not_found"
	| "forbidden"
	| "throttled"
	| "http"
	| "offline"
	| "cors"
	| "range_ignored"
	| "short_read"
	| "changed"
	| "timeout"
	| "aborted"
	| "invalid_metadata"
	| "unsupported"
	| "unknown_codec"
	| "corrupt_chunk"
	| "checksum"
	| "too_large"
	| "out_of_memory"
	| "invalid_selection"
	| "invalid_document"
	| "worker_crashed";

/** An error's plain form, as it crosses between workers and as `--json` prints it. */
export interface ErrorDetails {
	code: ErrorCode;
	message: string;
	/** Address without its query. */
	url?: string;
	/** Path of the array or group. */
	path?: string;
	/** Chunk coordinates, joined by dots. */
	chunk?: string;
	codec?: string;
	status?: number;
	expected?: number;
	actual?: number;
}

/** Thrown by every function of the package, but for cancellation, which rejects with the signal's own reason. */
export class ZarrscopeError extends Error {
	override readonly name = "ZarrscopeError";
	readonly code: ErrorCode;
	readonly details: ErrorDetails;

	constructor(details: ErrorDetails) {
		super(sentence(details));
		this.code = details.code;
		this.details = details;
	}

	/** The plain form. */
	toJSON(): ErrorDetails {
		return this.details;
	}
}

/** The message with its place: `SST: chunk 3.0.1: zstd: decodes to …`. */
function sentence({ path, chunk, codec, message }: ErrorDetails): string {
	const place = [path, chunk !== undefined ? `chunk ${chunk}` : undefined, codec].filter(Boolean);
	return [...place, message].join(": ");
}

/** Rebuilds an error from whatever came out of a worker. */
export function toError(thrown: unknown): ZarrscopeError {
	if (thrown instanceof ZarrscopeError) return thrown;
	if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
		return new ZarrscopeError(thrown as ErrorDetails);
	}
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return new ZarrscopeError({ code: "worker_crashed", message });
}

/** What the user can do about an error, in a sentence; empty where the message says it all. */
export function hintFor({ code, url }: ErrorDetails): string {
	const host = url ? safeHost(url) : "the server";
	switch (code) {
		case "cors":
			return `${host} must send Access-Control-Allow-Origin for this page's origin. Its owner sets that in the bucket's CORS rules (methods GET and HEAD, header Range); a copy served by “zarrscope serve” has it.`;
		case "offline":
			return "Check the address and your connection.";
		case "not_found":
			return "Check the address: it should be the root of a Zarr store, or a group in it. Without consolidated metadata, give the path of a variable.";
		case "forbidden":
			return "The store is private, the signature has expired, or the key does not exist in a bucket that hides that.";
		case "range_ignored":
			return `${host} does not support range requests, which sharded arrays need. Any static file server does (“zarrscope serve”, nginx, object stores).`;
		case "unknown_codec":
			return "This codec is not built in yet. Data rewritten with zstd or blosc can be read.";
		case "throttled":
			return "Wait a little, then try again.";
		case "too_large":
			return "Select less, or reduce more dimensions.";
		case "corrupt_chunk":
		case "checksum":
			return "The stored chunk is damaged, or the server changed it on its way. Other selections may still work.";
		case "worker_crashed":
			return "The worker was replaced; trying again may help. If it happens again, please report it.";
		default:
			return "";
	}
}

function safeHost(url: string): string {
	try {
		return new URL(url).host || "the server";
	} catch {
		return "the server";
	}
}
