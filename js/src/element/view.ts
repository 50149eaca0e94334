/** What is inside the element: a canvas, the value under the pointer, how far the run is, and what went wrong. */

import { hintFor, type ZarrscopeError } from "../errors.js";
import type { PlotLayout } from "../plot/layout.js";
import type { RunProgress } from "../pool/run.js";
import { STYLE } from "./style.js";

/** Space between the pointer and what it points at, in CSS pixels. */
const APART = 14;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all elements; made with the first, since Node has none. */
function ownSheet(): CSSStyleSheet {
	if (!sheet) {
		sheet = new CSSStyleSheet();
		sheet.replaceSync(STYLE);
	}
	return sheet;
}

export class View {
	readonly canvas = made("canvas", "plot");
	readonly #frame = made("div", "frame", "frame light");
	readonly #readout = made("div", "readout", "readout");
	readonly #status = made("div", "status", "status");
	readonly #progress = made("progress", "progress");
	readonly #message = made("span", "message");
	readonly #error = made("p", "error", "error");
	readonly #resized: ResizeObserver;
	#layout: PlotLayout | undefined;

	constructor(root: ShadowRoot, onResize: () => void) {
		root.adoptedStyleSheets = [ownSheet()];
		this.canvas.setAttribute("role", "img");
		this.#readout.setAttribute("aria-hidden", "true");
		this.#status.setAttribute("role", "status");
		this.#error.setAttribute("role", "alert");
		this.#status.append(this.#progress, this.#message);
		this.#frame.append(this.canvas, this.#readout, this.#status, this.#error);
		root.append(this.#frame);
		this.canvas.addEventListener("pointermove", (event) => this.#point(event));
		this.canvas.addEventListener("pointerleave", () => this.#leave());
		this.#resized = new ResizeObserver(onResize);
		this.clear();
	}

	/** Sizes are watched while the element is on a page. */
	watch(watched: boolean): void {
		if (watched) this.#resized.observe(this.#frame);
		else this.#resized.disconnect();
	}

	/** Room for the picture, in CSS pixels. */
	get size(): { width: number; height: number } {
		return { width: this.#frame.clientWidth, height: this.#frame.clientHeight };
	}

	set theme(theme: "light" | "dark") {
		this.#frame.className = `frame ${theme}`;
	}

	showProgress(progress: RunProgress | undefined): void {
		this.#frame.setAttribute("aria-busy", "true");
		this.#error.hidden = true;
		this.#status.hidden = false;
		if (!progress) {
			this.#progress.removeAttribute("value");
			this.#message.textContent = "Loading…";
			return;
		}
		const { chunksDone, chunks, pass, passes } = progress;
		this.#progress.max = chunks;
		this.#progress.value = chunksDone;
		const which = passes > 1 ? `, pass ${pass} of ${passes}` : "";
		this.#message.textContent = `${chunksDone} of ${chunks} chunks${which}`;
	}

	showDone(): void {
		this.#frame.removeAttribute("aria-busy");
		this.#status.hidden = true;
		this.#error.hidden = true;
	}

	showPicture(layout: PlotLayout): void {
		this.#layout = layout;
		this.canvas.setAttribute("aria-label", layout.description);
	}

	showError(error: ZarrscopeError): void {
		this.clear();
		this.#error.hidden = false;
		this.#error.textContent = [error.message, hintFor(error.details)].filter(Boolean).join("\n");
	}

	/** Shows nothing, and holds nothing: a canvas without size has no memory. */
	clear(): void {
		this.showDone();
		this.#leave();
		this.#layout = undefined;
		this.canvas.width = this.canvas.height = 0;
		this.canvas.removeAttribute("aria-label");
	}

	#point({ offsetX, offsetY }: PointerEvent): void {
		const point = this.#layout?.at(offsetX, offsetY);
		this.#readout.hidden = !point;
		if (!point) return;
		const value = document.createElement("b");
		value.textContent = point.value;
		const labels = point.labels.map(([name, label]) => `${name}: ${label}`).join(", ");
		this.#readout.replaceChildren(value, labels);
		// On the side where there is room.
		const { width, height } = this.size;
		const { offsetWidth, offsetHeight } = this.#readout;
		const left = offsetX + APART + offsetWidth > width ? offsetX - APART - offsetWidth : offsetX + APART;
		const top = offsetY + APART + offsetHeight > height ? offsetY - APART - offsetHeight : offsetY + APART;
		this.#readout.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, top)}px)`;
	}

	#leave(): void {
		this.#readout.hidden = true;
	}
}

/** An element of the shadow tree; `part` is the name that pages style it by. */
function made<K extends keyof HTMLElementTagNameMap>(tag: K, part: string, className = ""): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	element.setAttribute("part", part);
	if (className) element.className = className;
	return element;
}
