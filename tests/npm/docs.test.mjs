// The code in docs/bundlers.md is the fixture apps' code, to the letter. A comment before a block names its file.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { COMMANDS } from "./commands.mjs";
import { root } from "./package-files.mjs";

const text = readFileSync(join(root, "docs/bundlers.md"), "utf8");
const shown = [...text.matchAll(/^<!-- (tests\/npm\/\S+) -->\n```\w+\n(.*?)^```$/gms)].map(([, path, code]) => [
	path,
	code,
]);

test("each block is its file", () => {
	for (const [path, code] of shown) assert.equal(code, readFileSync(join(root, path), "utf8"), path);
	// Nothing else is shown as code but commands.
	const blocks = text.match(/^```\w+$/gm).filter((line) => line !== "```sh");
	assert.equal(blocks.length, shown.length);
});

test("each app's code is shown", () => {
	const paths = shown.map(([path]) => path);
	const files = readdirSync(join(root, "tests/npm/apps"), { recursive: true }).filter((file) => /\.m?js$/.test(file));
	for (const file of [...files, "module/index.html", "cdn/index.html", "element/index.html"])
		assert.ok(paths.includes(`tests/npm/apps/${file}`), file);
});

test("the commands are those that build the apps", () => {
	for (const command of Object.values(COMMANDS)) assert.ok(text.includes(`npx ${command}\n`), command);
});

test("the CDN's address has this version", () => {
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const named = new Set(text.match(/(?<=zarrscope@)[\d.]+\d/g));
	assert.deepEqual([...named], [version]);
});
