/** Light or dark: the system's choice unless the user made one, which the browser remembers where it may. */

export type Theme = "system" | "light" | "dark";

const KEY = "zarrscope-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
/** What is around decides, where the views stand in a notebook. */
let surrounding: "light" | "dark" | undefined;

export function wantedTheme(): Theme {
	try {
		const kept = localStorage.getItem(KEY);
		return kept === "light" || kept === "dark" ? kept : "system";
	} catch {
		return "system";
	}
}

export function setTheme(theme: Theme): void {
	try {
		if (theme === "system") localStorage.removeItem(KEY);
		else localStorage.setItem(KEY, theme);
	} catch {
		// Storage may be forbidden: the choice then lasts as long as the page.
	}
	apply(theme);
}

/** What is on screen now. */
export function shownTheme(): "light" | "dark" {
	if (surrounding) return surrounding;
	const { theme } = document.documentElement.dataset;
	if (theme === "light" || theme === "dark") return theme;
	return dark.matches ? "dark" : "light";
}

/** Calls `draw` when colours change, until the signal ends it. */
export function onThemeChange(draw: () => void, signal?: AbortSignal): void {
	listeners.add(draw);
	signal?.addEventListener("abort", () => listeners.delete(draw));
}

/** Follows what is around instead of the user's choice for the page. */
export function setSurroundingTheme(theme: "light" | "dark"): void {
	if (theme === surrounding) return;
	surrounding = theme;
	for (const draw of listeners) draw();
}

export function startTheme(): void {
	apply(wantedTheme());
	dark.addEventListener("change", () => {
		for (const draw of listeners) draw();
	});
}

function apply(theme: Theme): void {
	if (theme === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
	for (const draw of listeners) draw();
}
