/** Where a figure or a file of numbers comes from: written into everything that is saved, and never with a secret. */

import type { AnalysisDocument } from "zarrscope";
import { documentSteps } from "./operations.js";
import { publicDocument } from "./public-document.js";
import type { Shown } from "./state.js";
import { precisionOf, variablesOf } from "./question.js";
import { nameOf, selectionText, titleOfAll } from "./title.js";

export interface Provenance {
	readonly title: string;
	readonly selection: string;
	readonly document: AnalysisDocument;
	readonly software: string;
	readonly date: string;
	/** Percent of chunks, if not all of them. */
	readonly partial?: number;
}

export function provenanceOf(shown: Shown): Provenance {
	const { partial, question, result } = shown;
	const { document } = publicDocument({
		version: 1,
		source: new URL(question.source, location.href).href,
		...variablesOf(question),
		select: { ...question.select },
		steps: documentSteps(question.steps),
		...precisionOf(question),
	});
	return {
		title: titleOfAll(question, result),
		selection: selectionText(question, result),
		document,
		software: `zarrscope ${ZARRSCOPE_VERSION}`,
		date: new Date().toISOString(),
		...(partial === undefined ? {} : { partial: Math.floor(partial * 100) }),
	};
}

/** A document as people share it. */
export function documentText(document: AnalysisDocument): string {
	const { storage: _, ...rest } = document;
	return JSON.stringify(publicDocument(rest).document, null, 2);
}

/** "SST-mean.png", with nothing in it that a file system could object to. */
export function fileName({ question }: Shown, ending: string, variables: readonly string[]): string {
	const name = [...variables.map(nameOf), ...question.steps.map(({ op }) => op)].join("-");
	return `${
		name
			.replace(/[^\p{L}\p{N}._-]+/gu, "_")
			.replace(/^[._-]+/, "")
			.slice(0, 80) || "figure"
	}.${ending}`;
}

/** An SVG with the provenance as its `metadata` element. */
export function withSvgMetadata(svg: string, provenance: Provenance): string {
	const text = JSON.stringify(provenance).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	return svg.replace(/<svg\b[^>]*>/, (tag) => `${tag}<metadata>${text}</metadata>`);
}

/** Bytes of a PNG's signature and its header chunk, after which text may stand. */
const PNG_HEAD = 8 + 25;

/** A PNG with the provenance as an `iTXt` chunk (PNG specification, 11.3.3.4). */
export function withPngText(png: Uint8Array, provenance: Provenance): Uint8Array {
	const utf8 = new TextEncoder();
	// Keyword, then five zeros: its end, no compression (two), no language, no translated keyword.
	const body = utf8.encode(`iTXtDescription\0\0\0\0\0${JSON.stringify(provenance)}`);
	const chunk = new Uint8Array(body.length + 8);
	const view = new DataView(chunk.buffer);
	view.setUint32(0, body.length - 4);
	chunk.set(body, 4);
	view.setUint32(chunk.length - 4, crc32(body));
	const whole = new Uint8Array(png.length + chunk.length);
	whole.set(png.subarray(0, PNG_HEAD));
	whole.set(chunk, PNG_HEAD);
	whole.set(png.subarray(PNG_HEAD), PNG_HEAD + chunk.length);
	return whole;
}

function crc32(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return (crc ^ 0xffffffff) >>> 0;
}
