/** Numbers, sizes and labels as people read them. */

import type { Label } from "zarrscope";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** "870 kB", "1.7 MB": decimal units, as networks and disks are sold. */
export function bytes(count: number): string {
	let value = count;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit += 1;
	}
	const text = unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
	return `${text} ${UNITS[unit]}`;
}

export function count(n: number, singular: string, plural = `${singular}s`): string {
	return `${integer(n)} ${n === 1 ? singular : plural}`;
}

/** Digits in groups of three, with a space that does not break. */
export function integer(n: number): string {
	return String(n).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** Up to seven digits. */
export function quantity(x: number): string {
	if (Number.isNaN(x)) return "missing";
	return Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(7)));
}

/** A coordinate's label; times without what is zero in them. */
export function labelText(value: Label | null | undefined): string {
	if (value === null || value === undefined) return "missing";
	return typeof value === "number"
		? quantity(value)
		: value.replace(/T00:00:00(\.0+)?Z?$/, "").replace(/(T\d\d:\d\d):00$/, "$1");
}

export function shapeText(shape: readonly number[]): string {
	return shape.length === 0 ? "scalar" : shape.map(integer).join(" × ");
}

/** An attribute's value in one line. */
export function attributeText(value: unknown): string {
	if (typeof value === "string") return value;
	const text = JSON.stringify(value) ?? String(value);
	return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
