/** The part of anywidget's front end that is used (https://anywidget.dev, "Anywidget Front-End Module"). */

import type { AnalysisDocument } from "zarrscope";

/** The traits of `zarrscope.Scope`, as Python knows them. */
export interface Traits {
	url: string;
	/** What is asked; set from either side. */
	document: AnalysisDocument | null;
	status: string;
	/** An error's plain form. */
	error: Record<string, unknown> | null;
	height: number;
}

export interface Model {
	get<K extends keyof Traits>(name: K): Traits[K];
	set<K extends keyof Traits>(name: K, value: Traits[K]): void;
	save_changes(): void;
	send(content: unknown, callbacks?: unknown, buffers?: ArrayBuffer[]): void;
	on(event: string, listener: () => void): void;
	off(event: string, listener: () => void): void;
}

export interface View {
	model: Model;
	el: HTMLElement;
}
