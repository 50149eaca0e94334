// Kerchunk's references through the package and the command line, over real HTTP: values, requests, rewriting, what moved.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { close, init, open } from "../../js/dist/index.js";
import { startRangeServer } from "../server/range-server.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const BIN = path("../../js/bin/zarrscope.mjs");
const FIXTURES = path("../fixtures/references");
const N = 200;
const all = Array.from({ length: N }, (_, i) => i);

const files = new Map();
const generate = (at) => {
	const bytes = files.get(at);
	return bytes && { length: bytes.length, bytes: (start, end) => bytes.subarray(start, end) };
};
let server;
let elsewhere;

before(async () => {
	server = await startRangeServer({ root: FIXTURES, generate });
	elsewhere = await startRangeServer({ generate });
	await init({ workers: 1 });
	files.set("/data.bin", Buffer.from(all));
});
beforeEach(() => {
	server.reset();
	elsewhere.reset();
});
after(async () => {
	close();
	await server.close();
	await elsewhere.close();
});

/** Serves references to every byte of a file, one chunk each. */
function serve(name, target, more = {}) {
	const zarray = { zarr_format: 2, shape: [N], chunks: [1], dtype: "|u1", order: "C", fill_value: 0 };
	const refs = {
		".zgroup": JSON.stringify({ zarr_format: 2 }),
		"v/.zarray": JSON.stringify({ ...zarray, compressor: null, filters: null }),
	};
	for (let i = 0; i < N; i += 1) refs[`v/${i}`] = [target, i, 1];
	files.set(name, Buffer.from(JSON.stringify({ version: 1, refs, ...more })));
	return `${server.url}${name}`;
}

const numbers = async (source, options, variable = "v") => {
	const dataset = await open(source, options);
	return [...(await dataset.get(variable).compute()).data].map(Number);
};

/** Runs the command without blocking the servers here. */
function cli(...args) {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [BIN, ...args]);
		let [stdout, stderr] = ["", ""];
		child.stdout.on("data", (text) => (stdout += text));
		child.stderr.on("data", (text) => (stderr += text));
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}

test("ranges that lie together are one request for each batch", async () => {
	assert.deepEqual(await numbers(serve("/a.json", "data.bin")), all);
	const asked = server.log.filter((entry) => entry.path === "/data.bin");
	assert.ok(asked.length <= 8, `${asked.length} requests for ${N} chunks`);
	assert.ok(asked.every((entry) => entry.range));
	assert.equal(server.log.filter((entry) => entry.path === "/a.json").length, 1);
});

test("explain tells what is fetched then", async () => {
	const dataset = await open(serve("/b.json", "data.bin"));
	const cost = await dataset.get("v").mean().explain();
	assert.equal(cost.bytesToFetch, N);
	assert.equal(cost.bytesToFetchIsEstimate, false);
	assert.ok(cost.requests <= 8, `${cost.requests}`);
});

test("rewriting leads to where the files are, templates or not", async () => {
	const rewrite = { "s3://bucket/": `${elsewhere.url}/` };
	assert.deepEqual(await numbers(serve("/c.json", "s3://bucket/data.bin"), { storage: { rewrite } }), all);
	const template = serve("/d.json", "{{u}}/data.bin", { templates: { u: "s3://bucket" } });
	assert.deepEqual(await numbers(template, { storage: { rewrite } }), all);
	const ran = await cli("sum", template, "v", "--json", "--rewrite", `s3://bucket/=${elsewhere.url}/`);
	assert.equal(ran.status, 0, ran.stderr);
	assert.equal(JSON.parse(ran.stdout).data[0], (N * (N - 1)) / 2);
	assert.equal((await cli("sum", template, "v", "--rewrite", "nothing")).status, 2);
});

test("secrets stay with the references' own origin", async () => {
	const storage = { query: "sig=SECRET", headers: { "x-key": "SECRET" } };
	const seen = [];
	elsewhere.setFaults((request) => void seen.push(request));
	assert.deepEqual(await numbers(serve("/e.json", `${elsewhere.url}/data.bin`), { storage }), all);
	assert.ok(seen.length > 0);
	assert.ok(!JSON.stringify([seen, elsewhere.log]).includes("SECRET"));
	elsewhere.setFaults(undefined);
});

test("a file that moved is named, and one that shrank", async () => {
	const moved = await numbers(serve("/f.json", `${elsewhere.url}/moved.nc?sig=SECRET`)).catch((e) => e);
	assert.equal(moved.code, "not_found");
	assert.equal(moved.details.url, `${elsewhere.url}/moved.nc`);
	files.set("/short.bin", Buffer.from([1, 2, 3]));
	const short = await numbers(serve("/g.json", "short.bin")).catch((e) => e);
	assert.equal(short.code, "short_read");
	assert.equal(short.details.url, `${server.url}/short.bin`);
	const ran = await cli("mean", `${server.url}/f.json`, "v");
	assert.equal(ran.status, 1);
	assert.match(ran.stderr, /not_found/);
	assert.ok(!ran.stderr.includes("SECRET"));
});

test("Parquet, by its name and by what lies there; HDF5 through it, and from disk", async () => {
	const { values } = (await (await fetch(`${server.url}/expected.json`)).json()).rows.a;
	server.reset();
	assert.deepEqual(await numbers(`${server.url}/rows/fastparquet-category.parq`, {}, "a"), values);
	const records = server.log.map((entry) => entry.path).filter((at) => at.endsWith(".parq"));
	assert.deepEqual(
		records.sort(),
		[0, 1, 2].map((k) => `/rows/fastparquet-category.parq/a/refs.${k}.parq`),
	);
	for (const key of [".zmetadata", "a/refs.0.parq", "a/refs.1.parq", "a/refs.2.parq"]) {
		const answer = await fetch(`${server.url}/rows/pyarrow-v2.parq/${key}`);
		files.set(`/plain/name/${key}`, Buffer.from(await answer.arrayBuffer()));
	}
	assert.deepEqual(await numbers(`${server.url}/plain/name`, {}, "a"), values);
	const small = await numbers(`${server.url}/filters.json`, {}, "small");
	assert.deepEqual(small, [0, 1, 2]);
	const ran = await cli("max", `${FIXTURES}/filters.parq`, "group/inner", "--json");
	assert.equal(ran.status, 0, ran.stderr);
	assert.equal(JSON.parse(ran.stdout).data[0], 3);
});
