// Byte shuffles as the core undoes them in wasm, where sixteen elements go through registers at a time: of every element size that
// has a fast path, at all lengths around theirs. Natively a property test holds the other half to the same definition.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { close, open } from "../../js/dist/index.js";

after(() => close());

const LENGTHS = [1, 2, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 257, 600];
const TYPES = [
	{ dtype: "<u2", size: 2, Numbers: Uint16Array },
	{ dtype: "<f4", size: 4, Numbers: Float32Array },
	{ dtype: "<f8", size: 8, Numbers: Float64Array },
];

/** The definition: byte j of element i is at j · n + i. */
function shuffled(bytes, size) {
	const n = bytes.length / size;
	return Uint8Array.from(bytes, (_, at) => bytes[(at % n) * size + Math.floor(at / n)]);
}

test("elements come out of a shuffle as they went in", async () => {
	const folder = mkdtempSync(join(tmpdir(), "zarrscope-shuffle-"));
	const write = (path, content) => writeFileSync(join(folder, path), content);
	write(".zgroup", '{"zarr_format": 2}');
	const expected = new Map();
	for (const { dtype, size, Numbers } of TYPES) {
		for (const length of LENGTHS) {
			const name = `a${size}-${length}`;
			// Every byte of an element differs from its neighbours.
			const values = Numbers.from({ length }, (_, i) => (size === 2 ? (i * 40503) % 65536 : (i + 1) / 7));
			expected.set(name, Array.from(values));
			mkdirSync(join(folder, name));
			const filters = [{ id: "shuffle", elementsize: size }];
			const meta = { zarr_format: 2, shape: [length], chunks: [length], dtype, fill_value: null, order: "C", filters };
			write(`${name}/.zarray`, JSON.stringify({ ...meta, compressor: null }));
			write(`${name}/0`, shuffled(new Uint8Array(values.buffer), size));
		}
	}
	try {
		for (const [name, values] of expected) {
			const dataset = await open(join(folder, name));
			const [array] = dataset.info.arrays;
			const result = await dataset.get(array.path).compute();
			assert.deepEqual(Array.from(result.data), values, name);
		}
	} finally {
		rmSync(folder, { recursive: true });
	}
});
