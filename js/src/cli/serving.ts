/** What a static server has to know: types, ranges, tags, and how a listing is written. */

import { extname } from "node:path";

const TYPES: Record<string, string> = {
	".css": "text/css; charset=utf-8",
	".csv": "text/csv; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".ico": "image/x-icon",
	".jpg": "image/jpeg",
	".js": "text/javascript; charset=utf-8",
	".json": "application/json",
	".map": "application/json",
	".md": "text/markdown; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8",
	".png": "image/png",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp": "image/webp",
	".woff2": "font/woff2",
};

const METADATA = new Set([".zgroup", ".zarray", ".zattrs", ".zmetadata"]);

/** The media type of a file, by its name. */
export function typeOf(file: string): string {
	const name = file.split(/[/\\]/).pop() ?? "";
	if (METADATA.has(name)) return "application/json";
	return TYPES[extname(name).toLowerCase()] ?? "application/octet-stream";
}

/** First byte and one past the last of a single range; undefined for the whole, which several ranges also get. */
export function rangeOf(header: string | undefined, size: number): [number, number] | "outside" | undefined {
	const match = header?.match(/^bytes=\s*(\d*)-(\d*)\s*$/);
	if (!match || (!match[1] && !match[2])) return undefined;
	if (!match[1]) {
		const last = Number(match[2]);
		return last === 0 || size === 0 ? "outside" : [Math.max(0, size - last), size];
	}
	const start = Number(match[1]);
	const end = match[2] ? Number(match[2]) + 1 : size;
	// An end before its start is no range at all; a start past the end is one that cannot be had.
	if (match[2] && end <= start) return undefined;
	return start >= size ? "outside" : [start, Math.min(size, end)];
}

/** Whether an If-None-Match names a tag. */
export function etagMatches(header: string | undefined, etag: string): boolean {
	if (!header) return false;
	return header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*");
}

/** A folder as a page of links; names of folders end in a slash. */
export function listing(path: string, names: string[]): string {
	const links = [...names].sort().map((name) => {
		const slash = name.endsWith("/") ? "/" : "";
		const href = encodeURIComponent(name.slice(0, name.length - slash.length)) + slash;
		return `<li><a href="${href}">${escapeHtml(name)}</a></li>`;
	});
	const up = path === "/" ? "" : '<li><a href="../">../</a></li>\n';
	const title = escapeHtml(path);
	return `<!doctype html>\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n<ul>\n${up}${links.join("\n")}\n</ul>\n`;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? c);
}
