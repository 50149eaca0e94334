// ndsel's language-neutral selections, as far as an analysis document can say them: forward slices and boxes.

import { readJson } from "../data.mjs";
import { arrayV3 } from "./documents.mjs";

export const name = "peers/ndsel";
export const needs = "peers/ndsel/slice.json";

/** Larger than every stop in the cases. */
const LENGTH = 20;

export function* cases({ shared, servers }) {
	for (const file of ["slice", "box", "point"]) {
		for (const { name, input, normalized } of readJson(shared, `peers/ndsel/${file}.json`)) {
			const select = selectOf(input);
			if (!select) continue;
			const rank = Object.keys(select).length;
			yield {
				name,
				format: "selections",
				source: servers.serve(`ndsel/${name}`, store(rank)),
				variable: "",
				select,
				expected: expectation(normalized, input, rank),
			};
		}
	}
}

/** The selection by position; undefined where the document has no such form, or means another thing by it. */
function selectOf({ kind, start, stop, step, inclusive_min, inclusive_max, exclusive_max, shape, coords }) {
	const from = (kind === "box" ? (inclusive_min ?? shape?.map(() => 0)) : start) ?? coords ?? [];
	const to = kind === "box" ? (exclusive_max ?? inclusive_max?.map((n) => n + 1) ?? shape) : stop;
	const numbers = [from, to ?? [], step ?? []].flat();
	if (numbers.length === 0 || !numbers.every((n) => Number.isInteger(n) && n >= 0 && n <= LENGTH)) return undefined;
	const forms = from.map((n, d) => (kind === "point" ? { index: n } : { start: n, stop: to[d], step: step?.[d] ?? 1 }));
	return Object.fromEntries(forms.map((form, d) => [`dim_${d}`, form]));
}

/** An array of which every element is its own place. */
function store(rank) {
	const shape = Array(rank).fill(LENGTH);
	const values = Int32Array.from({ length: LENGTH ** rank }, (_, i) => i);
	const codecs = [{ name: "bytes", configuration: { endian: "little" } }];
	const chunk = ["c", ...shape.map(() => 0)].join("/");
	return {
		"zarr.json": JSON.stringify(arrayV3({ shape, dtype: "int32", codecs })),
		[chunk]: new Uint8Array(values.buffer),
	};
}

/** What the normalised transform picks: for each output dimension, offset + stride times the input's coordinate. */
function expectation({ input_inclusive_min: min, input_exclusive_max: max, output }, { kind }, rank) {
	const axes = Array.from({ length: rank }, (_, d) => {
		const { offset, stride = 0, input_dimension: input } = output[d];
		if (kind === "point" || input === undefined) return [offset];
		return Array.from({ length: max[input] - min[input] }, (_, i) => offset + stride * (min[input] + i));
	});
	const places = axes.reduce((all, axis) => all.flatMap((place) => axis.map((n) => place * LENGTH + n)), [0]);
	return { shape: kind === "point" ? [] : axes.map((axis) => axis.length), dtype: "int32", values_c_order: places };
}
