import assert from "node:assert/strict";
import { test } from "node:test";
import { startRangeServer } from "./range-server.mjs";
import { BYTES, bytesOf, get, rawRequest, serve, until } from "./support.mjs";

test("serves whole files and their heads", async (t) => {
	const { url } = await serve(t);
	const whole = await get(`${url}/data.bin`);
	assert.equal(whole.status, 200);
	assert.equal(whole.headers.get("accept-ranges"), "bytes");
	assert.match(whole.headers.get("etag"), /^".+"$/);
	assert.deepEqual(await bytesOf(whole), BYTES);

	const head = await get(`${url}/data.bin`, "bytes=0-9", { method: "HEAD" });
	assert.equal(head.status, 200, "no range is defined for HEAD");
	assert.equal(head.headers.get("content-length"), "1000");
	assert.equal((await bytesOf(head)).length, 0);
});

test("serves ranges", async (t) => {
	const { url } = await serve(t);
	const cases = [
		["bytes=0-0", 0, 1],
		["bytes=100-199", 100, 200],
		["bytes=990-", 990, 1000],
		["bytes=990-5000", 990, 1000],
		["bytes=-10", 990, 1000],
		["bytes=-5000", 0, 1000],
	];
	for (const [range, start, end] of cases) {
		const response = await get(`${url}/data.bin`, range);
		assert.equal(response.status, 206, range);
		assert.equal(response.headers.get("content-range"), `bytes ${start}-${end - 1}/1000`);
		assert.equal(response.headers.get("content-length"), String(end - start));
		assert.deepEqual(await bytesOf(response), BYTES.subarray(start, end));
	}
});

test("refuses ranges outside the body and ignores those it cannot read", async (t) => {
	const { url } = await serve(t, {}, { "data.bin": BYTES, empty: "" });
	for (const [path, range, contentRange] of [
		["data.bin", "bytes=1000-", "bytes */1000"],
		["data.bin", "bytes=-0", "bytes */1000"],
		["empty", "bytes=0-0", "bytes */0"],
		["empty", "bytes=-1", "bytes */0"],
	]) {
		const response = await get(`${url}/${path}`, range);
		assert.equal(response.status, 416, `${path} ${range}`);
		assert.equal(response.headers.get("content-range"), contentRange);
	}
	for (const range of ["bytes=9-1", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=a-b"]) {
		assert.equal((await get(`${url}/data.bin`, range)).status, 200, range);
	}
	assert.equal((await bytesOf(await get(`${url}/empty`))).length, 0);
});

test("honours If-Range and If-None-Match", async (t) => {
	const { url } = await serve(t);
	const etag = (await get(`${url}/data.bin`)).headers.get("etag");
	const status = async (headers) => (await get(`${url}/data.bin`, "bytes=0-9", { headers })).status;
	assert.equal(await status({ "If-Range": etag }), 206);
	assert.equal(await status({ "If-Range": '"other"' }), 200);
	assert.equal(await status({ "If-None-Match": etag }), 304);
});

test("gives each file its content type", async (t) => {
	const types = {
		"a.html": /^text\/html/,
		"a.js": /^text\/javascript/,
		"a.mjs": /^text\/javascript/,
		"a.css": /^text\/css/,
		"a.json": /^application\/json/,
		"a.wasm": /^application\/wasm$/,
		"a.svg": /^image\/svg\+xml$/,
		"a.png": /^image\/png$/,
		"a.zarr": /zarr$/,
		"s/.zarray": /^application\/json/,
		"s/0.0": /octet-stream/,
	};
	const { url } = await serve(t, {}, Object.fromEntries(Object.keys(types).map((path) => [path, "x"])));
	for (const [path, type] of Object.entries(types)) {
		assert.match((await get(`${url}/${path}`)).headers.get("content-type"), type, path);
	}
});

test("finds files by decoded path, lists nothing, and never leaves the root", async (t) => {
	const server = await serve(
		t,
		{},
		{ "index.html": "top", "sub/index.html": "sub", "bare/x": "x", "a é.bin": "accents" },
	);
	const statuses = {
		"/": 200,
		"/sub/": 200,
		"/sub": 404,
		"/bare/": 404,
		"/bare": 404,
		"/bare/x/": 404,
		"/none": 404,
		"/a%20%C3%A9.bin?query": 200,
		"/../etc/passwd": 403,
		"/sub/%2e%2e/%2e%2e/etc/passwd": 403,
		"/..%2f..%2fetc/passwd": 403,
		"/..%5cx": 403,
		"/%00": 403,
		"/%zz": 403,
	};
	for (const [target, status] of Object.entries(statuses)) {
		const { head } = await rawRequest(server, target);
		assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), target);
	}
	assert.equal(await (await get(`${server.url}/sub/`)).text(), "sub");
	assert.ok(server.log.some(({ path }) => path === "/a é.bin"));
});

