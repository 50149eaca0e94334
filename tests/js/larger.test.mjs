// More values than are at hand at a time, through the package: tiles and passes give what all values together give.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { close, init, open } from "../../js/dist/index.js";
import { startRangeServer } from "../server/range-server.mjs";

// 8 Mi cells: twice what is worked on at a time.
const [TIMES, LAT, LON] = [128, 256, 256];
const CHUNK = [16, 128, 256];
const CELLS = LAT * LON;

/** Numbers without chance, NaN now and then: a wave that differs from cell to cell, and a slope. */
function valueAt(t, cell, which) {
	const n = (t * 7919 + cell * 104729 + which * 31) % 1000003;
	return n % 97 === 0 ? Number.NaN : Math.fround(n / 1000 + t * ((cell % 5) - 2) * (which + 1));
}

let root;
let server;
let store;

before(async () => {
	root = mkdtempSync(join(tmpdir(), "zarrscope-larger-"));
	const meta = (shape, chunks, dtype) => ({
		zarr_format: 2,
		shape,
		chunks,
		dtype,
		compressor: null,
		filters: null,
		fill_value: null,
		order: "C",
	});
	const metadata = { ".zgroup": { zarr_format: 2 } };
	const put = (key, bytes) => {
		mkdirSync(join(root, key, ".."), { recursive: true });
		writeFileSync(join(root, key), bytes);
	};
	for (const [which, name] of ["t", "u"].entries()) {
		metadata[`${name}/.zarray`] = meta([TIMES, LAT, LON], CHUNK, "<f4");
		metadata[`${name}/.zattrs`] = { _ARRAY_DIMENSIONS: ["time", "lat", "lon"], units: which ? "m" : "K" };
		for (let i = 0; i < TIMES / CHUNK[0]; i += 1) {
			for (let j = 0; j < LAT / CHUNK[1]; j += 1) {
				const chunk = new Float32Array(CHUNK[0] * CHUNK[1] * CHUNK[2]);
				let at = 0;
				for (let t = 0; t < CHUNK[0]; t += 1)
					for (let y = 0; y < CHUNK[1]; y += 1)
						for (let x = 0; x < LON; x += 1)
							chunk[at++] = valueAt(i * CHUNK[0] + t, (j * CHUNK[1] + y) * LON + x, which);
				put(`${name}/${i}.${j}.0`, new Uint8Array(chunk.buffer));
			}
		}
	}
	metadata["time/.zarray"] = meta([TIMES], [TIMES], "<f8");
	metadata["time/.zattrs"] = { _ARRAY_DIMENSIONS: ["time"], units: "days since 2001-01-01", calendar: "noleap" };
	put("time/0", new Uint8Array(Float64Array.from({ length: TIMES }, (_, i) => i * 10).buffer));
	put(".zmetadata", JSON.stringify({ zarr_consolidated_format: 1, metadata }));
	server = await startRangeServer({ root });
	await init({ workers: 2 });
	store = await open(server.url);
});
after(async () => {
	close();
	await server.close();
	rmSync(root, { recursive: true });
});

/** The values of a cell that are there, or of all cells. */
function column(cell, which = 0) {
	return Array.from({ length: TIMES }, (_, t) => valueAt(t, cell, which));
}
const there = (xs) => xs.filter((x) => !Number.isNaN(x));
const near = (got, wanted, tolerance = 1e-11) =>
	assert.ok(Math.abs(got - wanted) <= tolerance * Math.max(1, Math.abs(wanted)), `${got} instead of ${wanted}`);

test("the median of all takes passes, and is exact", async () => {
	const all = [];
	for (let t = 0; t < TIMES; t += 1)
		for (let cell = 0; cell < CELLS; cell += 1) {
			const x = valueAt(t, cell, 0);
			if (!Number.isNaN(x)) all.push(x);
		}
	const sorted = Float64Array.from(all).sort();
	const [result, top] = [await store.get("t").median().compute(), await store.get("t").argmax().compute()];
	const half = sorted.length / 2;
	const middle = Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)];
	assert.equal(result.value, middle);
	assert.ok(result.stats.chunks > (TIMES * CELLS) / (CHUNK[0] * CHUNK[1] * CHUNK[2]), "it came in one pass");
	const greatest = sorted[sorted.length - 1];
	assert.equal(valueAt(Math.floor(top.value / CELLS), top.value % CELLS, 0), greatest);
});

