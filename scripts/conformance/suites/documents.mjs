// Metadata of arrays of one chunk, as zarr-python writes it.

export function arrayV2({ shape, dtype, order = "C", filters = null, compressor = null, fill = 0 }) {
	const fillValue = dtype === "|O" || dtype.startsWith("|S") ? "" : fill;
	return { zarr_format: 2, shape, chunks: shape, dtype, order, filters, compressor, fill_value: fillValue };
}

export function arrayV3({ shape, dtype, codecs, fill, chunks = shape }) {
	return {
		zarr_format: 3,
		node_type: "array",
		shape,
		data_type: typeV3(dtype),
		chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
		chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
		fill_value: fill ?? (/^\|S/.test(dtype) ? "" : dtype === "|b1" ? false : 0),
		codecs,
	};
}

const NAMES = {
	b1: "bool",
	i1: "int8",
	u1: "uint8",
	i2: "int16",
	u2: "uint16",
	i4: "int32",
	u4: "uint32",
	i8: "int64",
	u8: "uint64",
	f2: "float16",
	f4: "float32",
	f8: "float64",
	c8: "complex64",
	c16: "complex128",
};

/** The v3 data type of one that numpy names; names of v3 pass as they are. */
export function typeV3(dtype) {
	const bare = dtype.replace(/^[<>|]/, "");
	if (NAMES[bare]) return NAMES[bare];
	const time = /^(m8|M8)\[(\d*)(\w+)\]$/.exec(bare);
	const named = (name, configuration) => ({ name, configuration });
	if (time) {
		const name = time[1] === "m8" ? "numpy.timedelta64" : "numpy.datetime64";
		return named(name, { unit: time[3], scale_factor: Number(time[2] || 1) });
	}
	if (/^S\d+$/.test(bare)) return named("null_terminated_bytes", { length_bytes: Number(bare.slice(1)) });
	if (/^U\d+$/.test(bare)) return named("fixed_length_utf32", { length_bytes: 4 * Number(bare.slice(1)) });
	return dtype;
}
