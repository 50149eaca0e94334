// A Zarr v2 store made on the fly, so that GiBs can be served without a disk to hold them.

/** @typedef {import('./sources.mjs').Generated} Generated */

/** Both are exact in binary, and so is every partial sum of them that a reader may form. */
const VALUES = [0.5, 2];

const DIMENSIONS = [[], ["time"], ["lat", "lon"], ["time", "lat", "lon"]];

/** Cell centres over the whole globe, and hours. */
const COORDINATES = {
	time: {
		at: (i, _n, hours) => i * hours,
		attributes: { standard_name: "time", units: "hours since 2000-01-01 00:00:00", calendar: "proleptic_gregorian" },
	},
	lat: {
		at: (i, n) => -90 + ((i + 0.5) * 180) / n,
		attributes: { standard_name: "latitude", units: "degrees_north" },
	},
	lon: {
		at: (i, n) => ((i + 0.5) * 360) / n,
		attributes: { standard_name: "longitude", units: "degrees_east" },
	},
};

/** @type {Map<string, Buffer>} */
const blocks = new Map();

/** The one buffer behind all chunks of this value and length, in every store. */
function block(value, length) {
	const key = `${value} ${length}`;
	if (!blocks.has(key)) {
		const cell = Buffer.alloc(4);
		cell.writeFloatLE(value);
		blocks.set(key, Buffer.alloc(length, cell));
	}
	return blocks.get(key);
}

/**
 * A `generate` function for a store holding one uncompressed float32 array. Each chunk is constant, and
 * neighbours alternate between two values, like the fields of a chessboard.
 *
 * @param {object} options
 * @param {number[]} options.shape  Of one to three dimensions: time, lat × lon, or all three.
 * @param {number[]} options.chunks
 * @param {string} [options.name]  Of the array.
 * @param {string} [options.prefix]  Where the store is mounted, such as `/big.zarr`.
 * @param {number} [options.hours]  Between two times.
 */
export function generatedStore({ shape, chunks, name = "temperature", prefix = "", hours = 1 }) {
	const dimensions = DIMENSIONS[shape.length];
	if (!dimensions?.length || chunks.length !== shape.length)
		throw new RangeError("shape and chunks must have 1 to 3 dimensions");

	const files = storeFiles({ shape, chunks, name, dimensions, hours });
	const chunkLength = 4 * product(chunks);
	const counts = shape.map((length, axis) => Math.ceil(length / chunks[axis]));

	/** @returns {Generated | undefined} */
	function generate(path) {
		if (!path.startsWith(`${prefix}/`)) return undefined;
		const key = path.slice(prefix.length + 1);
		const buffer = files.get(key) ?? chunk(key);
		return (
			buffer && { length: buffer.length, etag: `"${key}-${buffer.length}"`, bytes: (s, e) => buffer.subarray(s, e) }
		);
	}

	function chunk(key) {
		if (!key.startsWith(`${name}/`)) return undefined;
		const parts = key.slice(name.length + 1).split(".");
		const index = parts.map(Number);
		const exists =
			index.length === shape.length &&
			index.every((i, axis) => String(i) === parts[axis] && Number.isInteger(i) && i >= 0 && i < counts[axis]);
		return exists ? block(VALUES[sum(index) % 2], chunkLength) : undefined;
	}

	return Object.assign(generate, {
		/** Exact, over the cells inside the shape (edge chunks are stored whole). */
		mean: exactMean(shape, chunks),
		/** Of the array, as a reader has it in memory. */
		byteLength: 4 * product(shape),
		/** @param {number[]} cell */
		valueAt: (...cell) => VALUES[sum(cell.map((i, axis) => Math.floor(i / chunks[axis]))) % 2],
	});
}

/**
 * Counts the cells of either colour one axis at a time, which spares a walk over all chunks.
 *
 * @param {number[]} shape
 * @param {number[]} chunks
 */
function exactMean(shape, chunks) {
	let [even, odd] = [1, 0];
	shape.forEach((length, axis) => {
		const size = chunks[axis];
		const pairs = Math.floor(length / (2 * size));
		const rest = length - pairs * 2 * size;
		const e = pairs * size + Math.min(rest, size);
		const o = length - e;
		[even, odd] = [even * e + odd * o, even * o + odd * e];
	});
	return (even * VALUES[0] + odd * VALUES[1]) / (even + odd);
}

/** Everything but the chunks of the array, by key. */
function storeFiles({ shape, chunks, name, dimensions, hours }) {
	const arrays = [
		[
			name,
			{
				meta: arrayMetadata(shape, chunks, "<f4", "NaN"),
				attributes: { _ARRAY_DIMENSIONS: dimensions, long_name: name, units: "K" },
			},
		],
		...dimensions.map((dimension, axis) => [dimension, coordinate(dimension, shape[axis], hours)]),
	];

	const metadata = { ".zgroup": { zarr_format: 2 }, ".zattrs": { Conventions: "CF-1.8" } };
	const files = new Map();
	for (const [path, { meta, attributes, data }] of arrays) {
		metadata[`${path}/.zarray`] = meta;
		metadata[`${path}/.zattrs`] = attributes;
		if (data) files.set(`${path}/0`, data);
	}

	const add = (key, value) => files.set(key, Buffer.from(JSON.stringify(value, null, 2)));
	for (const [key, value] of Object.entries(metadata)) add(key, value);
	add(".zmetadata", { zarr_consolidated_format: 1, metadata });
	return files;
}

function coordinate(dimension, length, hours) {
	const { at, attributes } = COORDINATES[dimension];
	const data = Buffer.alloc(8 * length);
	for (let i = 0; i < length; i++) data.writeDoubleLE(at(i, length, hours), 8 * i);
	return {
		meta: arrayMetadata([length], [length], "<f8", null),
		attributes: { _ARRAY_DIMENSIONS: [dimension], ...attributes },
		data,
	};
}

function arrayMetadata(shape, chunks, dtype, fillValue) {
	return { zarr_format: 2, shape, chunks, dtype, compressor: null, filters: null, fill_value: fillValue, order: "C" };
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const product = (numbers) => numbers.reduce((a, b) => a * b, 1);
