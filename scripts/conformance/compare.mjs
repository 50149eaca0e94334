// Whether what was read is what was expected. Bytes decide where a type has them, values elsewhere.

import { createHash } from "node:crypto";
import { bytesOf, countOf, rawBytes } from "./encode.mjs";

/**
 * @typedef {object} Expected
 * @property {number[]} [shape]
 * @property {string} [dtype]  As numpy names it.
 * @property {unknown[]} [values_c_order]
 * @property {string} [raw_sha256_c_order_le]
 * @property {Uint8Array} [bytes]  In C order, little-endian.
 */

/**
 * What is wrong with a result, in a sentence; undefined if nothing is.
 *
 * @param {{ shape: number[], data: ArrayLike<unknown> }} result
 * @param {Expected} expected
 */
export function difference(result, expected) {
	if (expected.shape && String(result.shape) !== String(expected.shape)) {
		return `shape ${JSON.stringify(result.shape)} instead of ${JSON.stringify(expected.shape)}`;
	}
	const { values_c_order: values, raw_sha256_c_order_le: hash, dtype } = expected;
	// numpy gives text of no length one character all the same: only its values can be compared.
	const bytes = dtype === undefined || /U0$/.test(dtype) ? undefined : bytesOf(result.data, dtype);
	// Nobody says what a place holds that was never written and has no fill value: null stands for anything.
	const undefinedPlaces = values?.includes(null) ?? false;
	if (bytes && (hash || expected.bytes) && !undefinedPlaces) {
		const wanted = hash ?? sha256(expected.bytes);
		if (sha256(bytes) === wanted) return undefined;
		return (
			(values && firstDifference(result.data, values, dtype)) ??
			(expected.bytes && firstByte(bytes, expected.bytes)) ??
			`other bytes: sha256 ${sha256(bytes).slice(0, 12)} instead of ${wanted.slice(0, 12)}; starts ${preview(result.data)}`
		);
	}
	if (values) return firstDifference(result.data, values, dtype);
	return "nothing to compare with";
}

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function firstDifference(data, values, dtype) {
	if (data.length !== values.length) return `${data.length} values instead of ${values.length}`;
	for (const [i, wanted] of values.entries()) {
		if (!same(data[i], wanted, dtype)) {
			return `value ${i} is ${JSON.stringify(plain(data[i]))} instead of ${JSON.stringify(wanted)}`;
		}
	}
	return undefined;
}

function firstByte(bytes, wanted) {
	if (bytes.length !== wanted.length) return `${bytes.length} bytes instead of ${wanted.length}`;
	const at = bytes.findIndex((b, i) => b !== wanted[i]);
	return `byte ${at} is ${bytes[at]} instead of ${wanted[at]}`;
}

/** A value of a result against one of the expectation, which writes what JSON cannot as text or as an object. */
export function same(got, wanted, dtype = "") {
	if (wanted !== null && typeof wanted === "object" && !Array.isArray(wanted)) {
		if ("i8" in wanted) return countOf(got, /\[\d*(\w+)\]/.exec(dtype)?.[1]) === BigInt(wanted.i8);
		if ("hex" in wanted) return Buffer.from(rawBytes(got)).equals(Buffer.from(wanted.hex, "hex"));
		const names = Object.keys(wanted);
		return got !== null && typeof got === "object" && names.every((name) => same(got[name], wanted[name]));
	}
	if (Array.isArray(wanted)) {
		const list = got !== null && typeof got === "object" && !Array.isArray(got) ? Object.values(got) : got;
		return Array.isArray(list) && list.length === wanted.length && wanted.every((w, i) => same(list[i], w));
	}
	if (wanted === null) return true;
	if (wanted === "NaN") return Number.isNaN(got) || got === null || got === "NaN";
	if (typeof wanted === "boolean") return Boolean(got) === wanted;
	if (typeof wanted === "number")
		return typeof got === "number" ? Object.is(got, wanted) || got === wanted : String(got) === String(wanted);
	if (typeof got === "number") return String(got) === String(wanted);
	return got === wanted || (got === null && wanted === "");
}

const plain = (value) => (typeof value === "bigint" || typeof value === "number" ? String(value) : value);
const preview = (data) => JSON.stringify(Array.from(data).slice(0, 3).map(plain));
