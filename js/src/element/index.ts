/**
 * `zarrscope/element`: the custom element.
 *
 * ```js
 * import { defineElement } from "zarrscope/element";
 *
 * defineElement();   // <zarr-scope src="https://example.org/sst.zarr" variable="sst" op="mean" dims="time"></zarr-scope>
 * ```
 */

import { ZarrScopeElement } from "./zarr-scope.js";

export { type ElementPlotOptions, ZarrScopeElement, type ZarrScopeEventMap } from "./zarr-scope.js";

/** Makes the element known to the page; again, or where there are no elements, it does nothing. */
export function defineElement(name = "zarr-scope"): void {
	const registry = globalThis.customElements;
	if (!registry || registry.get(name)) return;
	// A class has one name.
	registry.define(name, name === "zarr-scope" ? ZarrScopeElement : class extends ZarrScopeElement {});
}
