/** Opening a source in Python. */

import type { AnalysisDocument, Storage } from "../api/spec.js";
import { ZarrscopeError } from "../errors.js";
import type { Code } from "./code.js";
import { literal } from "./literal.js";

/** What is known of a source beside its document. */
export interface Facts {
	/** Whether all arrays are told, by consolidated metadata or a listing (default); else arrays are opened by path. */
	readonly listed?: boolean;
	/** Whether all times are in their calendars (default); xarray refuses a store with one that is not. */
	readonly dated?: boolean;
	/** The variable's type, decoded. */
	readonly dtype?: string;
	/** The latitude whose cosine is the area of cells, if nothing tells the area better. */
	readonly latitude?: string;
	/** The same of a document that a step takes. */
	readonly of?: (document: AnalysisDocument) => Facts;
}

const METADATA = /\/(zarr\.json|\.zmetadata|\.zgroup|\.zarray|\.zattrs)$/;

/** `ds = xr.open_zarr(…)` for the group of a variable; gives the variable's name in it. */
export function opening(code: Code, document: AnalysisDocument, path: string, name: string, facts: Facts): string {
	const { group, variable } = placeOf(path);
	const decoding = document.decode === false ? ", decode_times=False, mask_and_scale=False" : "";
	code.import("import xarray as xr");
	const { store } = storeOf(code, document);
	const inGroup = group === "" ? "" : literal(group);
	if (facts.listed === false) {
		const decode = decoding || "";
		code.add(
			`${name} = ${code.uses("open_arrays")}(${store}, ${literal([variable])}${inGroup && `, ${inGroup}`}${decode})`,
		);
		return variable;
	}
	const at = inGroup && `, group=${inGroup}`;
	const undated = facts.dated === false && decoding === "";
	const opened = `xr.open_zarr(${store}${at}, chunks={}${undated ? ", decode_times=False" : decoding})`;
	code.add(`${name} = ${undated ? `${code.uses("dated")}(${opened})` : opened}`);
	return variable;
}

/** The group that an array is in, and its name there. */
export function placeOf(path: string): { group: string; variable: string } {
	const parts = path.split("/").filter(Boolean);
	const variable = parts.pop() ?? "";
	return { group: parts.join("/"), variable };
}

/** What `open_zarr` is given: an address, or the name of a store that was made before. */
function storeOf(code: Code, { source, storage = {} }: AnalysisDocument): { store: string } {
	const [whole = "", revision = ""] = source.trim().split("#");
	if (whole.startsWith("local://")) {
		// What stands for files at hand is known in its page only.
		code.add("# The files that were at hand in the page:");
		return { store: '"path/to/the/store"' };
	}
	const icechunk = whole.startsWith("icechunk+");
	const [bare = "", query = ""] = whole.replace(/^icechunk\+/, "").split("?");
	// Names and passwords in an address are secret, too.
	const address = bare
		.replace(/^(https?:\/\/)[^/@]*@/, "$1")
		.replace(/\/+$/, "")
		.replace(METADATA, "");
	if (icechunk) return { store: repository(code, address, revision, storage) };
	const url = publicAddress(address, storage);
	const signed = query !== "" || Boolean(storage.query) || Object.keys(storage.headers ?? {}).length > 0;
	const references = /\.(json|json\.zst|json\.gz|parq|parquet)$/.test(address);
	const remote = /^https?:/.test(url);
	if (!signed && !references && !address.endsWith(".zip")) return { store: literal(url) };
	const fs = remote ? http(code, url, storage, signed) : 'fsspec.filesystem("file")';
	if (!remote) code.import("import fsspec");
	if (address.endsWith(".zip")) {
		code.add(`store = ${code.uses("zip_store")}(${fs}, ${literal(url)})`);
		return { store: "store" };
	}
	if (references) {
		const rewrite = Object.keys(storage.rewrite ?? {}).length > 0 ? `, ${literal(storage.rewrite)}` : "";
		const over = signed && remote ? `, over_http=${http(code, url, storage, signed, true)}` : "";
		code.add(`store = ${code.uses("reference_store")}(${fs}, ${literal(url)}${rewrite}${over})`);
		return { store: "store" };
	}
	code.import("from zarr.storage import FsspecStore");
	code.add(`store = FsspecStore(${http(code, url, storage, signed, true)}, read_only=True, path=${literal(url)})`);
	return { store: "store" };
}

