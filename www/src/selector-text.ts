/**
 * What is taken of a dimension, as one readable text, in links:
 *
 *     2013..2014   labels, both ends included; an end may be absent
 *     ~250         the nearest label (~10,20: a list, which keeps the dimension)
 *     @0           a position, negative from the end (@0,5: a list)
 *     @0:12:2      positions, the second excluded, and a step
 *     =20,30       these labels
 */

import type { Label, Selector } from "zarrscope";

export function selectorText(form: Selector): string {
	if ("nearest" in form) return `~${[form.nearest].flat().map(labelText).join(",")}${listMark(form.nearest)}`;
	if ("values" in form) return `=${form.values.map(labelText).join(",")}`;
	if ("index" in form) return `@${[form.index].flat().join(",")}${listMark(form.index)}`;
	if ("from" in form || "to" in form) return `${endText(form.from)}..${endText(form.to)}`;
	const { start, stop, step } = form as { start?: number; stop?: number; step?: number };
	return `@${start ?? ""}:${stop ?? ""}${step === undefined ? "" : `:${step}`}`;
}

/** The form that a text stands for; undefined if it stands for none. */
export function parseSelector(text: string): Selector | undefined {
	if (text.startsWith("~")) return nearest(text.slice(1));
	if (text.startsWith("@")) return positions(text.slice(1));
	if (text.startsWith("=")) {
		const values = labels(text.slice(1));
		return values && { values };
	}
	const at = text.indexOf("..");
	if (at < 0) return undefined;
	const [from, to] = [label(text.slice(0, at)), label(text.slice(at + 2))];
	return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** A text as a label: a number if it is written as numbers are, text (a time) otherwise; undefined if there is none. */
export function label(text: string): Label | undefined {
	const plain = unescaped(text.trim());
	if (plain === "") return undefined;
	return isPlainNumber(plain) ? Number(plain) : plain;
}

/** "2013" may be a number or a year, and both mean the same; "0001" and "1e400" are text. */
function isPlainNumber(text: string): boolean {
	return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

function nearest(text: string): Selector | undefined {
	const values = labels(text);
	if (!values?.length) return undefined;
	return { nearest: values.length === 1 && !text.endsWith(",") ? (values[0] as Label) : values };
}

function labels(text: string): Label[] | undefined {
	const values = text.replace(/,$/, "").split(",").map(label);
	return values.every((value) => value !== undefined) ? (values as Label[]) : undefined;
}

function positions(text: string): Selector | undefined {
	if (!text.includes(":")) {
		const list = text.replace(/,$/, "").split(",").map(integer);
		if (!list.every((position) => position !== undefined)) return undefined;
		return { index: list.length === 1 && !text.endsWith(",") ? (list[0] as number) : (list as number[]) };
	}
	const parts = text.split(":");
	if (parts.length > 3) return undefined;
	const numbers = parts.map(integer);
	if (parts.some((part, i) => part.trim() !== "" && numbers[i] === undefined)) return undefined;
	const [start, stop, step] = numbers;
	if (step !== undefined && step < 1) return undefined;
	const form = {
		...(start === undefined ? {} : { start }),
		...(stop === undefined ? {} : { stop }),
		...(step === undefined ? {} : { step }),
	};
	// A form without any bound is the whole dimension, which is written by leaving it out.
	return Object.keys(form).length > 0 ? form : { start: 0 };
}

function integer(text: string): number | undefined {
	return /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

/** One-element lists end with a comma, since they keep their dimension. */
function listMark(value: unknown): string {
	return Array.isArray(value) && value.length === 1 ? "," : "";
}

function endText(value: Label | undefined): string {
	return value === undefined ? "" : labelText(value);
}

/** Marks of this notation inside a label are escaped by `%`, once more than the link itself does. */
function labelText(value: Label): string {
	return String(value).replace(/%|,|\.\.|^[~@=.]|\.$/g, (mark) =>
		[...mark].map((c) => `%${c.charCodeAt(0).toString(16)}`).join(""),
	);
}

function unescaped(text: string): string {
	return text.replace(/%(25|2c|2e|7e|40|3d)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
