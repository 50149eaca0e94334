/** The figure: the result on a canvas that follows its size, its resolution and the theme. Draws the latest, one at a time. */

import { drawPlot, type PlotLayout, type PlotOptions, type Result } from "zarrscope";
import { h } from "../dom.js";
import { estimateText, shortEstimateText } from "../estimates.js";
import { documentSteps } from "../operations.js";
import { count } from "../format.js";
import type { Shown, Store } from "../state.js";
import { onThemeChange, shownTheme } from "../theme.js";
import { selectionText, shownVariable, titleOfShown } from "../title.js";
import { dataTable } from "./data-table.js";
import { Fits } from "./figure-height.js";
import { besideOf } from "../side-by-side.js";
import { readout } from "./readout.js";
import { saveMenu } from "./save-menu.js";
import { variableChoice } from "./variable-choice.js";

/** Height over width, and its limits in CSS pixels. */
const ASPECT = 0.6;
const MIN_HEIGHT = 300;
const MAX_HEIGHT = 900;
/** Room for the row of buttons below it. */
const BELOW = 72;
/** Partial results come often: drawing takes at most this share of the time. */
const DRAWING_SHARE = 0.25;
const MAX_REST_MS = 1000;

/** Where a figure stands. */
export interface Surroundings {
	/** The most height that there is, in CSS pixels; default: what the window shows below the controls. */
	readonly room?: number;
	/** Whether links to the page around lead back here; default true. */
	readonly linked?: boolean;
	/** Ends it. */
	readonly signal?: AbortSignal;
}

export function figure(store: Store, { linked = true, room: given, signal }: Surroundings = {}): HTMLElement {
	const canvas = h("canvas", {
		tabindex: 0,
		role: "img",
		"data-testid": "figure-canvas",
		"aria-describedby": "figure-keys",
	});
	const stage = h("div", { class: "stage" }, canvas);
	const badge = h("p", { class: "badge", "data-testid": "partial" });
	const empty = h("p", { class: "empty" });
	const caption = h("h2", { class: "visually-hidden", "data-testid": "figure-title" });
	const problem = h("p", { class: "problem", role: "status", "data-testid": "figure-problem" });
	const fits = new Fits();
	let layout: PlotLayout | undefined;
	const beside = (index: number) => (store.state.shown ? besideOf(store.state.shown, index) : []);
	stage.append(...readout(canvas, () => layout, beside));
	const size = () => {
		const width = Math.max(280, Math.floor(stage.clientWidth));
		// As much as the window shows below the controls, so that the whole figure is seen at once.
		const room = given ?? innerHeight - (stage.getBoundingClientRect().top + scrollY) - BELOW;
		const most = Math.max(MIN_HEIGHT, Math.min(MAX_HEIGHT, room > MIN_HEIGHT ? room : MAX_HEIGHT));
		return { width, height: Math.round(Math.min(most, Math.max(MIN_HEIGHT, width * ASPECT))) };
	};
	const drawNow = async () => {
		const { shown } = store.state;
		if (!shown || stage.clientWidth === 0) return;
		const { width, height } = size();
		try {
			// What is marked beside the picture is not said once more in it.
			const title = shown.partial === undefined ? { title: titleOfShown(shown.question, shown.result) } : {};
			const options = { ...plotOptions(shown), ...title, width };
			const tall = await fits.height(shown, { ...options, height });
			if (shown !== store.state.shown) return;
			canvas.style.height = `${tall}px`;
			layout = await drawPlot(canvas, shown.result, { ...options, height: tall, scale: devicePixelRatio });
			canvas.setAttribute("aria-label", layout.description);
			problem.textContent = "";
			stage.dataset.drawn = layout.kind;
		} catch (error) {
			layout = undefined;
			delete stage.dataset.drawn;
			problem.textContent = `The picture cannot be drawn: ${error instanceof Error ? error.message : String(error)}. The values are below.`;
		}
	};
	const draw = latestOnly(drawNow, () => store.state.shown?.partial !== undefined);
	const keys = h(
		"p",
		{ id: "figure-keys", class: "visually-hidden" },
		"Arrow keys move a cursor over the figure, which reads the values; Escape ends it.",
	);
	const section = h(
		"section",
		{ class: "card figure", "aria-label": "Figure" },
		caption,
		badge,
		variableChoice(store),
		stage,
		empty,
		problem,
		keys,
		saveMenu(store, canvas, linked),
		dataTable(store),
	);
	store.watch(
		(s) => [s.shown, s.opening, s.phase],
		({ question }, shown, opening, phase) => {
			section.hidden = !shown && !opening && (!question.variable || phase === "failed");
			stage.hidden = shown === undefined;
			empty.hidden = shown !== undefined;
			empty.textContent = opening || phase === "running" ? "Loading…" : "No figure yet.";
			badge.textContent = shown ? badgeOf(shown) : "";
			badge.hidden = badge.textContent === "";
			caption.textContent = shown ? captionOf(shown) : "";
		},
	);
	store.watch(
		(s) => [s.shown],
		() => draw(),
	);
	store.watch(
		(s) => [s.phase === "running"],
		(_, running) => stage.setAttribute("aria-busy", String(running)),
	);
	const resized = new ResizeObserver(() => draw());
	resized.observe(stage);
	signal?.addEventListener("abort", () => resized.disconnect());
	onThemeChange(draw, signal);
	watchResolution(draw, signal);
	return section;
}

