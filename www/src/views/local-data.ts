/** Data on this machine: a folder or a ZIP that is dropped on the page, or chosen. */

import type { Files } from "zarrscope";
import { h } from "../dom.js";
import { droppedFiles } from "../dropped.js";

/** The row with the buttons, and what lies over the page while something is dragged. */
export function localData(onFiles: (files: Files | Promise<Files>) => void): HTMLElement[] {
	const folder = chooser({
		webkitdirectory: true,
		"aria-label": "Folder on this machine",
		"data-testid": "folder-input",
	});
	const file = chooser({ accept: ".zip,.json", "aria-label": "ZIP on this machine", "data-testid": "file-input" });
	function chooser(attributes: Record<string, string | boolean>): HTMLInputElement {
		const input = h("input", { type: "file", hidden: true, tabindex: -1, ...attributes });
		input.addEventListener("change", () => {
			if (input.files && input.files.length > 0)
				onFiles(
					Array.from(input.files).length === 1 && !input.webkitdirectory
						? (input.files[0] as File)
						: Array.from(input.files),
				);
			// The same folder may be chosen again, after it has changed.
			input.value = "";
		});
		return input;
	}
	const pickFolder = () => {
		const { showDirectoryPicker } = window as Partial<DirectoryWindow>;
		if (!showDirectoryPicker) return folder.click();
		showDirectoryPicker.call(window).then(onFiles, (error: unknown) => {
			// Closing the picker is no failure; a page that may not use it has the other way.
			if (!(error instanceof DOMException && error.name === "AbortError")) folder.click();
		});
	};
	const row = h(
		"p",
		{ class: "local" },
		h("span", { class: "muted hint" }, "On this machine: drop a folder or a ZIP anywhere on this page, or "),
		h("button", { type: "button", "data-testid": "choose-folder", click: pickFolder }, "Choose folder"),
		h("button", { type: "button", "data-testid": "choose-file", click: () => file.click() }, "Choose ZIP"),
		h("span", { class: "muted" }, "Nothing is uploaded."),
		folder,
		file,
	);
	const target = h(
		"div",
		{ class: "drop", "data-testid": "drop-target", "aria-hidden": "true", hidden: true },
		h(
			"p",
			{},
			h("b", {}, "Drop a Zarr folder or a ZIP to open it"),
			"It is read in this page and stays on this machine.",
		),
	);
	listen(target, onFiles);
	return [row, target];
}

/** Not in TypeScript's library yet. */
interface DirectoryWindow {
	showDirectoryPicker(): Promise<FileSystemDirectoryHandle>;
}

function listen(target: HTMLElement, onFiles: (files: Promise<Files>) => void): void {
	const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
	addEventListener("dragover", (event) => {
		if (!holdsFiles(event)) return;
		event.preventDefault();
		if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
		target.hidden = false;
	});
	// Out of the window; within it, one element after another is left.
	addEventListener("dragleave", (event) => {
		if (!event.relatedTarget) target.hidden = true;
	});
	addEventListener("dragend", () => {
		target.hidden = true;
	});
	addEventListener("drop", (event) => {
		target.hidden = true;
		if (!holdsFiles(event) || !event.dataTransfer) return;
		event.preventDefault();
		const files = droppedFiles(event.dataTransfer);
		if (files) onFiles(files);
	});
}
