// What `zarrscope.show` tells of xarray objects, and what it refuses, in Python; against the sample stores over HTTP.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { jupyterPython, root } from "../../scripts/tools.mjs";
import { startRangeServer } from "../server/range-server.mjs";

test("selections are carried over, and computations refused", async (t) => {
	const server = await startRangeServer({ root });
	t.after(() => server.close());
	const script = join(root, "tests/jupyter/show_cases.py");
	const child = spawn(jupyterPython, [script, `${server.url}/www/samples`]);
	let told = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk) => {
			told += chunk;
		});
	const status = await new Promise((resolve) => child.once("close", resolve));
	assert.equal(status, 0, told);
	assert.match(told, /passed/);
});
