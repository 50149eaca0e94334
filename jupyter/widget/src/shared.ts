/** What the copies of this code on one page have in common, if they are of one version. */

import type { View } from "./anywidget.js";

export interface Shared {
	/** Gives what puts a dashboard into a view, and takes it out again. */
	mount?: () => Promise<(view: View) => () => void>;
}

const key = Symbol.for(`zarrscope ${ZARRSCOPE_VERSION}`);
const page = globalThis as unknown as Record<symbol, Shared | undefined>;
page[key] ??= {};

export const shared: Shared = page[key];
