// `zarrscope serve`: ranges, heads, listings, and nothing outside the folder.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../../js/dist/cli/server.js";
import { cli, json } from "./cli-runner.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const MADE = path("../fixtures/stores-made");

let folder;
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "zarrscope-serve-"));
});
after(() => rm(folder, { recursive: true }));

async function served(t, options) {
	const root = await mkdtemp(join(folder, "root-"));
	await mkdir(join(root, "sub & <dir>"));
	await mkdir(join(root, "empty"));
	await writeFile(join(root, "data.bin"), Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251)));
	await writeFile(join(root, ".zmetadata"), "{}");
	await writeFile(join(root, "none"), "");
	await writeFile(join(root, "a.wasm"), "");
	await symlink(path("../../package.json"), join(root, "outside.json"));
	const server = await startServer(root, options);
	t.after(() => server.close());
	return server;
}

test("serve: ranges, heads and tags", async (t) => {
	const { url } = await served(t);
	const get = (name, headers = {}, method = "GET") => fetch(url + name, { headers, method });
	const cases = [
		["bytes=0-0", 0, 1],
		["bytes=100-199", 100, 200],
		["bytes=990-", 990, 1000],
		["bytes=990-5000", 990, 1000],
		["bytes=-10", 990, 1000],
		["bytes=-5000", 0, 1000],
	];
	for (const [Range, start, end] of cases) {
		const response = await get("data.bin", { Range });
		assert.equal(response.status, 206, Range);
		assert.equal(response.headers.get("content-range"), `bytes ${start}-${end - 1}/1000`);
		const bytes = new Uint8Array(await response.arrayBuffer());
		assert.deepEqual([bytes.length, bytes[0]], [end - start, start % 251]);
	}
	for (const Range of ["bytes=1000-", "bytes=-0"]) {
		const response = await get("data.bin", { Range });
		assert.equal(response.status, 416, Range);
		assert.equal(response.headers.get("content-range"), "bytes */1000");
	}
	for (const Range of ["bytes=5-2", "bytes=0-1,4-5", "lines=0-1"])
		assert.equal((await get("data.bin", { Range })).status, 200, Range);
	assert.equal((await get("none", { Range: "bytes=0-0" })).status, 416);
	assert.equal((await get("none")).status, 200);

	const whole = await get("data.bin");
	assert.match(whole.headers.get("access-control-expose-headers"), /Content-Range, Content-Length, ETag/);
	assert.equal(whole.headers.get("access-control-allow-origin"), "*");
	const etag = whole.headers.get("etag");
	assert.equal((await get("data.bin", { "If-None-Match": etag })).status, 304);
	assert.equal((await get("data.bin", { "If-None-Match": '"other"' })).status, 200);
	assert.equal((await get("data.bin", { Range: "bytes=0-1", "If-Range": '"other"' })).status, 200);
	const head = await get("data.bin", {}, "HEAD");
	assert.equal(head.headers.get("content-length"), "1000");
	assert.equal((await get("data.bin", {}, "POST")).status, 405);
	const preflight = await get("data.bin", { "Access-Control-Request-Headers": "range,x-y" }, "OPTIONS");
	assert.equal(preflight.status, 204);
	assert.equal(preflight.headers.get("access-control-allow-headers"), "range,x-y");
});

test("serve: types, listings, and nothing outside the folder", async (t) => {
	const { url, port } = await served(t, { headers: (name) => (name === "/a.wasm" ? { "X-Hook": name } : undefined) });
	assert.equal((await fetch(`${url}.zmetadata`)).headers.get("content-type"), "application/json");
	const wasm = await fetch(`${url}a.wasm`);
	assert.equal(wasm.headers.get("content-type"), "application/wasm");
	assert.equal(wasm.headers.get("x-hook"), "/a.wasm");

	const page = await (await fetch(url)).text();
	assert.match(page, /href="sub%20%26%20%3Cdir%3E\/">sub &amp; &lt;dir&gt;\/</);
	assert.match(page, /href="\.zmetadata"/);
	assert.equal((await fetch(`${url}empty`)).status, 404, "a folder is no chunk");
	const browser = await fetch(`${url}empty`, { headers: { Accept: "text/html" }, redirect: "manual" });
	assert.equal(browser.headers.get("location"), "./empty/");

	const raw = (target) =>
		new Promise((resolve) => {
			let text = "";
			const socket = connect(port, "127.0.0.1", () =>
				socket.write(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`),
			);
			socket.on("data", (block) => (text += block)).on("close", () => resolve(Number(text.split(" ")[1])));
		});
	for (const target of [
		"/../package.json",
		"/%2e%2e/x",
		"/..%2f..%2fetc/passwd",
		"/outside.json",
		"//etc/passwd",
		"/sub/..%5c..%5cx",
		"/nope",
	]) {
		assert.equal(await raw(target), 404, target);
	}
	for (const target of ["/%00", "/%zz"]) assert.equal(await raw(target), 400, target);
});

test("serve: the command, and a store that it lists", async () => {
	let asked;
	const { status, stdout } = await cli(["serve", MADE, "--port", "0"], {
		onChild(child, text) {
			const url = text.match(/http:\/\/127\.0\.0\.1:\d+\//)?.[0];
			if (!url || asked) return;
			asked = json(["info", `${url}v3-root.zarr`]).finally(() => child.kill("SIGINT"));
		},
	});
	assert.equal(status, 0, stdout);
	assert.equal((await asked).arrays.length, 1);
});
