/** Small real stores that come with the page. */

import { fill, h } from "../dom.js";
import type { Sample, Store } from "../state.js";
import { linkTo } from "../url-state.js";

/** Where a sample lies, relative to the page. */
export function sampleSource(sample: Sample): string {
	return `samples/${sample.path}`;
}

export function samples(store: Store): HTMLElement {
	const list = h("ul", {});
	const section = h(
		"nav",
		{ class: "samples", "aria-label": "Samples" },
		h("span", { class: "muted", "aria-hidden": "true" }, "Samples"),
		list,
	);
	store.watch(
		(s) => [s.samples, s.question.source],
		(_, all, source) => {
			section.hidden = all.length === 0;
			fill(
				list,
				all.map((sample) => h("li", {}, link(sample, sampleSource(sample) === source))),
			);
		},
	);
	return section;
}

function link(sample: Sample, current: boolean): HTMLElement {
	return h(
		"a",
		{
			href: linkTo(sampleSource(sample), sample.variable),
			"data-testid": "sample",
			"aria-current": current ? "true" : undefined,
			title: sample.about,
		},
		sample.title,
	);
}

/** The samples that the page's folder lists; none if it lists none. */
export async function readSamples(): Promise<Sample[]> {
	try {
		const response = await fetch("samples/index.json");
		return response.ok ? ((await response.json()) as Sample[]) : [];
	} catch {
		return [];
	}
}
