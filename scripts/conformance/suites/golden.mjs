// numcodecs' golden files: each case becomes an array of one chunk, as Zarr v2 writes it, and as v3 where v3 has the codec.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../data.mjs";
import { arrayV2, arrayV3 } from "./documents.mjs";

export const name = "codecs/dev";
export const needs = "codecs/dev/manifest.json";

/** Codecs that v2 keeps in `filters`; the others are compressors. */
const FILTERS = new Set(
	"astype base64 categorize delta fixedscaleoffset json2 packbits quantize vlen-array vlen-bytes vlen-utf8".split(" "),
);
/** What zarr-python 3 writes under `numcodecs.*`: from arrays to arrays, from arrays to bytes, from bytes to bytes. */
const V3_ARRAYS = new Set("astype delta fixedscaleoffset packbits quantize".split(" "));
const V3_TO_BYTES = new Set("pcodec zfpy".split(" "));
const V3_BYTES = new Set("adler32 blosc bz2 crc32 crc32c gzip lz4 lzma shuffle zlib zstd".split(" "));

export function* cases({ shared, servers }) {
	const folder = join(shared, "codecs/dev");
	const manifest = readJson(folder, "manifest.json");
	for (const { codec, config, source, encoded, decoded } of manifest.cases) {
		const label = source.replace("fixture/", "").replace("/encoded.", "/").replace(".dat", "");
		const chunk = readFileSync(join(folder, encoded.file));
		const expected = expectation(folder, decoded, codec === "json2" ? JSON.parse(chunk).at(-1) : undefined);
		const layout = { shape: expected.shape, dtype: decoded.dtype ?? "|O", order: decoded.order ?? "C" };
		const make = (format, key, document, metadata) => ({
			name: `${label} (v${format})`,
			format: `Zarr v${format}`,
			source: servers.serve(`golden/v${format}/${label}`, { [metadata]: JSON.stringify(document), [key]: chunk }),
			variable: "",
			expected,
		});
		const zeros = layout.shape.map(() => 0);
		const filter = FILTERS.has(codec);
		const v2 = arrayV2({ ...layout, filters: filter ? [config] : null, compressor: filter ? null : config });
		yield make(2, zeros.join("."), v2, ".zarray");
		const codecs = codecsV3(codec, config, layout);
		if (codecs) yield make(3, ["c", ...zeros].join("/"), arrayV3({ ...layout, codecs }), "zarr.json");
	}
}

/** Shape and bytes in C order, or the elements of an array of objects, whose shape json2 writes down. */
function expectation(folder, decoded, shapeOfObjects) {
	if (decoded.kind !== "raw bytes") {
		const values = readJson(folder, decoded.file);
		return { shape: shapeOfObjects ?? [values.length], dtype: "object", values_c_order: values };
	}
	const { dtype, shape, order, file } = decoded;
	const stored = readFileSync(join(folder, file));
	return { shape, dtype, bytes: order === "F" ? fromFortran(stored, shape) : stored };
}

/** Bytes in C order of an array in F order. */
function fromFortran(stored, shape) {
	const count = shape.reduce((a, b) => a * b, 1);
	const size = stored.length / count;
	const bytes = new Uint8Array(stored.length);
	for (let i = 0; i < count; i += 1) {
		let [rest, at, stride] = [i, 0, count];
		for (let d = shape.length - 1; d >= 0; d -= 1) {
			stride /= shape[d];
			at += (rest % shape[d]) * stride;
			rest = Math.floor(rest / shape[d]);
		}
		bytes.set(stored.subarray(at * size, (at + 1) * size), i * size);
	}
	return bytes;
}

/** The v3 chain; undefined where v3 has no such codec, or no such type. */
function codecsV3(codec, { id, ...configuration }, { dtype, order, shape }) {
	if (dtype === "|S3" && V3_ARRAYS.has(codec)) return undefined;
	const named = { name: `numcodecs.${id}`, configuration };
	const transpose =
		order === "F" ? [{ name: "transpose", configuration: { order: shape.map((_, d) => d).reverse() } }] : [];
	const bytes = { name: "bytes", configuration: { endian: "little" } };
	if (V3_BYTES.has(codec)) return [...transpose, bytes, named];
	if (V3_TO_BYTES.has(codec)) return [...transpose, named];
	if (V3_ARRAYS.has(codec)) return [...transpose, named, bytes];
	return undefined;
}
