/** The workers live as long as someone computes: a notebook full of pictures that are drawn needs none. */

import { close } from "zarrscope";

/** Runs often follow each other: starting workers takes a moment. */
const REST_MS = 10_000;

let running = 0;
let cells = 0;
let ending: ReturnType<typeof setTimeout> | undefined;

/** A cell that may run something. The last one that leaves ends the workers. */
export function enter(): () => void {
	cells += 1;
	return once(() => {
		cells -= 1;
		if (cells === 0) end();
	});
}

/** Something runs until the returned function is called. */
export function hold(): () => void {
	running += 1;
	clearTimeout(ending);
	return once(() => {
		running -= 1;
		if (running === 0 && cells > 0) ending = setTimeout(end, REST_MS);
	});
}

function end(): void {
	clearTimeout(ending);
	close();
}

function once(leave: () => void): () => void {
	let left = false;
	return () => {
		if (!left) leave();
		left = true;
	};
}
