/** The value under the pointer, or under a cursor that the arrow keys move. */

import type { PlotLayout, PlotPoint } from "zarrscope";
import { fill, h } from "../dom.js";

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};
/** A key press looks no further than this for the next cell, in CSS pixels. */
const MAX_SEARCH = 400;
/** With Shift, a key press goes this far. */
const LEAP = 40;

/** The elements to lay over the canvas. Where there are several variables, `beside` tells the values of all at a position. */
export function readout(
	canvas: HTMLCanvasElement,
	layoutNow: () => PlotLayout | undefined,
	beside: (index: number) => readonly (readonly [string, string])[],
): HTMLElement[] {
	const box = h("div", { class: "readout", "data-testid": "readout", "aria-hidden": "true" });
	const cross = h("div", { class: "cross", "aria-hidden": "true" });
	const spoken = h("p", { class: "visually-hidden", role: "status", "data-testid": "cursor-value" });
	let cursor: { x: number; y: number } | undefined;

	const valuesAt = (point: PlotPoint): string[] => {
		const all = beside(point.index).map(([name, value]) => `${name}: ${value}`);
		return all.length > 0 ? all : [point.value];
	};
	const hide = () => {
		box.hidden = cross.hidden = true;
	};
	const showAt = (x: number, y: number, point: PlotPoint | undefined) => {
		box.hidden = !point;
		if (!point) return;
		fill(
			box,
			valuesAt(point).map((value) => h("b", {}, value)),
			point.labels.map(([name, value]) => h("span", {}, `${name}: ${value}`)),
		);
		// On the side where there is room.
		const { clientWidth, clientHeight } = canvas;
		const left = x + 16 + box.offsetWidth > clientWidth ? x - box.offsetWidth - 12 : x + 16;
		const top = y + 16 + box.offsetHeight > clientHeight ? y - box.offsetHeight - 12 : y + 16;
		box.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
	};
	const look = (x: number, y: number): PlotPoint | undefined => {
		try {
			return layoutNow()?.at(x, y);
		} catch {
			// A pointer over a picture that is just being replaced.
			return undefined;
		}
	};

	let frame = 0;
	const onPointer = (event: PointerEvent) => {
		const { left, top } = canvas.getBoundingClientRect();
		const [x, y] = [event.clientX - left, event.clientY - top];
		cancelAnimationFrame(frame);
		frame = requestAnimationFrame(() => {
			cross.hidden = true;
			showAt(x, y, look(x, y));
		});
	};
	canvas.addEventListener("pointermove", onPointer);
	canvas.addEventListener("pointerdown", onPointer);
	canvas.addEventListener("pointerleave", () => {
		cancelAnimationFrame(frame);
		hide();
	});
	canvas.addEventListener("blur", hide);
	canvas.addEventListener("keydown", (event) => {
		if (event.key === "Escape") {
			hide();
			return;
		}
		const step = STEPS[event.key];
		const layout = layoutNow();
		if (!step || !layout || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		cursor = within(layout, cursor ?? centre(layout));
		cursor = cross.hidden ? cursor : moved(layout, cursor, step, event.shiftKey, look);
		const point = look(cursor.x, cursor.y);
		cross.hidden = false;
		cross.style.transform = `translate(${cursor.x}px, ${cursor.y}px)`;
		showAt(cursor.x, cursor.y, point);
		spoken.textContent = point
			? [...valuesAt(point), ...point.labels.map(([name, value]) => `${name} ${value}`)].join(", ")
			: "nothing here";
	});
	hide();
	return [box, cross, spoken];
}

function centre({ area }: PlotLayout): { x: number; y: number } {
	return { x: area.x + area.width / 2, y: area.y + area.height / 2 };
}

/** The cursor in the area that is drawn now, which another size may have moved. */
function within({ area }: PlotLayout, { x, y }: { x: number; y: number }): { x: number; y: number } {
	const clamp = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v));
	return {
		x: clamp(x, area.x + 0.5, area.x + area.width - 0.5),
		y: clamp(y, area.y + 0.5, area.y + area.height - 0.5),
	};
}

/** To the next cell in a direction; or far, with Shift. */
function moved(
	layout: PlotLayout,
	from: { x: number; y: number },
	[dx, dy]: readonly [number, number],
	far: boolean,
	look: (x: number, y: number) => PlotPoint | undefined,
): { x: number; y: number } {
	const at = (distance: number) => within(layout, { x: from.x + dx * distance, y: from.y + dy * distance });
	if (far) return at(LEAP);
	const here = look(from.x, from.y)?.index;
	for (let distance = 1; distance <= MAX_SEARCH; distance += 1) {
		const there = at(distance);
		if (look(there.x, there.y)?.index !== here) return there;
	}
	return from;
}
