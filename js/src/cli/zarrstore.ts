/**
 * A result as a Zarr v2 store that xarray opens: each array in one uncompressed chunk, labels as coordinates, times as CF
 * numbers, consolidated metadata. Gives files by their paths below the store.
 */

import type { Labels, Result } from "../api/result.js";
import { ZarrscopeError } from "../errors.js";
import { cfTimesOf } from "./calendar.js";
import { type Encoded, encodeField, encodeNumbers, encodeTexts } from "./encode.js";
import { errorsOf, type Field, fieldsOf, valuesIn } from "./variables.js";

/** What described the stored values, and no longer describes these. */
const ENCODING = new Set([
	"scale_factor",
	"add_offset",
	"_FillValue",
	"missing_value",
	"_Unsigned",
	"_ARRAY_DIMENSIONS",
	"coordinates",
	"bounds",
	"grid_mapping",
	"valid_range",
	"valid_min",
	"valid_max",
	"units",
	"long_name",
	"calendar",
	"role",
	"label",
]);

/** The files of a store. */
export function zarrOf(result: Result): Map<string, Uint8Array> {
	const fields = [...fieldsOf(result), ...errorsOf(result)];
	const taken = new Set(fields.map(({ name }) => name));
	const coords = allCoordinates(result).filter(({ name }) => !taken.has(name));
	const metadata: Record<string, unknown> = { ".zgroup": { zarr_format: 2 }, ".zattrs": {} };
	const files = new Map<string, Uint8Array>();
	const add = ({ name, dims, shape, encoded, attrs }: Member) => {
		metadata[`${name}/.zarray`] = arrayMetadata(shape, encoded.dtype);
		metadata[`${name}/.zattrs`] = { ...attrs, _ARRAY_DIMENSIONS: dims };
		const chunk = shape.map(() => 0).join(".") || "0";
		if (valuesIn(shape) > 0) files.set(`${name}/${chunk}`, encoded.bytes);
	};
	for (const field of fields) add(memberOf(field, coords));
	coords.forEach(add);
	for (const [path, value] of Object.entries(metadata)) files.set(path, json(value));
	files.set(".zmetadata", json({ zarr_consolidated_format: 1, metadata }));
	return files;
}

interface Member {
	name: string;
	dims: string[];
	shape: number[];
	encoded: Encoded;
	attrs: Record<string, unknown>;
}

function memberOf(field: Field, coords: Member[]): Member {
	const { name, dims, shape, units, longName } = field;
	// Dimensions' own labels are found by their names; the others have to be listed.
	const listed = coords.filter((coord) => !dims.includes(coord.name) && coord.dims.every((dim) => dims.includes(dim)));
	const attrs = {
		...stillTrue(field.attrs),
		...(longName ? { long_name: longName } : {}),
		...(units ? { units } : {}),
		...(listed.length > 0 ? { coordinates: listed.map((coord) => coord.name).join(" ") } : {}),
	};
	return { name, dims, shape, encoded: encodeField(field), attrs };
}

/** Coordinates of all variables, each once. */
function allCoordinates(result: Result): Member[] {
	const members = new Map<string, Member>();
	for (const labelled of Object.values(result.variables ?? { own: result })) {
		for (const member of coordinatesOf(labelled)) {
			const known = members.get(member.name);
			if (known && !sameBytes(known.encoded.bytes, member.encoded.bytes)) {
				const message = `the variables have labels of ${member.name} that differ; one store cannot hold both`;
				throw new ZarrscopeError({ code: "unsupported", message, path: member.name });
			}
			members.set(member.name, known ?? member);
		}
	}
	return [...members.values()];
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** What has labels. */
type Labelled = Pick<Result, "dims" | "coords" | "scalarCoords" | "coordAttrs">;

function coordinatesOf(result: Labelled): Member[] {
	const along = Object.entries(result.coords).map(([name, labels]) => {
		// Centres belong to the bins; edges, one more than these, have a dimension of their own.
		const centres = name === "bin_centers" && result.dims.includes("bin");
		return coordinate(result, name, labels, [centres ? "bin" : name]);
	});
	const scalar = Object.entries(result.scalarCoords ?? {}).map(([name, label]) =>
		coordinate(result, name, [label], []),
	);
	return [...along, ...scalar];
}

function coordinate(result: Labelled, name: string, labels: Labels, dims: string[]): Member {
	const given = result.coordAttrs[name] ?? {};
	const attrs = { ...stillTrue(given), ...(given.long_name ? { long_name: given.long_name } : {}) };
	const shape = dims.length > 0 ? [labels.length] : [];
	const numeric = labels.every((label): label is number | null => typeof label === "number" || label === null);
	if (numeric) {
		const units = given.units ? { units: given.units } : {};
		return {
			name,
			dims,
			shape,
			encoded: { dtype: "<f8", bytes: encodeNumbers(labels) },
			attrs: { ...attrs, ...units },
		};
	}
	const calendar = typeof given.calendar === "string" ? given.calendar : undefined;
	const times = calendar === undefined ? undefined : cfTimesOf(labels, calendar);
	if (!times)
		return {
			name,
			dims,
			shape,
			encoded: encodeTexts(labels),
			attrs: { ...attrs, ...(calendar ? { time_calendar: calendar } : {}) },
		};
	const bytes = new Uint8Array(BigInt64Array.from(times.numbers).buffer);
	return { name, dims, shape, encoded: { dtype: "<i8", bytes }, attrs: { ...attrs, units: times.units, calendar } };
}

function stillTrue(attrs: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(attrs).filter(([name]) => !ENCODING.has(name)));
}

function arrayMetadata(shape: number[], dtype: string): object {
	const chunks = shape.map((length) => Math.max(1, length));
	// xarray takes a fill value for a missing value, so only floats have one.
	const fill = dtype === "<f8" ? "NaN" : null;
	return { zarr_format: 2, shape, chunks, dtype, compressor: null, fill_value: fill, order: "C", filters: null };
}

function json(value: unknown): Uint8Array {
	return new TextEncoder().encode(JSON.stringify(value, null, 2));
}
