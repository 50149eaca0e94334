/** The renderer of analysis documents for JupyterLab 4, Notebook 7 and JupyterLite. */

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { shared } from "../../widget/src/shared.js";
import { MIME_TYPE } from "./output.js";
import { DocumentRenderer } from "./renderer.js";

const extension: IRenderMime.IExtension = {
	id: "zarrscope:renderer",
	description: "Computes and draws analysis documents of Zarr data in the browser",
	rendererFactory: {
		// Untrusted outputs come here, too, instead of being shown as text: nothing is fetched for them before a click.
		safe: true,
		mimeTypes: [MIME_TYPE],
		createRenderer: () => new DocumentRenderer(),
	},
	// Before text and HTML that stand beside it.
	rank: 0,
	dataType: "json",
};

// Widgets on this page run in this code, which is loaded when the first one comes.
shared.mount = async () => (await import("../../widget/src/mount.js")).mount;

export default extension;
