import assert from "node:assert/strict";
import { test } from "node:test";
import { chaos } from "./range-server.mjs";
import { BYTES, bytesOf, get, rawRequest, serve, until } from "./support.mjs";

const RANGE = "bytes=100-199";
const SPAN = BYTES.subarray(100, 200);

/** A server on which every request meets the same fault. */
const faulty = (t, fault, files) => serve(t, { faults: () => fault }, files);

const raw = (server) => rawRequest(server, "/data.bin", { headers: { Range: RANGE } });

test("status: with headers, a body, and CORS or not", async (t) => {
	const fault = { kind: "status", status: 429, headers: { "Retry-After": "1" }, body: "slow down" };
	const server = await faulty(t, fault);
	const response = await get(`${server.url}/data.bin`);
	assert.equal(response.status, 429);
	assert.equal(response.headers.get("retry-after"), "1");
	assert.equal(response.headers.get("access-control-allow-origin"), "*");
	assert.equal(await response.text(), "slow down");

	server.setFaults(() => ({ ...fault, cors: false }));
	assert.equal((await get(`${server.url}/data.bin`)).headers.get("access-control-allow-origin"), null);
	assert.equal(
		(await get(`${server.url}/data.bin`, undefined, { method: "OPTIONS" })).status,
		204,
		"preflights are spared",
	);
});

test("the faults function sees the request and how often its path was asked for", async (t) => {
	const seen = [];
	const server = await serve(t, { faults: (req) => void seen.push(req) });
	await get(`${server.url}/data.bin`, "bytes=0-1");
	await get(`${server.url}/data.bin`, undefined, { method: "HEAD" });
	await get(`${server.url}/none`);
	server.reset();
	await get(`${server.url}/data.bin`);
	assert.deepEqual(seen, [
		{ method: "GET", path: "/data.bin", range: "bytes=0-1", count: 1 },
		{ method: "HEAD", path: "/data.bin", range: null, count: 2 },
		{ method: "GET", path: "/none", range: null, count: 1 },
		{ method: "GET", path: "/data.bin", range: null, count: 1 },
	]);
	server.setFaults(undefined);
	assert.equal((await get(`${server.url}/data.bin`)).status, 200);
});

test("a mistake in the faults function is answered with 500", async (t) => {
	t.mock.method(console, "error", () => {});
	const server = await faulty(t, { kind: "nonsense" });
	const response = await get(`${server.url}/data.bin`);
	assert.equal(response.status, 500);
	assert.equal(response.headers.get("access-control-allow-origin"), "*");
	assert.match(await response.text(), /unknown kind of fault: nonsense/);
});

test("ignore-range: the whole body", async (t) => {
	const { url } = await faulty(t, { kind: "ignore-range" });
	const response = await get(`${url}/data.bin`, RANGE);
	assert.equal(response.status, 200);
	assert.equal(response.headers.get("content-range"), null);
	assert.deepEqual(await bytesOf(response), BYTES);
});

test("short: an honest length, too few bytes, FIN", async (t) => {
	const server = await faulty(t, { kind: "short", bytes: 30 });
	const { head, body, error } = await raw(server);
	assert.match(head, /Content-Length: 100/);
	assert.deepEqual(body, SPAN.subarray(0, 30));
	assert.equal(error, undefined);
	await server.idle();
	assert.equal(server.log[0].aborted, false);
	await assert.rejects(async () => bytesOf(await get(`${server.url}/data.bin`)));
});

test("short206: a shorter range than asked for, honestly labelled", async (t) => {
	const { url } = await faulty(t, { kind: "short206", bytes: 30 });
	const response = await get(`${url}/data.bin`, RANGE);
	assert.equal(response.status, 206);
	assert.equal(response.headers.get("content-range"), "bytes 100-129/1000");
	assert.deepEqual(await bytesOf(response), SPAN.subarray(0, 30));
});

test("wrong-range: another offset than asked for", async (t) => {
	const server = await faulty(t, { kind: "wrong-range", shift: 7 });
	for (const [range, contentRange, start, end] of [
		[RANGE, "bytes 107-206/1000", 107, 207],
		["bytes=990-", "bytes 983-992/1000", 983, 993],
		["bytes=0-", "bytes 1-999/1000", 1, 1000],
	]) {
		const response = await get(`${server.url}/data.bin`, range);
		assert.equal(response.status, 206);
		assert.equal(response.headers.get("content-range"), contentRange);
		assert.deepEqual(await bytesOf(response), BYTES.subarray(start, end));
	}
});

test("reset: RST in the middle of the body", async (t) => {
	const server = await faulty(t, { kind: "reset", afterBytes: 40 });
	const { head, body, error } = await raw(server);
	assert.match(head, /^HTTP\/1\.1 206/);
	assert.deepEqual(body, SPAN.subarray(0, 40));
	assert.equal(error, "ECONNRESET");
	await server.idle();
	assert.equal(server.log[0].aborted, false, "it was not the client that left");
});

