// Bytes that lie, through the whole package: served over HTTP, read by the core in its workers. Each row of the table in
// design/reliability.md (section 4) gets its named error, nobody allocates what a header claims, and the pool lives on.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { close, init, open } from "../../js/dist/index.js";
import { session } from "../../js/dist/api/session.js";
import { startRangeServer } from "../server/range-server.mjs";
import * as made from "./hostile-stores.mjs";

/** What a hostile chunk may cost beyond its own bytes. */
const SLACK = 1 << 20;

const files = new Map();
let server;
let stores = 0;

before(async () => {
	server = await startRangeServer({
		generate: (path) => {
			const bytes = files.get(path);
			return bytes && { length: bytes.length, bytes: (start, end) => bytes.subarray(start, end) };
		},
	});
	await init({ workers: 1 });
	// The first read starts the workers; what they take then is no store's doing.
	assert.deepEqual(await values(serve(made.plain(made.BYTES))), [...made.BYTES]);
});
beforeEach(() => server.setFaults(undefined));
after(async () => {
	close();
	await server.close();
});

/** Serves a store's files and gives its address. */
function serve(store) {
	stores += 1;
	for (const [key, content] of Object.entries(store)) files.set(`/${stores}/${key}`, Buffer.from(content));
	return `${server.url}/${stores}`;
}

async function values(source, steps = (array) => array) {
	const dataset = await open(source);
	return Array.from((await steps(dataset.get("v")).compute()).data);
}

/** Bytes of all workers' memories: they never shrink. */
async function memory() {
	const members = [await session().coordinator(), await session().computing(0)];
	const bytes = await Promise.all(members.map((member) => member.call("memoryBytes")));
	return bytes.reduce((a, b) => a + b, 0);
}

/** Reads a store that must be refused: as values and as a sum, with one error, for no memory to speak of. */
async function refuses(store, expected, extra = SLACK) {
	const source = serve(store);
	const [before, replaced] = [await memory(), session().replaced];
	for (const steps of [(array) => array, (array) => array.sum()]) {
		await assert.rejects(values(source, steps), (error) => {
			assert.equal(error.name, "ZarrscopeError", error.stack);
			const { says, ...details } = expected;
			for (const [name, value] of Object.entries(details)) assert.equal(error.details[name], value, error.message);
			if (says) assert.match(error.message, says);
			return true;
		});
	}
	assert.ok((await memory()) - before <= extra, `grew by ${(await memory()) - before} bytes`);
	assert.equal(session().replaced, replaced, "no worker died of it");
	assert.deepEqual(await values(serve(made.plain(made.BYTES))), [...made.BYTES], "and the next store is read");
}

test("a wrong crc32c", async () => {
	await refuses(made.checksummed({ broken: true }), { code: "checksum", codec: "crc32c", chunk: "0" });
	assert.deepEqual(await values(serve(made.checksummed({ broken: false }))), [...made.BYTES]);
});

for (const length of [0, 7, 8, 64, 60_000]) {
	test(`a chunk of ${length} bytes for 16`, () =>
		refuses(made.plain(new Uint8Array(length)), { code: "corrupt_chunk", chunk: "0", expected: 16, actual: length }));
}

test("gzip of two members is one stream", async () => {
	const members = Buffer.concat([gzipSync(made.BYTES.subarray(0, 5)), gzipSync(made.BYTES.subarray(5))]);
	assert.deepEqual(await values(serve(made.compressed("gzip", members))), [...made.BYTES]);
});

test("a gzip bomb: 522 kB that make 512 MiB of a chunk of 16 bytes", async () => {
	const bomb = made.gzipBomb(512 << 20);
	assert.ok(bomb.length > 500_000 && bomb.length < 560_000, `${bomb.length} bytes`);
	await refuses(made.compressed("gzip", bomb), { code: "too_large", says: /bytes of one object/ });
	// Small enough to be fetched, it is decoded no further than the chunk is long.
	const smaller = made.gzipBomb(60 << 20);
	await refuses(made.compressed("gzip", smaller), { code: "corrupt_chunk", codec: "gzip", chunk: "0", expected: 16 });
});

test("a chunk of 2^40 elements", () =>
	refuses(made.array({ shape: [2 ** 40], chunks: [2 ** 40] }), {
		code: "too_large",
		path: "v",
		says: /1099511627776.*\d/,
	}));

test("five million chunks of one element: planned, read in part, cancelled", async () => {
	const source = serve({ ...made.array({ shape: [5_000_000], chunks: [1] }), "v/3": Uint8Array.of(9) });
	const before = await memory();
	const array = (await open(source)).get("v");
	assert.equal((await array.sum().explain()).chunks, 5_000_000);
	assert.deepEqual(Array.from((await array.isel({ dim_0: { start: 2, stop: 5 } }).compute()).data), [7, 9, 7]);
	await assert.rejects(array.sum().compute({ signal: AbortSignal.timeout(300) }), { name: "TimeoutError" });
	assert.ok((await memory()) - before <= 8 * SLACK, `grew by ${(await memory()) - before} bytes`);
	assert.deepEqual(await values(serve(made.plain(made.BYTES))), [...made.BYTES]);
});

for (const [what, frame] of Object.entries(made.BLOSC_LIES)) {
	test(`blosc: ${what}`, () =>
		refuses(made.compressed("blosc", frame), { code: "corrupt_chunk", codec: "blosc", chunk: "0" }));
}

for (const gib of [1, 2, 3]) {
	test(`zstd: a content size of ${gib} GiB`, () =>
		refuses(made.compressed("zstd", made.zstdClaiming(gib * 2 ** 30)), {
			code: "corrupt_chunk",
			codec: "zstd",
			chunk: "0",
		}));
}

test("a server that ignores ranges", async () => {
	server.setFaults(({ range }) => (range ? { kind: "ignore-range" } : undefined));
	await refuses(made.sharded(1), { code: "range_ignored", status: 200, path: "v" });
	server.setFaults(undefined);
	assert.equal((await values(serve(made.sharded(1)))).length, 16);
});

test("two readers of one shard: cancelling one does not hurt the other", async () => {
	const source = serve(made.sharded(20));
	server.setFaults(({ path }) => (path.includes("/c/") ? { kind: "delay", ms: 150 } : undefined));
	const array = (await open(source)).get("v");
	const [leaving, staying] = [new AbortController(), new AbortController()];
	const a = array.compute({ signal: leaving.signal });
	const b = array.compute({ signal: staying.signal });
	setTimeout(() => leaving.abort(new Error("A leaves")), 200);
	await assert.rejects(a, /A leaves/);
	const expected = Array.from({ length: 20 }, () => [...made.BYTES]).flat();
	assert.deepEqual(Array.from((await b).data), expected);
	await server.idle();
	assert.equal(server.openSockets(), 0, "what A had asked for is no longer under way");
});

test("two openings of one store: cancelling one does not hurt the other", async () => {
	const source = serve(made.plain(made.BYTES));
	server.setFaults(() => ({ kind: "delay", ms: 100 }));
	const leaving = new AbortController();
	const a = open(source, { signal: leaving.signal });
	const b = open(source);
	leaving.abort(new Error("A leaves"));
	await assert.rejects(a, /A leaves/);
	assert.deepEqual(Array.from((await (await b).get("v").compute()).data), [...made.BYTES]);
});
