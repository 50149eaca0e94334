/** The page's style sheet, as it holds in a shadow tree: what it says of the page is said of the cell. */

import own from "./style.css";
import page from "../../../www/style.css";

/** In the page's sheet, and what stands in its place. */
const SWAPS: readonly [RegExp, string][] = [
	[/:root\[data-theme="(light|dark)"\]/g, ':host([data-theme="$1"])'],
	[/:root\b/g, ":host"],
	[/^body\b/gm, ".embedded"],
	[/#app\b/g, ".embedded"],
	// A cell may be narrow in a wide window.
	[/@media \(max-width:/g, "@container (max-width:"],
];

let sheets: CSSStyleSheet[] | undefined;

export function embeddedSheets(): CSSStyleSheet[] {
	const swapped = SWAPS.reduce((text, [from, to]) => text.replace(from, to), page);
	sheets ??= [swapped, own].map((text) => {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(text);
		return sheet;
	});
	return sheets;
}