/** A file system over HTTP. Queries and headers may be secret: they come from the environment. */
function http(code: Code, url: string, storage: Storage, signed: boolean, asynchronous = false): string {
	const later = asynchronous ? ["asynchronous=True"] : [];
	if (!signed) {
		code.import("import fsspec");
		return `fsspec.filesystem(${['"https"', ...later].join(", ")})`;
	}
	code.import("import os");
	const headers = Object.keys(storage.headers ?? {}).map(
		(name) => `${literal(name)}: os.environ[${literal(variableOf(name))}]`,
	);
	const parts = [
		'query=os.environ.get("ZARR_QUERY", "")',
		`origin=${literal(new URL(url).origin)}`,
		...(headers.length > 0 ? [`headers={${headers.join(", ")}}`] : []),
		...later,
	];
	return `${code.uses("strict_http")}(${parts.join(", ")})`;
}

/** The environment variable that holds a header. */
function variableOf(header: string): string {
	return `ZARR_HEADER_${header.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;
}

function repository(code: Code, address: string, revision: string, storage: Storage): string {
	code.import("import icechunk");
	const [scheme = "", rest = ""] = address.includes("://") ? address.split("://") : ["", address];
	const [bucket = "", ...key] = rest.split("/");
	const region = storage.region ? `, region=${literal(storage.region)}` : "";
	const at = `bucket=${literal(bucket)}, prefix=${literal(key.join("/"))}, anonymous=True`;
	const stored: Record<string, string> = {
		s3: `icechunk.s3_storage(${at}${region}${storage.endpoint ? `, endpoint_url=${literal(storage.endpoint)}` : ""})`,
		gs: `icechunk.gcs_storage(${at})`,
		"": `icechunk.local_filesystem_storage(${literal(address)})`,
		file: `icechunk.local_filesystem_storage(${literal(address.replace("file://", ""))})`,
	};
	const storageOf = stored[scheme];
	if (!storageOf) {
		const message = "Icechunk over http in Python: its library reads s3://, gs:// and paths";
		throw new ZarrscopeError({ code: "unsupported", message });
	}
	const [kind = "branch", name = "main"] = revision === "" ? [] : revision.split("=");
	code.add(`repository = icechunk.Repository.open(${storageOf})`);
	code.add(`store = repository.readonly_session(${kind === "snapshot" ? "snapshot_id" : kind}=${literal(name)}).store`);
	return "store";
}

/** A bucket's public HTTPS address; others as they are. The core has more to say of buckets, but these are the same. */
function publicAddress(address: string, { endpoint, region }: Storage): string {
	const [, scheme = "", rest = ""] = address.match(/^(s3|gs|gcs|az|abfs):\/\/(.*)$/) ?? [];
	if (scheme === "") return address.replace(/^file:\/\//, "");
	const [bucket = "", ...parts] = rest.split("/");
	const key = parts.map(encodeURIComponent).join("/");
	if (scheme === "s3") {
		const host = region ? `s3.${region}.amazonaws.com` : "s3.amazonaws.com";
		if (endpoint) return `${endpoint.replace(/\/+$/, "")}/${bucket}/${key}`;
		return bucket.includes(".") ? `https://${host}/${bucket}/${key}` : `https://${bucket}.${host}/${key}`;
	}
	return scheme.startsWith("g")
		? `https://storage.googleapis.com/${bucket}/${key}`
		: `https://${bucket}.blob.core.windows.net/${key}`;
}