test("tiles give trends, medians of columns and spreads of anomalies", async () => {
	const seen = [];
	const onPartial = (result, share) => seen.push([share, result.shape.join()]);
	const t = store.get("t");
	const [trend, median, spread] = [
		await t.trend("time").compute({ onPartial }),
		await t.median("time").compute(),
		await t.anomaly("time").std(["lat", "lon"]).compute(),
	];
	assert.deepEqual(trend.shape, [LAT, LON]);
	assert.deepEqual(spread.shape, [TIMES]);
	for (const cell of [0, 7, CELLS / 2 - 1, CELLS / 2, CELLS - 1]) {
		const pairs = column(cell).flatMap((y, i) => (Number.isNaN(y) ? [] : [[(i * 10) / 365.2425, y]]));
		const mean = (k) => pairs.reduce((sum, pair) => sum + pair[k], 0) / pairs.length;
		const [mx, my] = [mean(0), mean(1)];
		const xy = pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
		const xx = pairs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
		near(trend.variables.slope.data[cell], xy / xx, 1e-9);
		const sorted = there(column(cell)).sort((a, b) => a - b);
		const half = sorted.length / 2;
		near(
			median.data[cell],
			Number.isInteger(half) ? (sorted[half - 1] + sorted[half]) / 2 : sorted[Math.floor(half)],
			0,
		);
	}
	const means = Array.from({ length: CELLS }, (_, cell) => {
		const xs = there(column(cell));
		return xs.reduce((a, b) => a + b, 0) / xs.length;
	});
	const day = there(Array.from({ length: CELLS }, (_, cell) => valueAt(3, cell, 0) - means[cell]));
	const center = day.reduce((a, b) => a + b, 0) / day.length;
	near(spread.data[3], Math.sqrt(day.reduce((sum, x) => sum + (x - center) ** 2, 0) / day.length), 1e-10);
	assert.ok(
		seen.every(([share, shape]) => share >= 0 && share <= 1 && shape === `${LAT},${LON}`),
		JSON.stringify(seen),
	);
});

test("two variables vary together over all of them", async () => {
	const { value } = await store.get("t").correlation("u").compute();
	let [n, sx, sy] = [0, 0, 0];
	const each = (f) => {
		for (let t = 0; t < TIMES; t += 1)
			for (let cell = 0; cell < CELLS; cell += 1) {
				const [x, y] = [valueAt(t, cell, 0), valueAt(t, cell, 1)];
				if (!Number.isNaN(x) && !Number.isNaN(y)) f(x, y);
			}
	};
	each((x, y) => {
		n += 1;
		sx += x;
		sy += y;
	});
	let [xx, yy, xy] = [0, 0, 0];
	each((x, y) => {
		xx += (x - sx / n) ** 2;
		yy += (y - sy / n) ** 2;
		xy += (x - sx / n) * (y - sy / n);
	});
	near(value, xy / Math.sqrt(xx * yy), 1e-10);
});

test("several variables come in one run, which reads their coordinates once", async () => {
	const both = store.get(["t", "u"]).mean(["lat", "lon"]);
	server.reset?.();
	const result = await both.compute();
	assert.deepEqual(Object.keys(result.variables), ["t", "u"]);
	for (const [name, which] of [
		["t", 0],
		["u", 1],
	]) {
		const xs = there(Array.from({ length: CELLS }, (_, cell) => valueAt(5, cell, which)));
		near(result.variables[name].data[5], xs.reduce((a, b) => a + b, 0) / xs.length);
		assert.equal(result.variables[name].coords.time[1], "2001-01-11T00:00:00");
	}
	assert.equal(result.variables.u.units, "m");
	assert.equal(server.log.filter(({ path }) => path.endsWith("/time/0")).length <= 1, true);
	const json = JSON.parse(JSON.stringify(result));
	assert.deepEqual(json.variables.u.dims, ["time"]);
	assert.equal(result.toCSV().split("\n")[0], "time,t,u");
	const cost = await both.explain();
	assert.equal(cost.chunks, (2 * (TIMES * CELLS)) / (CHUNK[0] * CHUNK[1] * CHUNK[2]));
});
