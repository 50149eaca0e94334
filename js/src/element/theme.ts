/** Light or dark: what the element is told, else what is used around it (its page's `color-scheme` and the reader's wish). */

const QUERY = "(prefers-color-scheme: dark)";

/**
 * The colour of a page's canvas in the scheme that is used tells which one that is, also where a `meta` element says which
 * ones the page has; the element's style puts it where nothing shows it.
 */
export function themeOf(element: HTMLElement): "light" | "dark" {
	const told = element.getAttribute("theme");
	if (told === "light" || told === "dark") return told;
	const [red = 255, green = 255, blue = 255] =
		getComputedStyle(element)
			.textDecorationColor.match(/[\d.]+/g)
			?.map(Number) ?? [];
	return red + green + blue < 3 * 128 ? "dark" : "light";
}

/** Calls `changed` when the reader's preference changes; returns what ends that. */
export function watchPreference(changed: () => void): () => void {
	const query = matchMedia(QUERY);
	query.addEventListener("change", changed);
	return () => query.removeEventListener("change", changed);
}