test("sends CORS headers on every answer, unless told not to", async (t) => {
	const { url } = await serve(t);
	for (const [path, range, method] of [
		["/data.bin", undefined, "GET"],
		["/data.bin", "bytes=0-1", "GET"],
		["/data.bin", "bytes=9999-", "GET"],
		["/none", undefined, "GET"],
		["/data.bin", undefined, "OPTIONS"],
		["/data.bin", undefined, "POST"],
	]) {
		const { headers } = await get(url + path, range, { method });
		assert.equal(headers.get("access-control-allow-origin"), "*");
		assert.match(headers.get("access-control-expose-headers"), /Content-Range.*Content-Length.*ETag.*Accept-Ranges/);
	}
	const preflight = await get(`${url}/data.bin`, undefined, { method: "OPTIONS" });
	assert.equal(preflight.status, 204);
	assert.equal(preflight.headers.get("access-control-allow-headers"), "Range");

	const closed = await serve(t, { cors: false });
	for (const method of ["GET", "OPTIONS"]) {
		const names = [...(await get(`${closed.url}/data.bin`, undefined, { method })).headers.keys()];
		assert.deepEqual(
			names.filter((name) => name.startsWith("access-control")),
			[],
		);
	}
});

test("adds the headers asked for to each answer", async (t) => {
	const { url } = await serve(t, { headers: { "Content-Security-Policy": "default-src 'self'" } });
	for (const path of ["/data.bin", "/none"]) {
		assert.equal((await get(url + path)).headers.get("content-security-policy"), "default-src 'self'");
	}
});

test("logs every request", async (t) => {
	const server = await serve(t);
	const before = Date.now();
	const headers = { Cookie: "a=b", Origin: "http://x.test", Referer: "http://x.test/page" };
	await rawRequest(server, "/data.bin", { headers: { ...headers, Range: "bytes=0-9" } });
	await rawRequest(server, "/none", { method: "HEAD" });
	await server.idle();

	const [first, second] = server.log;
	assert.ok(first.startedAt >= before && first.startedAt <= Date.now());
	assert.deepEqual(
		{ ...first, startedAt: 0 },
		{
			method: "GET",
			path: "/data.bin",
			range: "bytes=0-9",
			status: 206,
			bytes: 10,
			startedAt: 0,
			aborted: false,
			origin: "http://x.test",
			cookie: "a=b",
			referer: "http://x.test/page",
		},
	);
	assert.deepEqual(
		{ ...second, startedAt: 0 },
		{
			method: "HEAD",
			path: "/none",
			range: null,
			status: 404,
			bytes: 0,
			startedAt: 0,
			aborted: false,
			origin: null,
			cookie: null,
			referer: null,
		},
	);
	server.reset();
	assert.equal(server.log.length, 0);
});

test("counts requests under way, and notices a client that leaves", async (t) => {
	const server = await serve(t, { delayMs: 100 });
	const startedAt = performance.now();
	const three = Promise.all([1, 2, 3].map(async () => bytesOf(await get(`${server.url}/data.bin`))));
	await until(() => server.openSockets() === 3);
	await three;
	await server.idle();
	assert.ok(performance.now() - startedAt >= 95);
	assert.equal(server.openSockets(), 0);
	assert.equal(server.peakInFlight(), 3);

	server.reset();
	assert.equal(server.peakInFlight(), 0);
	const leaving = new AbortController();
	const left = get(`${server.url}/data.bin`, undefined, { signal: leaving.signal });
	await until(() => server.openSockets() === 1);
	leaving.abort();
	await assert.rejects(left, { name: "AbortError" });
	await until(() => server.openSockets() === 0);
	assert.deepEqual(
		server.log.map(({ status, aborted }) => ({ status, aborted })),
		[{ status: 0, aborted: true }],
	);
});

test("stops reading a large body when the client leaves it midway", async (t) => {
	let asked = 0;
	const block = Buffer.alloc(2 ** 20);
	const bytes = (start, end) => {
		asked = end;
		return block.subarray(0, end - start);
	};
	const server = await serve(t, { generate: (path) => (path === "/big" ? { length: 2 ** 33, bytes } : undefined) });
	const leaving = new AbortController();
	const response = await get(`${server.url}/big`, undefined, { signal: leaving.signal });
	assert.equal(response.headers.get("content-length"), String(2 ** 33));
	await response.body.getReader().read();
	leaving.abort();
	await until(() => server.log[0].aborted);
	assert.ok(asked < 2 ** 28, `${asked} bytes were made for nobody`);

	const far = await get(`${server.url}/big`, `bytes=${2 ** 33 - 10}-`);
	assert.equal(far.headers.get("content-range"), `bytes ${2 ** 33 - 10}-${2 ** 33 - 1}/${2 ** 33}`);
	assert.equal((await bytesOf(far)).length, 10);
	assert.deepEqual(await bytesOf(await get(`${server.url}/data.bin`)), BYTES, "the disk is asked next");
});

test("listens on the port asked for, and closes with requests under way", async () => {
	const first = await startRangeServer({ faults: () => ({ kind: "stall" }) });
	const { port } = first;
	const stalled = rawRequest(first, "/data.bin");
	await until(() => first.openSockets() === 1);
	await first.close();
	await stalled;
	await first.close();
	const second = await startRangeServer({ port });
	assert.equal(second.url, `http://127.0.0.1:${port}`);
	await second.close();
});
