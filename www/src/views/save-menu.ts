/** Saving the figure and its numbers, and copying what makes them again. */

import { plotPNG, plotSVG, toPython } from "zarrscope";
import { h } from "../dom.js";
import { isLocal, LOCAL_LINK_NOTE } from "../local-source.js";
import { documentText, fileName, provenanceOf, withPngText, withSvgMetadata } from "../provenance.js";
import { askedArray } from "../question.js";
import { resultFile } from "../result-file.js";
import type { Shown, Store } from "../state.js";
import { toHash } from "../url-state.js";
import { shownVariable } from "../title.js";
import { plotOptions } from "./figure.js";

/** Pictures in files: their width in CSS pixels, and the pixels to each of these. Their proportions are those on screen. */
const WIDTH = 1000;
const PNG_SCALE = 2;

/** What must be said of code whose source is at hand in this page only. */
const LOCAL_PYTHON_NOTE = " Its source stands for files on this machine: put their path there.";

type Format = "png" | "svg" | "csv" | "json";

const FILES: Readonly<Record<Format, (shown: Shown, height: number) => Promise<Blob>>> = {
	async png(shown, height) {
		const png = await plotPNG(shown.result, { ...plotOptions(shown), width: WIDTH, height, scale: PNG_SCALE });
		return new Blob([withPngText(png, provenanceOf(shown)) as BlobPart], { type: "image/png" });
	},
	async svg(shown, height) {
		const svg = await plotSVG(shown.result, { ...plotOptions(shown), width: WIDTH, height });
		return new Blob([withSvgMetadata(svg, provenanceOf(shown))], { type: "image/svg+xml" });
	},
	csv: (shown) => resultFile(shown, "csv"),
	json: (shown) => resultFile(shown, "json"),
};

export function saveMenu(store: Store, canvas: HTMLCanvasElement, linked: boolean): HTMLElement {
	const message = h("p", { class: "saved", role: "status", "data-testid": "save-status" });
	const text = h("textarea", {
		class: "copied",
		readonly: true,
		rows: 3,
		"aria-label": "Copied text",
		"data-testid": "copied-text",
		hidden: true,
	});
	const save = async (format: Format) => {
		const { shown } = store.state;
		if (!shown) return;
		try {
			const { question, result } = shown;
			const drawn = shownVariable(question, result);
			const isPicture = format === "png" || format === "svg";
			const all = [question.variable, ...question.others];
			const name = fileName(shown, format, isPicture && all.length > 1 && drawn ? [drawn] : all);
			const height = Math.round((WIDTH * canvas.height) / canvas.width);
			download(await FILES[format](shown, height), name);
			message.textContent = `Saved ${name}.`;
		} catch (error) {
			message.textContent = `It could not be saved: ${error instanceof Error ? error.message : String(error)}`;
		}
	};
	const copy = async (what: string, value: string, note = "") => {
		// The text stays where it can be read and copied by hand: pages without a certificate have no clipboard.
		text.hidden = false;
		text.value = value;
		text.focus();
		text.select();
		const done = await navigator.clipboard?.writeText(value).then(
			() => true,
			() => false,
		);
		message.textContent = `${done ? `${what} copied.` : `${what}: press Ctrl+C or ⌘C to copy it.`}${note}`;
	};
	const copyLink = () => {
		const { hash, removed } = toHash(store.state.question);
		const note = removed.length > 0 ? ` Left out, since it may be secret: ${removed.join(", ")}.` : "";
		const local = isLocal(store.state.question.source) ? LOCAL_LINK_NOTE : "";
		return copy("Link", new URL(hash, location.href).href, note + local);
	};
	const copyDocument = () => {
		const { dataset, question } = store.state;
		return dataset && question.variable
			? copy(
					"Document",
					documentText(askedArray(question, dataset).toSpec()),
					isLocal(question.source) ? LOCAL_PYTHON_NOTE : "",
				)
			: undefined;
	};
	const copyPython = (cluster: boolean) => {
		const { dataset, question } = store.state;
		if (!dataset || !question.variable) return;
		try {
			const code = toPython(askedArray(question, dataset).toSpec(), { dataset, cluster });
			return copy(cluster ? "Python for Dask" : "Python", code, isLocal(question.source) ? LOCAL_PYTHON_NOTE : "");
		} catch (error) {
			message.textContent = error instanceof Error ? error.message : String(error);
		}
	};
	const file = (format: Format) =>
		h(
			"button",
			{
				type: "button",
				"data-testid": `save-${format}`,
				"aria-label": `Save ${format.toUpperCase()}`,
				click: () => void save(format),
			},
			format.toUpperCase(),
		);
	const element = h(
		"div",
		{ class: "save" },
		h("span", { class: "muted", "aria-hidden": "true" }, "Save"),
		file("png"),
		file("svg"),
		file("csv"),
		file("json"),
		h("span", { class: "gap" }),
		linked && h("button", { type: "button", "data-testid": "copy-link", click: () => void copyLink() }, "Copy link"),
		h("button", { type: "button", "data-testid": "copy-document", click: () => void copyDocument() }, "Copy document"),
		h(
			"button",
			{ type: "button", "data-testid": "copy-python", click: () => void copyPython(false) },
			"Copy as Python",
		),
		h("button", { type: "button", "data-testid": "copy-dask", click: () => void copyPython(true) }, "Run on Dask"),
		message,
		text,
	);
	store.watch(
		(s) => [s.shown],
		(_, shown) => {
			element.hidden = shown === undefined;
		},
	);
	// What was copied for another question would mislead.
	store.watch(
		(s) => [s.question],
		() => {
			text.hidden = true;
			message.textContent = "";
		},
	);
	return element;
}

function download(blob: Blob, name: string): void {
	const url = URL.createObjectURL(blob);
	h("a", { href: url, download: name }).click();
	// Some browsers read it later than the click.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
