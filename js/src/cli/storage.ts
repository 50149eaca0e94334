/**
 * `--endpoint`, `--region`, `--header`, `--query`, `--rewrite`: how to reach a store, and what its references name.
 * Headers and the query may be secret.
 */

import type { Storage } from "../api/spec.js";
import type { Flags } from "./flags.js";
import { UsageError } from "./usage.js";

/** The document's `storage`; undefined if no flag says anything of it. */
export function storageOf(flags: Flags): Storage | undefined {
	const storage: Storage = {};
	const [endpoint, region, query] = ["endpoint", "region", "query"].map((name) => flags.text(name));
	if (endpoint !== undefined) storage.endpoint = endpoint;
	if (region !== undefined) storage.region = region;
	if (query !== undefined) storage.query = query.replace(/^\?/, "");
	const headers = flags.all("header").map(headerOf);
	if (headers.length > 0) storage.headers = Object.fromEntries(headers);
	const rewrites = flags.all("rewrite").map(rewriteOf);
	if (rewrites.length > 0) storage.rewrite = Object.fromEntries(rewrites);
	return Object.keys(storage).length > 0 ? storage : undefined;
}

function headerOf(text: string): [string, string] {
	const colon = text.indexOf(":");
	// The text itself is not repeated: it may be a token.
	if (colon < 1) throw new UsageError('--header wants "Name: value"');
	return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

function rewriteOf(text: string): [string, string] {
	const equals = text.indexOf("=");
	if (equals < 1) throw new UsageError("--rewrite wants FROM=TO, two prefixes of addresses");
	return [text.slice(0, equals), text.slice(equals + 1)];
}
