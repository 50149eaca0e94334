/** A dashboard in a cell: the page's views in a shadow tree of their own, in the notebook's colours. */

import { followJupyterTheme } from "../../labextension/src/jupyter-theme.js";
import { enter } from "../../labextension/src/workers.js";
import { Asker } from "../../../www/src/asker.js";
import { Store } from "../../../www/src/state.js";
import { setSurroundingTheme } from "../../../www/src/theme.js";
import type { View } from "./anywidget.js";
import { layout } from "./layout.js";
import { embeddedSheets } from "./style.js";
import { follow } from "./sync.js";

/** Returns what takes it out again. */
export function mount({ model, el }: View): () => void {
	const ended = new AbortController();
	const { signal } = ended;
	const leave = enter();
	const store = new Store();
	const asker = new Asker(store);
	const host = document.createElement("div");
	// Keys are for what is in the cell, not for the notebook.
	host.dataset.lmSuppressShortcuts = "true";
	const root = host.attachShadow({ mode: "open" });
	root.adoptedStyleSheets = embeddedSheets();
	root.append(layout(store, asker, { room: model.get("height"), signal }));
	const unfollow = followJupyterTheme((theme) => {
		host.dataset.theme = theme;
		setSurroundingTheme(theme);
	});
	el.replaceChildren(host);
	follow(model, store, asker, signal);
	return () => {
		unfollow();
		asker.end();
		ended.abort();
		host.remove();
		leave();
	};
}
