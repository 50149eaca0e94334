// Reference documents of other projects. The files that they point to are not at hand: all that can be seen is that they
// open, with the arrays that they describe.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../data.mjs";

export const name = "peers/references";
export const needs = "peers/xarray_references";

export function* cases({ shared, servers }) {
	const folders = [
		["xarray_references", readdirSync(join(shared, "peers/xarray_references"))],
		["kerchunk", ["hrrr.wrfsfcf.subset.json", "hrrr.wrfsubhf.subset.json"]],
	];
	for (const [folder, files] of folders) {
		for (const file of files.filter((f) => f.endsWith(".json"))) {
			// kerchunk writes one document for each message of a GRIB file, all in a list.
			for (const [i, document] of [readJson(shared, "peers", folder, file)].flat().entries()) {
				const label = `${folder}/${file.replace(".json", "")}.${i}`;
				const keys = Object.keys(document.refs ?? document);
				yield {
					name: label,
					format: "Kerchunk JSON",
					source: `${servers.serve(`references/${folder}`, { [`${i}.${file}`]: JSON.stringify(document) })}/${i}.${file}`,
					opens: keys.filter((key) => key.endsWith(".zarray")).map((key) => key.replace("/.zarray", "")),
				};
			}
		}
	}
}
