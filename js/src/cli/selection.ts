/**
 * `--sel`, `--nearest` and `--isel`: text to the document's selectors.
 *
 *     --sel lat=20:60  lat=:60  time=2013-01-01T06:00..2013-02   both ends included
 *     --sel lat=250    lon=10,20,30                              labels that must be there
 *     --sel time=2013-06                                         a text: all that it means
 *     --sel lon=~250   --nearest lon=250                         the nearest label
 *     --isel level=0   time=0:10:2   time=0,5,-1                 positions
 */

import type { Label, Selector } from "../api/spec.js";
import type { Flags } from "./flags.js";
import { UsageError } from "./usage.js";

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const CLOCK = /\d[T ]\d\d/;
const ONE_TIME = /^[+-]?\d{4,}(-\d\d){0,2}[T ]\d\d(:\d\d(:\d\d(\.\d+)?)?)?Z?$/;
/** Dimensions along which `2013` is a year, not the number. */
const TIME_NAME = /time|date|^t$/i;

/** The selectors of a call, by dimension; undefined if there are none. */
export function selectionOf(flags: Flags, decoded: boolean): Record<string, Selector> | undefined {
	const select: Record<string, Selector> = {};
	const readers: Record<string, (dim: string, text: string) => Selector> = {
		sel: (dim, text) => byLabel(dim, text, decoded),
		nearest: (dim, text) => ({ nearest: labelsOf(text, yearsIn(dim, decoded), `--nearest ${dim}`) }),
		isel: byPosition,
	};
	for (const { name, value } of flags.given) {
		const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
		if (!read) continue;
		// `lat=20:60,lon=10,20` are two: a comma before `name=` ends the first.
		for (const part of value.split(/,(?=[^,=]+=)/)) {
			const [dim, text] = nameAndText(part, `--${name}`);
			if (Object.hasOwn(select, dim)) throw new UsageError(`${dim} is selected twice`);
			select[dim] = read(dim, text);
		}
	}
	return Object.keys(select).length > 0 ? select : undefined;
}

/** `name=text`, neither empty. */
export function nameAndText(part: string, flag: string): [string, string] {
	const equals = part.indexOf("=");
	if (equals < 1 || equals === part.length - 1) throw new UsageError(`${flag} wants dimension=value, not ${part}`);
	return [part.slice(0, equals), part.slice(equals + 1)];
}

function byLabel(dim: string, text: string, decoded: boolean): Selector {
	const flag = `--sel ${dim}`;
	const years = yearsIn(dim, decoded);
	if (text.startsWith("~")) return { nearest: labelsOf(text.slice(1), years, flag) };
	const ends = endsOf(text, flag);
	if (ends) {
		const [from, to] = ends.map((end) => end.trim());
		if (!from && !to) throw new UsageError(`${flag} wants a label on one side at least`);
		return { ...(from ? { from: labelOf(from, years) } : {}), ...(to ? { to: labelOf(to, years) } : {}) };
	}
	const labels = labelsOf(text, years, flag);
	if (Array.isArray(labels)) return { values: labels };
	return typeof labels === "string" ? { from: labels, to: labels } : { values: [labels] };
}

/** Both ends of a range; undefined if the text is none. */
function endsOf(text: string, flag: string): [string, string] | undefined {
	const dots = text.indexOf("..");
	if (dots >= 0) return [text.slice(0, dots), text.slice(dots + 2)];
	if (!text.includes(":") || text.split(",").every((part) => ONE_TIME.test(part))) return undefined;
	if (CLOCK.test(text))
		throw new UsageError(`${flag}: between times with a clock write .. instead of a colon, as in a..b`);
	const parts = text.split(":");
	if (parts.length !== 2) throw new UsageError(`${flag} wants from:to, not ${text}`);
	return [parts[0] ?? "", parts[1] ?? ""];
}

function labelsOf(text: string, years: boolean, flag: string): Label | Label[] {
	const parts = text.split(",").map((part) => part.trim());
	if (parts.includes("")) throw new UsageError(`${flag} has an empty label`);
	const labels = parts.map((part) => labelOf(part, years));
	return labels.length === 1 ? (labels[0] as Label) : labels;
}

function labelOf(text: string, years: boolean): Label {
	if (!JSON_NUMBER.test(text) || (years && /^\d{4}$/.test(text))) return text;
	const value = Number(text);
	// Digits that a double would round are kept as they are written.
	return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? text : value;
}

function yearsIn(dim: string, decoded: boolean): boolean {
	return decoded && TIME_NAME.test(dim);
}

function byPosition(dim: string, text: string): Selector {
	const flag = `--isel ${dim}`;
	if (!text.includes(":")) {
		const positions = text.split(",").map((part) => positionOf(part, flag));
		return { index: positions.length === 1 ? (positions[0] as number) : positions };
	}
	const parts = text.split(":");
	if (parts.length > 3) throw new UsageError(`${flag} wants start:stop:step, not ${text}`);
	const [start, stop, step] = parts.map((part) => (part.trim() === "" ? undefined : positionOf(part, flag)));
	if (step !== undefined && step < 1) throw new UsageError(`${flag} wants a step from 1 on, not ${step}`);
	const given = {
		...(start === undefined ? {} : { start }),
		...(stop === undefined ? {} : { stop }),
		...(step === undefined ? {} : { step }),
	};
	// The core wants one form at least; `:` is the whole.
	return Object.keys(given).length > 0 ? given : { start: 0 };
}

function positionOf(text: string, flag: string): number {
	const value = text.trim() === "" ? Number.NaN : Number(text);
	if (!Number.isSafeInteger(value)) throw new UsageError(`${flag} wants whole numbers, not ${text || "nothing"}`);
	return value;
}