test("stall: some bytes, then nothing until the client leaves", async (t) => {
	for (const afterBytes of [0, 40]) {
		const server = await faulty(t, { kind: "stall", afterBytes });
		const leaving = new AbortController();
		const response = await get(`${server.url}/data.bin`, undefined, { signal: leaving.signal });
		if (afterBytes) assert.equal((await response.body.getReader().read()).value.length, afterBytes);
		await new Promise((resolve) => setTimeout(resolve, 50));
		assert.equal(server.openSockets(), 1);
		leaving.abort();
		await until(() => server.openSockets() === 0);
		assert.deepEqual([server.log[0].aborted, server.log[0].bytes], [true, afterBytes]);
	}
});

test("slow and delay: the right bytes, late", async (t) => {
	const server = await faulty(t, { kind: "slow", bytesPerSecond: 5000 });
	for (const fault of [
		{ kind: "slow", bytesPerSecond: 5000 },
		{ kind: "delay", ms: 200 },
	]) {
		server.setFaults(() => fault);
		const startedAt = performance.now();
		assert.deepEqual(await bytesOf(await get(`${server.url}/data.bin`)), BYTES);
		const took = performance.now() - startedAt;
		assert.ok(took >= 190 && took < 1000, `${fault.kind} took ${took} ms`);
	}
});

test("close10: neither length nor chunks, and truncated", async (t) => {
	const server = await faulty(t, { kind: "close10", bytes: 60 });
	const { head, body, error } = await raw(server);
	assert.match(head, /^HTTP\/1\.0 206 Partial Content\r\n/);
	assert.match(head, /Connection: close/);
	assert.match(head, /access-control-allow-origin: \*/i);
	assert.doesNotMatch(head, /^(content-length|transfer-encoding):/im);
	assert.deepEqual(body, SPAN.subarray(0, 60));
	assert.equal(error, undefined);
	const response = await get(`${server.url}/data.bin`);
	assert.equal((await bytesOf(response)).length, 60, "to a client, the body looks complete");
});

test("corrupt: one byte differs, in the answer alone", async (t) => {
	const bytes = (start, end) => BYTES.subarray(start, end);
	const server = await serve(t, {
		generate: () => ({ length: BYTES.length, bytes }),
		faults: ({ count }) => (count === 1 ? { kind: "corrupt", offset: 3 } : undefined),
	});
	const expected = Buffer.from(SPAN);
	expected[3] ^= 0xff;
	assert.deepEqual(await bytesOf(await get(`${server.url}/x`, RANGE)), expected);
	assert.deepEqual(await bytesOf(await get(`${server.url}/x`, RANGE)), SPAN, "the shared buffer is intact");
});

test("replace: another body under another ETag", async (t) => {
	const server = await serve(t, {}, { "data.bin": BYTES, "other.bin": "from a file" });
	const etag = (await get(`${server.url}/data.bin`)).headers.get("etag");
	for (const [fault, text] of [
		[{ buffer: "from memory" }, "from memory"],
		[{ file: "other.bin" }, "from a file"],
	]) {
		server.setFaults(() => ({ kind: "replace", ...fault }));
		const response = await get(`${server.url}/data.bin`, "bytes=5-");
		assert.equal(response.headers.get("content-range"), "bytes 5-10/11");
		assert.notEqual(response.headers.get("etag"), etag);
		assert.equal(await response.text(), text.slice(5));
	}
});

test("chaos: the same on every run, about as often as asked, never thrice in a row", () => {
	const requests = Array.from({ length: 3000 }, (_, i) => ({ path: `/${i % 30}`, range: `bytes=${i % 7}-` }));
	const run = (options) => requests.map(chaos(options));
	assert.deepEqual(run({ seed: 5 }), run({ seed: 5 }));
	assert.notDeepEqual(run({ seed: 5 }), run({ seed: 6 }));

	const share = run({ seed: 5, rate: 0.2 }).filter(Boolean).length / requests.length;
	assert.ok(share > 0.15 && share < 0.25, `${share}`);
	assert.deepEqual(
		new Set(run({ kinds: ["corrupt", { kind: "delay", ms: 3 }] }).map((f) => f?.kind)),
		new Set([undefined, "corrupt", "delay"]),
	);
	assert.ok(run({ rate: 0 }).every((fault) => fault === undefined));

	const always = chaos({ rate: 1 });
	const fails = (range) => Boolean(always({ path: "/x", range }));
	assert.deepEqual(["a", "a", "a", "a", "a", "a"].map(fails), [true, true, false, true, true, false]);
});

test("chaos: three tries always get through", async (t) => {
	const server = await serve(t, { faults: chaos({ seed: 3, rate: 0.8 }) });
	const tries = async (left) => {
		const response = await get(`${server.url}/data.bin`, RANGE).catch(() => undefined);
		const body = response?.ok && (await bytesOf(response).catch(() => undefined));
		return body || left === 1 ? body : tries(left - 1);
	};
	for (let i = 0; i < 10; i++) assert.deepEqual(await tries(3), SPAN);
	assert.ok(server.log.length > 15);
});
