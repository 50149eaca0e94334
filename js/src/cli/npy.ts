/** NPY, format 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */

import { ZarrscopeError } from "../errors.js";
import { encodeField } from "./encode.js";
import type { Field } from "./variables.js";

/** The header ends where numpy can map the values. */
const ALIGNMENT = 64;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/** A field as an NPY file. A file holds one array: of several, as a trend gives, nothing is written. */
export function npyOf(fields: Field[]): Uint8Array[] {
	const [field, ...others] = fields;
	if (!field || others.length > 0) {
		const names = fields.map(({ name }) => name).join(", ");
		throw new ZarrscopeError({
			code: "unsupported",
			message: `an .npy file holds one array, not ${names}; .zarr holds them all`,
		});
	}
	const { dtype, bytes } = encodeField(field);
	return [header(dtype, field.shape), bytes];
}

function header(dtype: string, shape: number[]): Uint8Array {
	const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
	const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${lengths}), }`;
	const before = MAGIC.length + 2;
	const padded = `${text.padEnd(Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before - 1)}\n`;
	const length = [padded.length & 0xff, padded.length >> 8];
	return Uint8Array.from([...MAGIC, ...length, ...new TextEncoder().encode(padded)]);
}
