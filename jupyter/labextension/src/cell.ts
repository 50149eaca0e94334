/**
 * An output's content: asks where it must, computes, draws, and says what happened. One run at a time; the latest document
 * wins. Lives in a shadow tree, so that neither the notebook's styles nor its own reach further than they should.
 */

import type { Cost } from "zarrscope";
import { fill, h } from "../../../www/src/dom.js";
import { bytes, count, integer } from "../../../www/src/format.js";
import { errorContent } from "../../../www/src/views/error-panel.js";
import { Figure } from "./figure.js";
import { followJupyterTheme } from "./jupyter-theme.js";
import type { Output } from "./output.js";
import { describe, problemOf, whereFrom } from "./question.js";
import { run } from "./run.js";
import sheetText from "./style.css";
import { enter } from "./workers.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(sheetText);

export class Cell {
	readonly #host: HTMLElement;
	readonly #figure: Figure;
	readonly #message = h("div", { class: "message", hidden: true, "data-testid": "cell-message" });
	readonly #meter = h("progress", { max: 1, "aria-label": "Progress" });
	readonly #numbers = h("span", { "aria-hidden": "true" });
	readonly #facts = h("p", { class: "facts", role: "status", "data-testid": "cell-facts" });
	readonly #progress: HTMLElement;
	readonly #leave = enter();
	readonly #unfollow: () => void;
	readonly #seen: IntersectionObserver;
	#ending = new AbortController();
	#output: Output | undefined;
	/** What is waiting until the cell is looked at. */
	#waiting: (() => void) | undefined;
	/** The document that the user agreed to fetch for, as text. */
	#agreed: string | undefined;
	#shown: string | undefined;

	constructor(host: HTMLElement) {
		this.#host = host;
		const root = host.attachShadow({ mode: "open" });
		root.adoptedStyleSheets = [sheet];
		const cancel = h("button", { type: "button", "data-testid": "cell-cancel", click: () => this.#cancel() }, "Cancel");
		this.#progress = h(
			"div",
			{ class: "progress", hidden: true, "data-testid": "cell-progress" },
			this.#meter,
			this.#numbers,
			cancel,
		);
		this.#figure = new Figure();
		root.append(h("div", { class: "cell" }, this.#figure.element, this.#progress, this.#message, this.#facts));
		this.#unfollow = followJupyterTheme((theme) => {
			host.dataset.theme = theme;
			this.#figure.theme = theme;
		});
		this.#seen = new IntersectionObserver((entries) => {
			if (entries.some((entry) => entry.isIntersecting)) this.#begin();
		});
		this.#seen.observe(host);
	}

	/** Shows an output; of one that is not trusted only what it wants to fetch, until the user agrees. */
	show(output: Output, trusted: boolean): void {
		const key = JSON.stringify([output, trusted]);
		if (key === this.#shown) return;
		this.#shown = key;
		this.#end();
		this.#output = output;
		this.#figure.clear();
		this.#facts.textContent = "";
		const problem = problemOf(output.document);
		if (problem) this.#fail(problem);
		else if (trusted || this.#agreed === JSON.stringify(output.document)) this.#wait(() => this.#run(false));
		else this.#ask(output);
	}

	dispose(): void {
		this.#end();
		this.#seen.disconnect();
		this.#unfollow();
		this.#figure.dispose();
		this.#leave();
	}

	/** Until the cell is scrolled to: a long notebook does not fetch everything at once. */
	#wait(begin: () => void): void {
		this.#waiting = begin;
		this.#say("Waiting to be seen…");
		this.#seen.unobserve(this.#host);
		this.#seen.observe(this.#host);
	}

	#begin(): void {
		const begin = this.#waiting;
		this.#waiting = undefined;
		begin?.();
	}

	#ask({ document }: Output): void {
		this.#tell(
			h("p", {}, h("b", {}, describe(document))),
			h(
				"p",
				{},
				`This notebook is not trusted: nothing is fetched until you say so. It wants to read ${whereFrom(document)}.`,
			),
			h(
				"button",
				{
					type: "button",
					class: "primary",
					"data-testid": "cell-agree",
					click: () => {
						this.#agreed = JSON.stringify(document);
						this.#run(false);
					},
				},
				"Fetch and draw",
			),
		);
	}

	#askForMoney({ bytesToFetch, bytesToFetchIsEstimate, requests }: Cost): void {
		const about = bytesToFetchIsEstimate ? "about " : "";
		this.#tell(
			h("p", {}, `This fetches ${about}${bytes(bytesToFetch)} in ${count(requests, "request")}.`),
			h(
				"button",
				{ type: "button", class: "primary", "data-testid": "cell-agree", click: () => this.#run(true) },
				"Fetch and draw",
			),
		);
	}

	#run(willing: boolean): void {
		const output = this.#output;
		if (!output) return;
		this.#end();
		const { signal } = this.#ending;
		this.#message.hidden = true;
		this.#say("Reading metadata…");
		const started = run(output, willing, signal, {
			onProgress: ({ chunksDone, chunks, bytesDecoded }) => {
				this.#progress.hidden = false;
				this.#meter.value = chunksDone / Math.max(1, chunks);
				this.#numbers.textContent = `${integer(chunksDone)} of ${count(chunks, "chunk")} · ${bytes(bytesDecoded)} decoded`;
				this.#say("Running…");
			},
			onDrawable: (drawable) => this.#figure.show(output, drawable),
		});
		started.then(
			(refused) => {
				if (signal.aborted) return;
				this.#progress.hidden = true;
				this.#say(refused ? "" : factsOf(output, this.#figure.stats));
				if (refused) this.#askForMoney(refused);
			},
			(error: unknown) => {
				if (!signal.aborted) this.#fail(error);
			},
		);
	}

	#cancel(): void {
		this.#end();
		this.#say("Cancelled.");
		this.#tell(this.#again("Run again"));
	}

	#fail(error: unknown): void {
		this.#progress.hidden = true;
		this.#say("");
		const source = String(this.#output?.document?.source ?? "");
		this.#tell(
			h(
				"div",
				{ class: "error", role: "alert", "data-testid": "cell-error" },
				errorContent(error, source, () => this.#run(false)),
			),
		);
	}

	#again(text: string): HTMLElement {
		return h("button", { type: "button", "data-testid": "cell-again", click: () => this.#run(false) }, text);
	}

	#tell(...children: HTMLElement[]): void {
		fill(this.#message, ...children);
		this.#message.hidden = false;
	}

	#say(text: string): void {
		this.#facts.textContent = text;
	}

	/** Ends what runs. */
	#end(): void {
		this.#ending.abort();
		this.#ending = new AbortController();
		this.#waiting = undefined;
		this.#progress.hidden = true;
		this.#message.hidden = true;
	}
}

/** Where the picture is from, and what it took. */
function factsOf({ document }: Output, stats: Figure["stats"]): string {
	if (!stats) return "";
	const { bytesFetched, chunks, chunksForbidden, chunksMissing, chunksReused, seconds } = stats;
	return [
		whereFrom(document),
		count(chunks, "chunk"),
		...(chunksReused > 0 ? [`${integer(chunksReused)} reused from earlier runs`] : []),
		...(chunksMissing > 0 ? [`${integer(chunksMissing)} not stored: fill values`] : []),
		...(chunksForbidden > 0 ? [`403 treated as missing (${count(chunksForbidden, "chunk")})`] : []),
		`${bytes(bytesFetched)} fetched`,
		`${seconds.toFixed(seconds < 1 ? 2 : 1)} s`,
	].join(" · ");
}
