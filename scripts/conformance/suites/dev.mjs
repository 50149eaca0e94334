// Real data as Zarr v2 and v3, and stores of every type, all written by zarr-python 3 and xarray.

import { readJson } from "../data.mjs";

export const name = "dev";
export const needs = "dev/manifest.json";

export function* cases({ shared, servers }) {
	const { stores } = readJson(shared, "dev/manifest.json");
	const types = ["v2", "v3"].map((version) => ({
		path: `stores/types.${version}.zarr`,
		zarr_format: version.slice(1),
		arrays: readJson(shared, `dev/expected/types.${version}.json`).arrays,
	}));
	for (const { path, zarr_format: version, arrays } of [...stores, ...types]) {
		const source = `${servers.data}/dev/${path}`;
		for (const [variable, expected] of Object.entries(arrays)) {
			const name = `${path.replace("stores/", "")}/${variable}`;
			yield { name, format: `Zarr v${version}`, source, variable, expected };
		}
	}
}
