/**
 * `<zarr-scope src variable op …>`: computes what its attributes say and draws it.
 *
 * Attributes that change together are one run; a run ends when the element leaves its page, and when it is asked for something
 * else. What it holds of a result is gone when it has left.
 */

import { fromSpec } from "../api/from-spec.js";
import type { Step } from "../api/operations/steps.js";
import type { Result } from "../api/result.js";
import type { AnalysisDocument } from "../api/spec.js";
import { toError, type ZarrscopeError } from "../errors.js";
import { drawPlot, type PlotOptions } from "../plot/plot.js";
import type { RunProgress } from "../pool/run.js";
import { DATA_ATTRIBUTES, documentFrom } from "./attributes.js";
import { themeOf, watchPreference } from "./theme.js";
import { View } from "./view.js";

/** What `zarrscope-progress`, `zarrscope-result` and `zarrscope-error` carry in `detail`. */
export interface ZarrScopeEventMap {
	"zarrscope-progress": CustomEvent<RunProgress>;
	"zarrscope-result": CustomEvent<Result>;
	"zarrscope-error": CustomEvent<ZarrscopeError>;
}

/** How the element draws, beyond its size and its theme. */
export type ElementPlotOptions = Omit<PlotOptions, "width" | "height" | "scale" | "theme" | "steps">;

const COLORMAPS = ["viridis", "cividis", "thermal", "balance", "grey"] as const;
/** Attributes that say how it looks: the result stays. */
const LOOKS = ["theme", "colormap"];

// Node has no elements, and importing this must do nothing there.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

export class ZarrScopeElement extends Base {
	static readonly observedAttributes = [...DATA_ATTRIBUTES, ...LOOKS];

	#view: View | undefined;
	#endWatch: (() => void) | undefined;
	#run: AbortController | undefined;
	/** What is computed or was, as text: the same is not computed again. */
	#asked: string | undefined;
	#scheduled = false;
	#drawing = false;
	#drawAgain = false;
	#disposed = false;
	#document: AnalysisDocument | undefined;
	#steps: readonly Step[] = [];
	#plotOptions: ElementPlotOptions = {};
	#result: Result | undefined;
	#partial: Result | undefined;
	#error: ZarrscopeError | undefined;

	/** The analysis document, in place of all other attributes; undefined: they hold. */
	get document(): AnalysisDocument | undefined {
		return this.#document && structuredClone(this.#document);
	}

	set document(document: AnalysisDocument | undefined) {
		this.#document = document ? structuredClone(document) : undefined;
		this.#schedule();
	}

	/** Options of `drawPlot`. */
	get plotOptions(): ElementPlotOptions {
		return this.#plotOptions;
	}

	set plotOptions(options: ElementPlotOptions) {
		this.#plotOptions = { ...options };
		void this.#draw();
	}

	/** The last result, of what is asked now. */
	get result(): Result | undefined {
		return this.#result;
	}

	/** What went wrong, of what is asked now. */
	get error(): ZarrscopeError | undefined {
		return this.#error;
	}

	/** Computes anew, also what was computed. */
	refresh(): void {
		this.#asked = undefined;
		this.#schedule();
	}

	/** Ends the run and lets go of everything, for good. */
	dispose(): void {
		this.#stop();
		this.#disposed = true;
		this.#document = undefined;
		this.#plotOptions = {};
	}

	connectedCallback(): void {
		if (this.#disposed) return;
		// Set before the element's class was known, they hide the accessors.
		for (const name of ["document", "plotOptions"] as const) this.#takeOver(name);
		this.#view ??= new View(this.attachShadow({ mode: "open" }), () => void this.#draw());
		this.#view.watch(true);
		this.#endWatch ??= watchPreference(() => void this.#draw());
		this.#schedule();
	}

	disconnectedCallback(): void {
		// A move takes it off the page and puts it back at once: its run goes on.
		queueMicrotask(() => {
			if (!this.isConnected) this.#stop();
		});
	}

	attributeChangedCallback(name: string, before: string | null, after: string | null): void {
		if (before === after) return;
		if (LOOKS.includes(name)) void this.#draw();
		else this.#schedule();
	}

	#takeOver(name: "document" | "plotOptions"): void {
		if (!Object.hasOwn(this, name)) return;
		const value = this[name];
		Reflect.deleteProperty(this, name);
		Object.assign(this, { [name]: value });
	}

