/** Attributes of a group or an array, as text. */

import { h } from "../dom.js";
import { attributeText } from "../format.js";

export function attributeList(attributes: [string, unknown][]): HTMLElement {
	const row = ([name, value]: [string, unknown]) => h("div", {}, h("dt", {}, name), h("dd", {}, attributeText(value)));
	return h("dl", { class: "attributes" }, attributes.map(row));
}
