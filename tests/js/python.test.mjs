// Documents as Python: what the text says and what it must not say. Whether it gives the right numbers is told by tests/python.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toPython } from "../../js/dist/index.js";
import { functionsText } from "../../scripts/python-functions.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const SST = { version: 1, source: "https://example.org/sst.zarr", variable: "sst" };
const body = (text) => text.split("\n").filter((line) => line !== "" && !/^(#|import|from) ?/.test(line));

test("the package carries the functions as they are in Python", () => {
	assert.equal(readFileSync(path("../../js/src/python/functions.ts"), "utf8"), functionsText());
});

test("usual documents are plain xarray", () => {
	const select = { time: { from: "2013", to: "2014-06" }, level: { index: 0 } };
	const steps = [
		{ op: "groupby", by: "time.month" },
		{ op: "max", dims: ["time"] },
	];
	assert.deepEqual(body(toPython({ ...SST, select, steps })), [
		'ds = xr.open_zarr("https://example.org/sst.zarr", chunks={})',
		'ds = ds.sel(time=slice("2013", "2014-06"))',
		"ds = ds.isel(level=0)",
		'da = ds["sst"]',
		'da = da.groupby("time.month").max("time")',
		"result = da.compute()",
		"print(result)",
	]);
});

test("every document that xarray answered has a text", () => {
	const folder = path("../fixtures/analysis/cases/");
	const cases = readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(folder + name, "utf8")).cases);
	const without = cases.filter(({ document, expected }) => {
		try {
			return !toPython(document).endsWith("print(result)\n");
		} catch {
			return !expected.error;
		}
	});
	assert.deepEqual(
		without.map(({ name }) => name),
		[],
	);
	assert.ok(cases.length > 1000);
});

test("a cluster starts within the guard that its processes need", () => {
	const text = toPython({ ...SST, steps: [{ op: "mean" }] }, { cluster: true });
	assert.match(text, /\nif __name__ == "__main__":\n {4}client = Client\(\)/);
	assert.match(text, /"dask\[array,distributed\]"/);
});

test("secrets come from the environment", () => {
	const source = "https://user:SECRET@example.org/sst.zarr?sig=SECRET";
	const storage = { headers: { Authorization: "Bearer SECRET" }, query: "token=SECRET" };
	const inner = { ...SST, source, storage, steps: [{ op: "mean" }] };
	for (const at of [source, "https://example.org/refs.json", "https://example.org/a.zip?k=SECRET"]) {
		const text = toPython({ ...SST, source: at, storage, steps: [{ op: "subtract", with: inner }] });
		assert.doesNotMatch(text, /SECRET/);
		assert.match(text, /os\.environ\["ZARR_HEADER_AUTHORIZATION"\]/);
		assert.match(text, /os\.environ\.get\("ZARR_QUERY"/);
	}
});

test("what is in a document is data, never code", () => {
	const odd = 'x"]; import os; os.system("true") #\n';
	const document = {
		...SST,
		source: odd,
		variable: odd,
		select: { [odd]: { index: 0 } },
		steps: [{ op: "max", dims: [odd] }],
	};
	const done = spawnSync(
		"python3",
		["-c", "import ast, sys; print(*(type(n).__name__ for n in ast.parse(sys.stdin.read()).body))"],
		{
			input: toPython(document),
			encoding: "utf8",
		},
	);
	assert.equal(done.stdout.trim(), "Import Assign Assign Assign Assign Assign Expr", done.stderr);
});

test("addresses of buckets and repositories", () => {
	const opened = (source, storage) => toPython({ ...SST, source, ...(storage ? { storage } : {}) });
	assert.match(opened("s3://b/k.zarr"), /"https:\/\/b\.s3\.amazonaws\.com\/k\.zarr"/);
	assert.match(opened("s3://b/k.zarr", { endpoint: "https://m:9000/" }), /"https:\/\/m:9000\/b\/k\.zarr"/);
	assert.match(opened("gs://b/k.zarr"), /"https:\/\/storage\.googleapis\.com\/b\/k\.zarr"/);
	assert.match(opened("az://a/c/k.zarr"), /"https:\/\/a\.blob\.core\.windows\.net\/c\/k\.zarr"/);
	assert.match(
		opened("icechunk+s3://b/r#tag=v1"),
		/s3_storage\(bucket="b", prefix="r", anonymous=True\)[\s\S]*session\(tag="v1"\)/,
	);
	assert.throws(() => opened("icechunk+https://x.example/r"), { code: "unsupported" });
});

test("what the core refuses has no text", () => {
	for (const step of [{ op: "average" }, { op: "mean", over: "time" }, { op: "argmax", dims: ["a", "b"] }])
		assert.throws(() => toPython({ ...SST, steps: [step] }), { code: "invalid_document" });
});
