// Other implementations' own test stores, against what zarr-python reads from them.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../data.mjs";

const FOLDERS = ["zarr_conformance", "zarr_implementations", "zarrita", "ome_zarr_examples"];

/** One suite for each implementation. */
export const suites = FOLDERS.map((folder) => ({
	name: `peers/${folder}`,
	needs: `peers/${folder}.expected.json`,
	cases: (context) => cases(folder, context),
}));

function* cases(folder, { shared, servers }) {
	const { arrays } = readJson(shared, `peers/${folder}.expected.json`);
	const base = join(shared, "peers", folder);
	for (const [path, expected] of Object.entries(arrays)) {
		// The reference reads no group as an array, and no json2; what that array holds is said below.
		if (expected.reference_error) continue;
		const store = folder === "zarr_conformance" ? path : rootOf(base, path);
		const variable = path.slice(store.length).replace(/^\//, "");
		yield {
			name: path,
			format: `Zarr v${existsSync(join(base, path, "zarr.json")) ? 3 : 2}`,
			source: `${servers.data}/peers/${folder}/${encodeURI(store)}`,
			variable,
			expected,
		};
	}
	if (folder === "zarrita") yield* zarritaMore(base, servers, arrays);
}

/** The outermost folder of a path that says that it is a group. */
function rootOf(base, path) {
	const parts = path.split("/");
	for (let n = 1; n < parts.length; n += 1) {
		const store = parts.slice(0, n).join("/");
		if ([".zgroup", "zarr.json"].some((file) => existsSync(join(base, store, file)))) return store;
	}
	return path;
}

function* zarritaMore(base, servers, arrays) {
	const json2 = "v2/data.zarr/1d.contiguous.json2.O";
	yield {
		name: json2,
		format: "Zarr v2",
		source: `${servers.data}/peers/zarrita/${json2}`,
		variable: "",
		expected: { shape: [4], dtype: "object", values_c_order: ["foo", "bar", "baz", "qux"] },
	};
	for (const version of ["v2", "v3"]) {
		for (const zip of readdirSync(join(base, version)).filter((file) => file.endsWith(".zip"))) {
			const within = `${version}/data.zarr/`;
			for (const [path, expected] of Object.entries(arrays)) {
				const variable = path.slice(within.length);
				if (!path.startsWith(within) || expected.reference_error || variable.startsWith("consolidated/")) continue;
				yield {
					name: `${version}/${zip}/${variable}`,
					format: `ZIP of Zarr ${version}`,
					source: `${servers.data}/peers/zarrita/${version}/${zip}`,
					variable,
					expected,
				};
			}
		}
	}
}