	#stop(): void {
		this.#abort();
		this.#asked = undefined;
		this.#endWatch?.();
		this.#endWatch = undefined;
		this.#view?.watch(false);
		this.#view?.clear();
	}

	#abort(): void {
		this.#run?.abort(new DOMException("another run, or none, is asked for", "AbortError"));
		this.#run = this.#result = this.#partial = this.#error = undefined;
	}

	#schedule(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		queueMicrotask(() => {
			this.#scheduled = false;
			if (this.isConnected && !this.#disposed) this.#update();
		});
	}

	#update(): void {
		let document: AnalysisDocument | undefined;
		let mistake: unknown;
		try {
			document = this.#document ?? documentFrom((name) => this.getAttribute(name) ?? undefined);
		} catch (error) {
			mistake = error;
		}
		const asked = mistake ? String(mistake) : (JSON.stringify(document) ?? "");
		if (asked === this.#asked) return;
		this.#abort();
		this.#asked = asked;
		if (mistake) this.#fail(mistake);
		else if (document) void this.#compute(document);
		else this.#view?.clear();
	}

	async #compute(document: AnalysisDocument): Promise<void> {
		const run = new AbortController();
		const { signal } = run;
		this.#run = run;
		this.#steps = Array.isArray(document.steps) ? document.steps : [];
		this.#view?.showProgress(undefined);
		try {
			const array = await fromSpec(document);
			signal.throwIfAborted();
			const result = await array.compute({
				signal,
				onProgress: (progress) => {
					if (signal.aborted) return;
					this.#view?.showProgress(progress);
					this.#tell("zarrscope-progress", progress);
				},
				onPartial: (partial) => {
					if (signal.aborted) return;
					this.#partial = partial;
					void this.#draw();
				},
			});
			signal.throwIfAborted();
			this.#result = result;
			this.#partial = undefined;
			await this.#draw();
			if (signal.aborted || this.#error) return;
			this.#view?.showDone();
			this.#tell("zarrscope-result", result);
		} catch (error) {
			if (!signal.aborted) this.#fail(error);
		}
	}

	#fail(thrown: unknown): void {
		const error = toError(thrown);
		this.#error = error;
		this.#view?.showError(error);
		this.#tell("zarrscope-error", error);
	}

	/** Draws what is there now. While it draws it is asked again only once, for what is there then. */
	async #draw(): Promise<void> {
		this.#drawAgain = true;
		if (this.#drawing) return;
		this.#drawing = true;
		try {
			while (this.#drawAgain) {
				this.#drawAgain = false;
				await this.#drawNow();
			}
		} finally {
			this.#drawing = false;
		}
	}

	async #drawNow(): Promise<void> {
		const view = this.#view;
		if (!view || !this.isConnected) return;
		const theme = themeOf(this);
		view.theme = theme;
		const result = this.#result ?? this.#partial;
		const { width, height } = view.size;
		if (!result || this.#error || width === 0 || height === 0) return;
		const run = this.#run;
		try {
			const options = { ...this.#colormap(), ...this.#plotOptions, steps: this.#steps, theme };
			const layout = await drawPlot(view.canvas, result, { ...options, width, height, scale: devicePixelRatio });
			// It may have left while the drawing module was loaded.
			if (this.#run === run) view.showPicture(layout);
			else if (!this.#run) view.clear();
		} catch (error) {
			if (this.#run !== run) return;
			run?.abort();
			this.#fail(error);
		}
	}

	#colormap(): ElementPlotOptions {
		const colormap = COLORMAPS.find((name) => name === this.getAttribute("colormap"));
		return colormap ? { colormap } : {};
	}

	#tell<K extends keyof ZarrScopeEventMap>(name: K, detail: ZarrScopeEventMap[K]["detail"]): void {
		this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
	}
}

declare global {
	interface HTMLElementEventMap extends ZarrScopeEventMap {}
	interface HTMLElementTagNameMap {
		"zarr-scope": ZarrScopeElement;
	}
}
