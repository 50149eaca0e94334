/** Light or dark: what the element is told, else what its page's style says, else what the reader prefers. */

const QUERY = "(prefers-color-scheme: dark)";

export function themeOf(element: HTMLElement): "light" | "dark" {
	const told = element.getAttribute("theme");
	if (told === "light" || told === "dark") return told;
	const scheme = getComputedStyle(element).colorScheme;
	const [light, dark] = [scheme.includes("light"), scheme.includes("dark")];
	if (light !== dark) return dark ? "dark" : "light";
	return matchMedia(QUERY).matches ? "dark" : "light";
}

/** Calls `changed` when the reader's preference changes; returns what ends that. */
export function watchPreference(changed: () => void): () => void {
	const query = matchMedia(QUERY);
	query.addEventListener("change", changed);
	return () => query.removeEventListener("change", changed);
}
