/** The widget that JupyterLab makes for an output: it holds a cell, and ends with it. */

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import { Cell } from "./cell.js";
import { readOutput } from "./output.js";

export class DocumentRenderer extends Widget implements IRenderMime.IRenderer {
	readonly #cell: Cell;

	constructor() {
		super();
		this.addClass("zarrscope-output");
		// Arrow keys move the figure's cursor, not the notebook's.
		this.node.dataset.lmSuppressShortcuts = "true";
		this.#cell = new Cell(this.node);
	}

	/** Settled at once: what takes time shows itself in the cell. */
	async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
		this.#cell.show(readOutput(model), model.trusted);
	}

	override dispose(): void {
		if (!this.isDisposed) this.#cell.dispose();
		super.dispose();
	}
}
