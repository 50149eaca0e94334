// Consolidated metadata of very many arrays, made without chance: Zarr v2 (`.zmetadata`) or v3 (`zarr.json`). About 1 kB
// for each array, most of it attributes as climate models write them, bare NaN and integers beyond 2^53 among them.
import { mkdirSync, openSync, writeSync, closeSync } from "node:fs";
import { join } from "node:path";

const WORDS = "monthly mean of the sea surface temperature at ten metres above the ground as simulated by".split(" ");

/** Attributes of the array with a number, with so many words of history. */
function attributes(n, words) {
	const history = Array.from({ length: words }, (_, i) => WORDS[(n * 7 + i * 11) % WORDS.length]).join(" ");
	return (
		`{"units":"K","long_name":"variable number ${n}","standard_name":"air_temperature","cell_methods":"time: mean",` +
		`"coordinates":"lat lon","_FillValue":NaN,"valid_range":[-1.5,${n}.25],"checksum":${9007199254740993n + BigInt(n)},` +
		`"flags":{"ok":true,"masks":[1,2,4]},"history":"${history}"}`
	);
}

/** Three dimensions, every tenth array other lengths. */
const shapeOf = (n) => [365 + (n % 10), 180, 360];
const DIMS = '["time","lat","lon"]';

function v2Array(path, n) {
	const shape = shapeOf(n).join();
	const zarray =
		`{"chunks":[1,180,360],"compressor":{"blocksize":0,"clevel":5,"cname":"lz4","id":"blosc","shuffle":1},` +
		`"dtype":"<f4","fill_value":"NaN","filters":null,"order":"C","shape":[${shape}],"zarr_format":2}`;
	const zattrs = `{"_ARRAY_DIMENSIONS":${DIMS},${attributes(n, 85).slice(1)}`;
	return `"${path}/.zarray":${zarray},"${path}/.zattrs":${zattrs}`;
}

function v3Array(path, n) {
	const codecs = '[{"name":"bytes","configuration":{"endian":"little"}},{"name":"zstd","configuration":{"level":3}}]';
	return (
		`"${path}":{"zarr_format":3,"node_type":"array","shape":[${shapeOf(n)}],"data_type":"float32",` +
		`"chunk_grid":{"name":"regular","configuration":{"chunk_shape":[1,180,360]}},"fill_value":"NaN","codecs":${codecs},` +
		`"chunk_key_encoding":{"name":"default","configuration":{"separator":"/"}},"dimension_names":${DIMS},` +
		`"attributes":${attributes(n, 60)}}`
	);
}

const FORMATS = {
	2: {
		file: ".zmetadata",
		open: '{"metadata":{".zgroup":{"zarr_format":2}',
		group: (path) => `"${path}/.zgroup":{"zarr_format":2},"${path}/.zattrs":{"title":"group ${path}"}`,
		array: v2Array,
		close: '},"zarr_consolidated_format":1}',
	},
	3: {
		file: "zarr.json",
		open: '{"zarr_format":3,"node_type":"group","attributes":{},"consolidated_metadata":{"kind":"inline","must_understand":false,"metadata":{"first":{"zarr_format":3,"node_type":"group","attributes":{}}',
		group: (path) => `"${path}":{"zarr_format":3,"node_type":"group","attributes":{"title":"group ${path}"}}`,
		array: v3Array,
		close: "}}}",
	},
};

/**
 * Writes a store's one document into a folder, piece by piece, and gives its size in bytes. With `groups`, the arrays are
 * spread over so many groups; without, all lie in the root.
 */
export function writeConsolidated(folder, { format, arrays, groups = 0 }) {
	const { file, open, group, array, close } = FORMATS[format];
	mkdirSync(folder, { recursive: true });
	const out = openSync(join(folder, file), "w");
	let size = 0;
	const write = (text) => {
		size += writeSync(out, text);
	};
	write(open);
	for (let g = 0; g < groups; g++) write(`,${group(`run_${g}`)}`);
	let block = "";
	for (let n = 0; n < arrays; n++) {
		block += `,${array(pathOf(n, groups), n)}`;
		if (block.length > 1 << 20 || n === arrays - 1) {
			write(block);
			block = "";
		}
	}
	write(close);
	closeSync(out);
	return size;
}

/** The path of an array by its number. */
export function pathOf(n, groups) {
	return groups > 0 ? `run_${n % groups}/v${n}` : `v${n}`;
}
