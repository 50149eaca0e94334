// zarr-python's metadata documents: arrays and groups open, codec configurations are understood, fill values are those.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../data.mjs";
import { arrayV3 } from "./documents.mjs";

export const name = "peers/zarr_metadata";
export const needs = "peers/zarr_metadata";

export function* cases({ shared, servers }) {
	const folder = join(shared, "peers/zarr_metadata");
	yield* documents(folder, servers);
	yield* configurations(folder, servers);
	yield* fillValues(folder, servers);
}

/** Whole documents. What an array without chunks holds is its fill value. */
function* documents(folder, servers) {
	for (const path of ["v2/array", "v2/group", "v2/consolidated", "v3/array", "v3/group", "v3/consolidated"]) {
		const [version, kind] = path.split("/");
		for (const file of readdirSync(join(folder, path))) {
			const label = `${path}/${file.replace(".json", "")}`;
			const document = grouped(readJson(folder, path, file), version);
			const key =
				version === "v3" ? "zarr.json" : { array: ".zarray", group: ".zgroup", consolidated: ".zmetadata" }[kind];
			const source = servers.serve(`metadata/${label}`, { [key]: JSON.stringify(document) });
			const format = `Zarr ${version}`;
			if (kind !== "array") yield { name: label, format, source, opens: nodesOf(document, version) };
			else yield { name: label, format, source, variable: "", expected: { shape: document.shape, uniform: true } };
		}
	}
}

/** v3's consolidated metadata are a member of their group's document; the files hold that member alone. */
function grouped(document, version) {
	if (version !== "v3" || document.kind !== "inline") return document;
	return { zarr_format: 3, node_type: "group", attributes: {}, consolidated_metadata: document };
}

/** Paths of arrays that a group's document consolidates. */
function nodesOf(document, version) {
	const entries = (version === "v2" ? document.metadata : document.consolidated_metadata?.metadata) ?? {};
	if (version === "v3") return Object.keys(entries).filter((path) => entries[path].node_type === "array");
	return Object.keys(entries)
		.filter((key) => key.endsWith(".zarray"))
		.map((key) => key.replace(/\/?\.zarray$/, ""));
}

/** What may stand in for the rest of an array that uses one codec, one grid or one key encoding. */
const BYTES = { name: "bytes", configuration: { endian: "little" } };
const PLACES = {
	codec: (value, kind) => ({ codecs: chainOf(value, kind) }),
	chunk_grid: (value) => ({ chunk_grid: value, shape: kindShape(value) }),
	chunk_key_encoding: (value) => ({ chunk_key_encoding: value }),
};

function chainOf(value, kind) {
	if (kind === "bytes" || kind === "sharding_indexed") return [value];
	return kind === "transpose" || kind === "cast_value" || kind === "scale_offset" ? [value, BYTES] : [BYTES, value];
}

/** A shape that a chunk grid covers. */
function kindShape({ configuration }) {
	const { chunk_shape: regular, chunk_shapes: lists } = configuration;
	if (regular) return regular;
	const runs = (list) => list.reduce((sum, n) => sum + (Array.isArray(n) ? n[0] * n[1] : n), 0);
	return lists.map((list) => (Array.isArray(list) ? runs(list) : list));
}

function* configurations(folder, servers) {
	for (const [place, change] of Object.entries(PLACES)) {
		for (const kind of readdirSync(join(folder, "v3", place))) {
			for (const [label, value] of Object.entries(readJson(folder, "v3", place, kind, "cases.json"))) {
				const ranks = value.configuration?.order?.length ?? value.configuration?.chunk_shape?.length ?? 2;
				const shape = value.configuration?.chunk_shape ?? Array(ranks).fill(4);
				const document = { ...arrayV3({ shape, dtype: typeFor(kind), codecs: [BYTES] }), ...change(value, kind) };
				const path = `v3/${place}/${kind}/${label}`;
				yield {
					name: path,
					format: "Zarr v3",
					source: servers.serve(`metadata/${path}`, { "zarr.json": JSON.stringify(document) }),
					variable: "",
					expected: { shape: document.shape, uniform: true },
				};
			}
		}
	}
}

const typeFor = (kind) => (kind === "scale_offset" || kind === "cast_value" ? "float64" : "float32");

