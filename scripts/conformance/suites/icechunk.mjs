// Icechunk repositories, ours and the project's own, each by its branches and tags.

import { readJson } from "../data.mjs";

export const name = "icechunk";
export const needs = "dev/icechunk/expected.json";

const PEERS = "peers/icechunk/icechunk-python/tests/data";

export function* cases({ shared, servers }) {
	const own = readJson(shared, "dev/icechunk/expected.json");
	const storage = { rewrite: { [own.virtual_base_url]: `${servers.references}/netcdf/` } };
	for (const [repository, version] of Object.entries(own.repositories)) {
		for (const [ref, arrays] of Object.entries(own.refs)) {
			for (const [variable, array] of Object.entries(arrays)) {
				const expected = array.virtual ? virtualTos(shared) : array;
				yield* one(`${servers.data}/dev/icechunk`, repository, version, ref, variable, expected, storage);
			}
		}
	}
	const { repositories } = readJson(shared, "peers/icechunk.expected.json");
	for (const [repository, { format, refs }] of Object.entries(repositories)) {
		for (const [ref, arrays] of Object.entries(refs)) {
			for (const [variable, expected] of Object.entries(arrays)) {
				yield* one(`${servers.data}/${PEERS}`, repository, format, ref, variable, ...stored(expected));
			}
		}
	}
}

/** One chunk lies in a bucket that is not at hand; the notes say what all others hold. */
function stored(expected) {
	if (!expected.note) return [expected];
	const rows = { shape: [5, 10], dtype: "float32", values_c_order: Array(50).fill(42) };
	return [rows, undefined, { dim_0: { start: 5 } }];
}

function* one(folder, repository, version, ref, variable, expected, storage, select) {
	const [kind, ...words] = ref.split(" ");
	const fragment = `${kind}=${encodeURIComponent(words.join(" "))}`;
	yield {
		name: `${repository}#${fragment}/${variable}`,
		format: `Icechunk v${version}`,
		source: `icechunk+${folder}/${repository}#${fragment}`,
		variable,
		...(storage ? { storage } : {}),
		...(select ? { select } : {}),
		expected,
	};
}

/** The virtual array is the one that the references describe. */
function virtualTos(shared) {
	const { references } = readJson(shared, "dev/refs/manifest.json");
	return references.find(({ name }) => name === "nemo").arrays.tos;
}
