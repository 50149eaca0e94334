/** The picture: a canvas that follows the cell's width, the screen's resolution and the theme. Draws the latest, one at a time. */

import { drawPlot, type PlotLayout, type PlotOptions, type Stats, titleOf } from "zarrscope";
import { h } from "../../../www/src/dom.js";
import { NO_QUESTION } from "../../../www/src/question.js";
import { Fits } from "../../../www/src/views/figure-height.js";
import { readout } from "../../../www/src/views/readout.js";
import type { Theme } from "./jupyter-theme.js";
import type { Output } from "./output.js";
import type { Drawable } from "./run.js";

/** Height over width, and its limits in CSS pixels. */
const ASPECT = 0.56;
const MIN_HEIGHT = 240;
const MAX_HEIGHT = 560;
/** A single number needs no more. */
const NUMBER_HEIGHT = 200;
const MIN_WIDTH = 240;
/** Wider pictures are no clearer. */
const MAX_WIDTH = 1100;

export class Figure {
	readonly element: HTMLElement;
	readonly #canvas = h("canvas", { tabindex: 0, role: "img", "data-testid": "cell-canvas" });
	readonly #badge = h("p", { class: "badge", hidden: true });
	readonly #problem = h("p", { class: "problem", role: "status" });
	readonly #stage: HTMLElement;
	readonly #resized = new ResizeObserver(() => this.#draw());
	readonly #fits = new Fits();
	#theme: Theme = "light";
	#shown: { output: Output; drawable: Drawable } | undefined;
	#layout: PlotLayout | undefined;
	#drawing = false;
	#again = false;

	constructor() {
		this.#stage = h("div", { class: "stage", hidden: true, "data-testid": "cell-stage" }, this.#canvas);
		this.#stage.append(
			...readout(
				this.#canvas,
				() => this.#layout,
				() => [],
			),
			this.#badge,
		);
		this.element = h("div", { class: "figure" }, this.#stage, this.#problem);
		this.#resized.observe(this.element);
	}

	set theme(theme: Theme) {
		this.#theme = theme;
		this.#draw();
	}

	/** What the picture on screen took; undefined until it is whole. */
	get stats(): Stats | undefined {
		return this.#shown?.drawable.result.stats;
	}

	show(output: Output, drawable: Drawable): void {
		this.#shown = { output, drawable };
		this.#draw();
	}

	clear(): void {
		this.#shown = undefined;
		this.#layout = undefined;
		this.#stage.hidden = true;
		this.#problem.textContent = "";
		delete this.#stage.dataset.drawn;
	}

	dispose(): void {
		this.#resized.disconnect();
		this.clear();
	}

	#draw(): void {
		this.#again = true;
		if (!this.#drawing) void this.#drawLatest();
	}

	async #drawLatest(): Promise<void> {
		this.#drawing = true;
		while (this.#again) {
			this.#again = false;
			await new Promise(requestAnimationFrame);
			await this.#drawNow();
		}
		this.#drawing = false;
	}

	async #drawNow(): Promise<void> {
		const shown = this.#shown;
		const room = this.element.clientWidth;
		if (!shown || room === 0) return;
		const { document, look } = shown.output;
		const { geometry, partial, result } = shown.drawable;
		const theme = this.#theme;
		const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Math.floor(room)));
		const most = look.height ?? usualHeight(width, result.shape);
		const steps = document.steps ?? [];
		try {
			const { height: _, ...rest } = look;
			const options: PlotOptions = {
				theme,
				steps,
				title: titleOf(steps, result),
				...rest,
				width,
				...(geometry ? { geometry } : {}),
			};
			const question = { ...NO_QUESTION, ...subject(document), select: document.select ?? {} };
			const height =
				look.height ?? (await this.#fits.height({ question, result, geometry, partial }, { ...options, height: most }));
			if (shown !== this.#shown) return;
			this.#canvas.style.width = `${width}px`;
			this.#canvas.style.height = `${height}px`;
			this.#layout = await drawPlot(this.#canvas, result, { ...options, height, scale: devicePixelRatio });
			this.#canvas.setAttribute("aria-label", this.#layout.description);
			this.#badge.textContent = partial === undefined ? "" : `partial: ${Math.floor(partial * 100)} % of chunks`;
			this.#badge.hidden = partial === undefined;
			this.#problem.textContent = "";
			this.#stage.hidden = false;
			Object.assign(this.#stage.dataset, { drawn: this.#layout.kind, theme });
		} catch (error) {
			this.#layout = undefined;
			this.#stage.hidden = true;
			this.#problem.textContent = `The picture cannot be drawn: ${error instanceof Error ? error.message : String(error)}`;
		}
	}
}

function usualHeight(width: number, shape: readonly number[]): number {
	if (shape.length === 0) return NUMBER_HEIGHT;
	return Math.round(Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, width * ASPECT)));
}

function subject({ source, variable, variables }: Output["document"]): { source: string; variable: string } {
	return { source, variable: variable ?? variables?.[0] ?? "" };
}
