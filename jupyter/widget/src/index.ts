/**
 * The widget: anywidget imports this one file, once for each model. All of them use the first one's code, and so one set of
 * workers; where the renderer is installed, too, they use its code, which has files of its own at the notebook's origin and so
 * passes policies that forbid scripts from blobs.
 */

import type { View } from "./anywidget.js";
import { mount } from "./mount.js";
import { shared } from "./shared.js";

shared.mount ??= async () => mount;

export default {
	async render(view: View): Promise<() => void> {
		const mountHere = (await shared.mount?.()) ?? mount;
		return mountHere(view);
	},
};