/** An array without chunks, of which every value is the fill value. */
function* fillValues(folder, servers) {
	for (const type of readdirSync(join(folder, "v3/data_type"))) {
		const files = readdirSync(join(folder, "v3/data_type", type));
		const dataType = files.includes("data_type.json")
			? readJson(folder, "v3/data_type", type, "data_type.json")
			: undefined;
		for (const [label, fill] of Object.entries(readJson(folder, "v3/data_type", type, "fill_values.json"))) {
			const dtype = type === "raw" ? `r${8 * fill.length}` : type;
			const codecs = type === "string" ? ["vlen-utf8"] : type === "bytes" ? ["vlen-bytes"] : [BYTES];
			const document = {
				...arrayV3({ shape: [2], dtype, fill, codecs }),
				...(dataType ? { data_type: dataType } : {}),
			};
			const path = `v3/data_type/${type}/${label}`;
			yield {
				name: path,
				format: "Zarr v3",
				source: servers.serve(`metadata/${path}`, { "zarr.json": exact(document) }),
				variable: "",
				expected: { shape: [2], ...fillExpected(type, fill, dataType) },
			};
		}
	}
}

/** JSON whose extreme integers are those of the file, which a double had rounded. */
function exact(document) {
	const text = JSON.stringify(document).replace("18446744073709552000", "18446744073709551615");
	return text
		.replace("-9223372036854776000", "-9223372036854775808")
		.replace("9223372036854776000", "9223372036854775807");
}

function fillExpected(type, fill) {
	const twice = (value) => [value, value];
	const hex = (text) => BigInt(text);
	if (type === "float16" || type === "float32" || type === "float64") {
		const value = typeof fill === "string" && fill.startsWith("0x") ? floatOf(hex(fill), type) : fill;
		return { values_c_order: twice(value), dtype: type };
	}
	if (type.startsWith("complex")) {
		const part = type === "complex64" ? "float32" : "float64";
		const one = (x) => (typeof x === "string" && x.startsWith("0x") ? floatOf(hex(x), part) : x);
		return { values_c_order: twice(fill.map(one)), dtype: type };
	}
	if (type.endsWith("64") && fill > Number.MAX_SAFE_INTEGER) {
		return { values_c_order: twice(type === "uint64" ? "18446744073709551615" : "9223372036854775807"), dtype: type };
	}
	if (type.endsWith("64") && fill < Number.MIN_SAFE_INTEGER)
		return { values_c_order: twice("-9223372036854775808"), dtype: type };
	if (type === "numpy_datetime64" || type === "numpy_timedelta64") {
		const count = fill === "NaT" ? "-9223372036854775808" : String(fill);
		const dtype = type === "numpy_datetime64" ? "datetime64[ns]" : "timedelta64[s]";
		return { values_c_order: twice({ i8: count }), dtype };
	}
	if (type === "raw" || type === "bytes") {
		const bytes = typeof fill === "string" ? Buffer.from(fill, "base64") : Buffer.from(fill);
		return { values_c_order: twice({ hex: bytes.toString("hex") }), dtype: "object" };
	}
	if (type === "struct") return { uniform: true };
	return { values_c_order: twice(fill), dtype: type === "string" ? "object" : type };
}

/** The number of a bit pattern; every NaN is "NaN". */
function floatOf(bits, type) {
	const view = new DataView(new ArrayBuffer(8));
	if (type === "float64") view.setBigUint64(0, bits);
	if (type === "float32") view.setUint32(0, Number(bits));
	const half = Number(bits);
	const value = type === "float64" ? view.getFloat64(0) : type === "float32" ? view.getFloat32(0) : halfOf(half);
	return Number.isNaN(value) ? "NaN" : Number.isFinite(value) ? value : value > 0 ? "Infinity" : "-Infinity";
}

function halfOf(bits) {
	const exponent = (bits >> 10) & 31;
	const fraction = bits & 1023;
	const size =
		exponent === 31
			? fraction
				? Number.NaN
				: Infinity
			: exponent
				? (1 + fraction / 1024) * 2 ** (exponent - 15)
				: fraction * 2 ** -24;
	return bits & 0x8000 ? -size : size;
}
