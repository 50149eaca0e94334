/** The address field. */

import { addressIn } from "../address-text.js";
import { h, isFocused } from "../dom.js";
import { withoutSecrets } from "../secrets.js";
import type { Store } from "../state.js";

export function sourceBar(store: Store, onOpen: (source: string) => void): HTMLElement {
	const input = h("input", {
		id: "source",
		"data-testid": "source-input",
		type: "text",
		inputmode: "url",
		autocomplete: "off",
		autocapitalize: "off",
		spellcheck: "false",
		placeholder: "https://… , s3://… or gs://… of a Zarr store",
	});
	const button = h("button", { type: "submit", class: "primary", "data-testid": "open-button" }, "Open");
	const form = h(
		"form",
		{
			class: "source-bar",
			role: "search",
			submit: (event: SubmitEvent) => {
				event.preventDefault();
				const source = addressIn(input.value);
				input.value = source;
				if (source) onOpen(source);
				else input.focus();
			},
		},
		h("label", { for: "source" }, "Zarr store"),
		input,
		button,
	);
	// A field that someone types in is left alone.
	store.watch(
		(s) => [s.question.source],
		(_, source) => {
			const shown = withoutSecrets(source).address;
			if (!isFocused(input) || addressIn(input.value) === source) input.value = shown;
		},
	);
	store.watch(
		(s) => [s.opening],
		(_, opening) => {
			button.textContent = opening ? "Opening…" : "Open";
			form.setAttribute("aria-busy", String(opening));
		},
	);
	return form;
}
