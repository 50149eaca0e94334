import assert from "node:assert/strict";
import { test } from "node:test";
import { generatedStore } from "./generated.mjs";
import { startRangeServer } from "./range-server.mjs";
import { bytesOf, get } from "./support.mjs";

const json = (generate, key) => {
	const file = generate(key);
	return JSON.parse(file.bytes(0, file.length).toString());
};

test("describes itself as a Zarr v2 store with CF coordinates", () => {
	const generate = generatedStore({ shape: [5, 4, 6], chunks: [2, 4, 4], name: "tas", prefix: "/s.zarr" });
	assert.deepEqual(json(generate, "/s.zarr/.zgroup"), { zarr_format: 2 });
	const { zarr_consolidated_format: format, metadata } = json(generate, "/s.zarr/.zmetadata");
	assert.equal(format, 1);
	for (const [key, value] of Object.entries(metadata)) assert.deepEqual(json(generate, `/s.zarr/${key}`), value, key);

	assert.deepEqual(metadata["tas/.zarray"], {
		zarr_format: 2,
		shape: [5, 4, 6],
		chunks: [2, 4, 4],
		dtype: "<f4",
		compressor: null,
		filters: null,
		fill_value: "NaN",
		order: "C",
	});
	assert.deepEqual(metadata["tas/.zattrs"]._ARRAY_DIMENSIONS, ["time", "lat", "lon"]);
	assert.match(metadata["time/.zattrs"].units, /^hours since /);

	const lat = generate("/s.zarr/lat/0");
	const values = new Float64Array(new Uint8Array(lat.bytes(0, lat.length)).buffer);
	assert.deepEqual([...values], [-67.5, -22.5, 22.5, 67.5]);
});

test("has just the chunks of its grid", () => {
	const generate = generatedStore({ shape: [5, 4, 6], chunks: [2, 4, 4], name: "tas" });
	for (const key of ["0.0.0", "2.0.1"]) assert.equal(generate(`/tas/${key}`).length, 4 * 2 * 4 * 4, key);
	for (const key of ["3.0.0", "0.1.0", "0.0", "0.0.0.0", "00.0.0", "-1.0.0", "0.0.", "x"]) {
		assert.equal(generate(`/tas/${key}`), undefined, key);
	}
	assert.equal(generate("/other/0.0.0"), undefined);
	assert.throws(() => generatedStore({ shape: [1, 1, 1, 1], chunks: [1, 1, 1, 1] }), RangeError);
});

test("knows its exact mean", () => {
	for (const [shape, chunks] of [
		[[7], [2]],
		[
			[4, 6],
			[4, 6],
		],
		[
			[5, 7],
			[2, 3],
		],
		[
			[5, 4, 6],
			[2, 4, 4],
		],
		[
			[9, 5, 7],
			[2, 2, 2],
		],
		[
			[3, 3, 3],
			[5, 1, 2],
		],
	]) {
		const generate = generatedStore({ shape, chunks, name: "v" });
		let cells = [[]];
		for (const n of shape) cells = cells.flatMap((cell) => Array.from({ length: n }, (_, i) => [...cell, i]));
		const total = cells.reduce((sum, cell) => sum + generate.valueAt(...cell), 0);
		assert.equal(generate.mean, total / cells.length, `${shape} by ${chunks}`);

		for (const cell of cells) {
			const buffer = generate(`/v/${cell.map((i, axis) => Math.floor(i / chunks[axis])).join(".")}`).bytes(0, 4);
			assert.equal(buffer.readFloatLE(), generate.valueAt(...cell));
		}
	}
});

test("serves GiBs out of a few MiB", async (t) => {
	const generate = generatedStore({ shape: [2048, 1024, 1024], chunks: [4, 1024, 1024], name: "v" });
	assert.equal(generate.byteLength, 2 ** 33);
	assert.equal(generate.mean, 1.25);
	assert.equal(generate("/v/0.0.0").bytes(0, 9).buffer, generate("/v/2.0.0").bytes(0, 9).buffer);

	const { url, close } = await startRangeServer({ generate });
	t.after(close);
	const startedAt = performance.now();
	let received = 0;
	await Promise.all(
		[0, 1, 2, 3].map(async (lane) => {
			for (let i = lane; i < 64; i += 4) {
				for await (const block of (await get(`${url}/v/${i}.0.0`)).body) received += block.length;
			}
		}),
	);
	assert.equal(received, 2 ** 30);
	t.diagnostic(`${Math.round(1024 / ((performance.now() - startedAt) / 1000))} MiB/s`);
	assert.deepEqual(await bytesOf(await get(`${url}/v/1.0.0`, "bytes=4-7")), Buffer.from(new Float32Array([2]).buffer));
});
