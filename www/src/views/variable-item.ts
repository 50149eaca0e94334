/** A variable in the list: its name, what it holds, how it is stored; or why it cannot be read. */

import type { ArrayInfo } from "zarrscope";
import { h } from "../dom.js";
import { attributeText, bytes, shapeText } from "../format.js";
import { attributeList } from "./attribute-list.js";

/** Coordinates are shown more briefly: what they are stored in is among the details. */
export function variableItem(array: ArrayInfo, brief: boolean, onPick: () => void, name = array.name): HTMLElement {
	const { attrs, dims, dtype, path, problem } = array;
	const units = typeof attrs.units === "string" ? attrs.units : undefined;
	const longName = attrs.long_name ?? attrs.standard_name;
	const head = h(
		"button",
		{
			type: "button",
			class: "variable",
			"data-testid": "variable",
			"data-path": path,
			disabled: problem !== null,
			click: onPick,
		},
		h(
			"span",
			{ class: "name" },
			h("b", {}, name),
			dims.length > 0 && h("span", { class: "muted" }, ` (${dims.join(", ")})`),
		),
		typeof longName === "string" && longName !== name && !brief && h("span", { class: "long-name" }, longName),
		h("span", { class: "facts" }, [dtype, shapeText(array.shape), units].filter(Boolean).join(" · ")),
		!brief && h("span", { class: "facts" }, storage(array)),
		problem ? h("span", { class: "problem" }, `Cannot be read: ${problem.message}`) : undefined,
	);
	const attributes = Object.entries(attrs).filter(([key]) => key !== "_ARRAY_DIMENSIONS");
	const more = h(
		"details",
		{ class: "more" },
		h("summary", { "aria-label": `More about ${name}` }, "more"),
		brief && h("p", { class: "facts" }, storage(array)),
		h("p", { class: "facts" }, `${bytes(array.bytes)} decoded · fill value ${attributeText(array.fillValue)}`),
		attributeList(attributes),
	);
	return h("li", { class: problem ? "unreadable" : undefined }, head, more);
}

function storage({ chunks, innerChunks, codecs }: ArrayInfo): string {
	const pieces = innerChunks
		? `shards ${shapeText(chunks)} of chunks ${shapeText(innerChunks)}`
		: `chunks ${shapeText(chunks)}`;
	return [chunks.length > 0 ? pieces : "", codecs.join(" → ")].filter(Boolean).join(" · ");
}
