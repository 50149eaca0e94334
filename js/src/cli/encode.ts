/** Values to little-endian bytes in C order: what NPY files and Zarr chunks hold. */

import type { Labels, Value } from "../api/result.js";
import { ZarrscopeError } from "../errors.js";
import type { Field } from "./variables.js";

/** Bytes, and what numpy calls their type: `<f8`, `<i8`, `<u8`, `|b1`, `<U12`. */
export interface Encoded {
	dtype: string;
	bytes: Uint8Array;
}

/**
 * The values of a field: float64 for all floating types, int64 for integers (uint64 stays what it is), bool.
 *
 * @throws {ZarrscopeError} `unsupported` for text and complex numbers.
 */
export function encodeField({ name, dtype, data }: Field): Encoded {
	const integer = /^u?int\d+$/.test(dtype) && !Array.prototype.some.call(data, isMissing);
	if (dtype === "uint64" && integer)
		return { dtype: "<u8", bytes: words(data, (view, at, value) => view.setBigUint64(at, BigInt(value), true)) };
	if (integer)
		return { dtype: "<i8", bytes: words(data, (view, at, value) => view.setBigInt64(at, BigInt(value), true)) };
	if (/^bool/.test(dtype))
		return { dtype: "|b1", bytes: Uint8Array.from(data as ArrayLike<Value>, (value) => (value ? 1 : 0)) };
	if (!/^(b?float|u?int)\d+$/.test(dtype) || !Array.prototype.every.call(data, isNumber)) {
		const message = `${dtype} cannot be written to this kind of file; .json and .csv hold it`;
		throw new ZarrscopeError({ code: "unsupported", message, path: name });
	}
	return { dtype: "<f8", bytes: encodeNumbers(data as ArrayLike<number>) };
}

/** Numbers as float64; missing ones are NaN. */
export function encodeNumbers(numbers: ArrayLike<number | null>): Uint8Array {
	const bytes = new Uint8Array(numbers.length * 8);
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < numbers.length; i += 1) view.setFloat64(i * 8, numbers[i] ?? Number.NaN, true);
	return bytes;
}

/** Texts, all as long as the longest, four bytes to a character. */
export function encodeTexts(labels: Labels): Encoded {
	const texts = labels.map((label) => Array.from(label === null ? "" : String(label), (c) => c.codePointAt(0) ?? 0));
	const width = texts.reduce((widest, text) => Math.max(widest, text.length), 1);
	const bytes = new Uint8Array(texts.length * width * 4);
	const view = new DataView(bytes.buffer);
	for (const [t, text] of texts.entries()) {
		for (const [c, point] of text.entries()) view.setUint32((t * width + c) * 4, point, true);
	}
	return { dtype: `<U${width}`, bytes };
}

function words(data: Field["data"], set: (view: DataView, at: number, value: number | string) => void): Uint8Array {
	const bytes = new Uint8Array(data.length * 8);
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < data.length; i += 1) set(view, i * 8, data[i] as number | string);
	return bytes;
}

function isMissing(value: Value): boolean {
	return value === null || (typeof value === "number" && !Number.isFinite(value));
}

function isNumber(value: Value): boolean {
	return typeof value === "number" || value === null;
}
