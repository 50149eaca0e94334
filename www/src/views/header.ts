/** The name, the promise, and the switch between light and dark. */

import { h } from "../dom.js";
import { setTheme, type Theme, wantedTheme } from "../theme.js";

const THEMES: readonly [Theme, string][] = [
	["system", "System theme"],
	["light", "Light theme"],
	["dark", "Dark theme"],
];

export function header(): HTMLElement {
	const wanted = wantedTheme();
	const select = h(
		"select",
		{ id: "theme", "data-testid": "theme-select", change: () => setTheme(select.value as Theme) },
		THEMES.map(([value, text]) => h("option", { value, selected: value === wanted }, text)),
	);
	return h(
		"header",
		{ class: "top" },
		h("img", { src: "icon.svg", alt: "", width: 28, height: 28 }),
		h("h1", {}, "zarrscope"),
		h(
			"p",
			{ class: "promise" },
			"Means, histograms and maps of Zarr data, by URL. Computed in this browser, nothing to install.",
		),
		h("label", { for: "theme", class: "visually-hidden" }, "Theme"),
		select,
	);
}
