/** A result as a message: labels and attributes as JSON, numbers as buffers (little endian, C order). */

import type { Labels, Result, ResultVariable, Value } from "zarrscope";

/** The number of a buffer and numpy's name of what is in it; or the values themselves. */
export type Packed =
	| { buffer: number; as: "float64" | "int64" | "uint64" | "complex128" }
	| { values: readonly unknown[] };

export function packed(result: Result): { content: Record<string, unknown>; buffers: ArrayBuffer[] } {
	const buffers: ArrayBuffer[] = [];
	const put = (array: Float64Array | BigInt64Array | BigUint64Array): number => {
		buffers.push(array.slice().buffer as ArrayBuffer);
		return buffers.length - 1;
	};
	const values = (data: Result["data"], dtype: string): Packed => {
		if (data instanceof Float64Array) return { buffer: put(data), as: "float64" };
		if (dtype === "int64") return { buffer: put(BigInt64Array.from(data, wide)), as: dtype };
		if (dtype === "uint64") return { buffer: put(BigUint64Array.from(data, wide)), as: dtype };
		if (dtype.startsWith("complex")) return { buffer: put(Float64Array.from(data.flatMap(pair))), as: "complex128" };
		return { values: data };
	};
	const labels = (coords: Record<string, Labels>) =>
		Object.fromEntries(Object.entries(coords).map(([name, all]) => [name, labelsOf(all)]));
	const labelsOf = (all: Labels): Packed =>
		all.every((label) => typeof label === "number")
			? { buffer: put(Float64Array.from(all as number[])), as: "float64" }
			: { values: all };
	const part = ({ coords, data, dims, dtype, longName, scalarCoords, coordAttrs, shape, units }: ResultVariable) => ({
		dims,
		shape,
		dtype,
		units,
		longName,
		coords: labels(coords),
		scalarCoords,
		coordAttrs,
		data: values(data, dtype),
	});
	const { attrs, estimate, interval95, standardError, stats, variable, variables } = result;
	const content = {
		variable,
		attrs,
		stats,
		estimate,
		...(variables
			? { variables: Object.fromEntries(Object.entries(variables).map(([name, one]) => [name, part(one)])) }
			: part(result as unknown as ResultVariable)),
		...(standardError ? { standardError: values(standardError, "float64") } : {}),
		...(interval95 ? { interval95: values(interval95, "float64") } : {}),
	};
	return { content, buffers };
}

function wide(value: Value): bigint {
	return BigInt(value as number | string);
}

function pair(value: Value): number[] {
	const [re, im] = Array.isArray(value) ? value : [Number.NaN, Number.NaN];
	return [Number(re), Number(im)];
}
