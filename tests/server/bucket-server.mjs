// A stand-in for object stores: the same folder as a bucket of S3 (path style), Google and Azure, each with its listing and
// its own way to say no. Kept apart from the range server, which knows files and faults, but no services.

import { once } from "node:events";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const CORS = { "Access-Control-Allow-Origin": "*" };

/**
 * @typedef {object} Options
 * @property {string} root  The folder that is the bucket.
 * @property {(key: string) => boolean} [gone]  Keys that are not there after all.
 * @property {boolean} [list]  Whether S3's and Azure's listings are allowed.
 * @property {boolean} [hidesMissing]  S3: 403 for missing keys, as for those who may not list.
 * @property {number} [pageSize]  Names on a page of a listing.
 * @property {(kind: string, names: string[]) => string | undefined} [forgeListing]  A body in place of the listing.
 */

/**
 * `url/s3/bucket/KEY`, `url/google/bucket/KEY` (no CORS) with `url/google/storage/v1/b/bucket/o/KEY`, and
 * `url/azure/account/container/KEY`.
 *
 * @param {Options} options
 */
export async function startBucketServer(options) {
	const { root, gone = () => false, list = true, hidesMissing = false, pageSize = 2, forgeListing } = options;
	/** @type {{ method: string, url: string, status: number }[]} */
	const log = [];
	let refuseAll = false;

	function fileOf(key) {
		const path = join(root, key);
		if (key === "" || gone(key) || key.split("/").includes("..")) return undefined;
		try {
			return statSync(path).isFile() ? readFileSync(path) : undefined;
		} catch {
			return undefined;
		}
	}

	/** Names below a prefix as a service gives them: whole keys, folders with a slash. */
	function namesBelow(prefix) {
		try {
			const entries = readdirSync(join(root, prefix), { withFileTypes: true });
			return entries
				.map((e) => `${prefix}${e.name}${e.isDirectory() ? "/" : ""}`)
				.filter((key) => !gone(key))
				.sort();
		} catch {
			return [];
		}
	}

	/** Keys that begin with a text, and lie in any folder. */
	function keysFrom(prefix) {
		const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
		const keys = files.map((e) => join(e.parentPath ?? e.path, e.name).slice(root.length + 1));
		return keys.filter((key) => key.startsWith(prefix) && !gone(key)).sort();
	}

	function page(kind, params) {
		const token = { s3: "continuation-token", google: "pageToken", azure: "marker" }[kind];
		const start = Number(params.get(token) ?? 0);
		const below = params.get("delimiter") === "/" ? namesBelow : keysFrom;
		const size = (key) => statSync(join(root, key)).size;
		const all = below(params.get("prefix") ?? "");
		const names = all.slice(start, start + pageSize);
		const next = start + pageSize < all.length ? String(start + pageSize) : undefined;
		const forged = forgeListing?.(kind, names);
		if (forged !== undefined) return forged;
		const [folders, files] = [names.filter((n) => n.endsWith("/")), names.filter((n) => !n.endsWith("/"))];
		if (kind === "google") {
			return JSON.stringify({
				prefixes: folders,
				items: files.map((name) => ({ name, size: String(size(name)) })),
				nextPageToken: next,
			});
		}
		if (kind === "azure") {
			const blobs = [
				...folders.map((n) => `<BlobPrefix><Name>${n}</Name></BlobPrefix>`),
				...files.map(
					(n) => `<Blob><Name>${n}</Name><Properties><Content-Length>${size(n)}</Content-Length></Properties></Blob>`,
				),
			];
			return `\ufeff<?xml version="1.0"?><EnumerationResults><Blobs>${blobs.join("")}</Blobs><NextMarker>${next ?? ""}</NextMarker></EnumerationResults>`;
		}
		const encode = (name) => encodeURIComponent(name).replaceAll("%2F", "/");
		return `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>
			<IsTruncated>${next !== undefined}</IsTruncated>${next ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""}
			${files.map((n) => `<Contents><Key>${encode(n)}</Key><Size>${size(n)}</Size></Contents>`).join("")}
			${folders.map((n) => `<CommonPrefixes><Prefix>${encode(n)}</Prefix></CommonPrefixes>`).join("")}</ListBucketResult>`;
	}

	const server = createServer((req, res) => {
		const url = new URL(req.url, "http://x");
		const entry = { method: req.method, url: req.url, status: 0 };
		log.push(entry);
		const send = (status, headers, body = "") => {
			entry.status = status;
			res.writeHead(status, { "Content-Length": Buffer.byteLength(body), ...headers });
			res.end(req.method === "HEAD" ? undefined : body);
		};
		const object = (key, headers, missing = 404) => {
			const file = refuseAll ? undefined : fileOf(key);
			if (!file) return send(refuseAll ? 403 : missing, headers, "<Error/>");
			const range = /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? "");
			const suffix = /^bytes=-(\d+)$/.exec(req.headers.range ?? "");
			const start = range ? Number(range[1]) : suffix ? Math.max(0, file.length - Number(suffix[1])) : 0;
			const end = range?.[2] ? Math.min(file.length, Number(range[2]) + 1) : file.length;
			if (!range && !suffix) return send(200, headers, file);
			return send(
				206,
				{ ...headers, "Content-Range": `bytes ${start}-${end - 1}/${file.length}` },
				file.subarray(start, end),
			);
		};
		const [, service, ...rest] = url.pathname.split("/");
		const path = rest.map(decodeURIComponent).join("/");
		const params = url.searchParams;
		if (req.method === "OPTIONS")
			return send(
				service === "google" && !path.startsWith("storage/v1/") ? 403 : 204,
				service === "google" ? {} : { ...CORS, "Access-Control-Allow-Headers": "*" },
			);
		if (service === "s3") {
			if (params.get("list-type") === "2")
				return list ? send(200, CORS, page("s3", params)) : send(403, CORS, "<Error/>");
			return object(path.replace(/^bucket\//, ""), CORS, hidesMissing ? 403 : 404);
		}
		if (service === "azure") {
			if (params.get("comp") === "list") return list ? send(200, CORS, page("azure", params)) : send(404, CORS);
			return object(path.replace(/^account\/container\//, ""), CORS);
		}
		const json = /^storage\/v1\/b\/bucket\/o(?:\/(.*))?$/.exec(path);
		if (!json) return object(path.replace(/^bucket\//, ""), {});
		if (json[1] === undefined) return send(200, CORS, page("google", params));
		// A key is one component there: its slashes are encoded.
		if (rest.length !== 6) return send(404, CORS);
		if (params.get("alt") === "media") return object(json[1], CORS);
		const file = fileOf(json[1]);
		return file ? send(200, CORS, JSON.stringify({ size: String(file.length) })) : send(404, CORS);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		log,
		/** From now on everything is refused, as when a signature has expired. */
		expire() {
			refuseAll = true;
		},
		async close() {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
