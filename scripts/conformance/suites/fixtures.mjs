// What the repository itself carries: small stores that zarr-python wrote, with the values that it reads.

import { join } from "node:path";
import { root } from "../../tools.mjs";
import { readJson } from "../data.mjs";

export const name = "fixtures";

export function* cases({ servers }) {
	const expected = readJson(join(root, "tests/fixtures/stores-made/expected.json"));
	for (const [path, { shape, dtype, values }] of Object.entries(expected)) {
		const [store, ...variable] = path.split("/");
		yield {
			name: path,
			format: `Zarr ${store.slice(0, 2)}`,
			source: `${servers.fixtures}/stores-made/${store}`,
			variable: variable.join("/"),
			expected: { shape, dtype, values_c_order: values },
		};
	}
}