/** How a result is drawn wherever it is drawn: on screen and in files. */
export function plotOptions(shown: Shown): PlotOptions {
	const { geometry, partial, question, result } = shown;
	const estimate = estimateText(shown);
	const mark =
		partial !== undefined
			? ` (partial: ${Math.floor(partial * 100)} %)`
			: estimate === undefined
				? ""
				: ` (${estimate})`;
	const steps = documentSteps(question.steps);
	const variable = shownVariable(question, result);
	return {
		theme: shownTheme(),
		steps,
		title: titleOfShown(question, result) + mark,
		...(variable === undefined ? {} : { variable }),
		...(geometry && isOnFirstDims(variable, result) ? { geometry } : {}),
	};
}

function isSample({ estimate }: Result): boolean {
	return estimate !== undefined && estimate.chunksSampled < estimate.chunks;
}

/** Whether the places of the first variable's cells are those of another one's. */
function isOnFirstDims(variable: string | undefined, { dims, variables }: Result): boolean {
	const own = variable === undefined ? dims : variables?.[variable]?.dims;
	return own?.join() === dims.join();
}

/** What a reader of the picture must know before anything else. */
function badgeOf(shown: Shown): string {
	const { partial, result } = shown;
	if (partial !== undefined) return `partial: ${Math.floor(partial * 100)} % of chunks`;
	const estimate = estimateText(shown);
	if (estimate) return isSample(result) ? (shortEstimateText(shown) ?? estimate) : estimate;
	const { chunksForbidden } = result.stats;
	return chunksForbidden > 0 ? `403 treated as missing (${count(chunksForbidden, "chunk")})` : "";
}

function captionOf(shown: Shown): string {
	const { question, result } = shown;
	const selection = selectionText(question, result);
	const estimate = estimateText(shown);
	const remarks = [selection, estimate].filter(Boolean).map((text) => ` (${text})`);
	return titleOfShown(question, result) + remarks.join("");
}

/**
 * A drawing that is asked for while another is made is made after it, once; and if it can wait, as partial results can, not
 * before the page had room to breathe.
 */
function latestOnly(draw: () => Promise<void>, canWait: () => boolean): () => void {
	let drawing = false;
	let again = false;
	let wake = () => {};
	const begin = async () => {
		drawing = true;
		do {
			again = false;
			await new Promise(requestAnimationFrame);
			const before = performance.now();
			await draw();
			const rest = Math.min(MAX_REST_MS, (performance.now() - before) / DRAWING_SHARE);
			if (again && canWait()) {
				await new Promise<void>((resolve) => {
					wake = resolve;
					setTimeout(resolve, rest);
				});
			}
		} while (again);
		drawing = false;
	};
	return () => {
		again = true;
		if (!drawing) void begin();
		else if (!canWait()) wake();
	};
}

/** Zooming, or moving the window to another screen. */
function watchResolution(draw: () => void, signal: AbortSignal | undefined): void {
	const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
	query.addEventListener(
		"change",
		() => {
			draw();
			watchResolution(draw, signal);
		},
		{ once: true, ...(signal ? { signal } : {}) },
	);
}
