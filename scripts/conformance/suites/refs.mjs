// Kerchunk references, JSON in four forms and Parquet, onto real NetCDF files that are read by range.

import { readJson } from "../data.mjs";

export const name = "dev/refs";
export const needs = "dev/refs/manifest.json";

export function* cases({ shared, servers }) {
	const { references } = readJson(shared, "dev/refs/manifest.json");
	for (const { json, parquet, arrays } of references) {
		for (const path of [...json, parquet]) {
			const format = path.endsWith(".parq") ? "Kerchunk Parquet" : "Kerchunk JSON";
			const source = `${servers.data}/dev/${path}`;
			for (const [variable, expected] of Object.entries(arrays)) {
				yield { name: `${path.replace("refs/", "")}/${variable}`, format, source, variable, expected };
			}
		}
	}
}
