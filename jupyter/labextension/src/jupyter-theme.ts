/** Light or dark, as the page around says: JupyterLab and Notebook on their body, VS Code by a class, else the system. */

const dark = matchMedia("(prefers-color-scheme: dark)");

export type Theme = "light" | "dark";

export function jupyterTheme(): Theme {
	const { body } = document;
	const { jpThemeLight } = body.dataset;
	if (jpThemeLight !== undefined) return jpThemeLight === "false" ? "dark" : "light";
	if (body.classList.contains("vscode-dark") || body.classList.contains("vscode-high-contrast")) return "dark";
	if (body.classList.contains("vscode-light")) return "light";
	return dark.matches ? "dark" : "light";
}

/** Calls `follow` now and when the theme changes, until the returned function is called. */
export function followJupyterTheme(follow: (theme: Theme) => void): () => void {
	let last: Theme | undefined;
	const look = () => {
		const theme = jupyterTheme();
		if (theme !== last) follow(theme);
		last = theme;
	};
	const observer = new MutationObserver(look);
	observer.observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
	dark.addEventListener("change", look);
	look();
	return () => {
		observer.disconnect();
		dark.removeEventListener("change", look);
	};
}
