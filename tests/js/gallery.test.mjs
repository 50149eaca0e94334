// The gallery of docs/: a picture for every operation, and the page that `npm run gallery` writes around them.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { OPERATIONS } from "../../js/dist/index.js";
import { ENTRIES } from "../../scripts/gallery/entries.mjs";
import { documentText, pageOf } from "../../scripts/gallery/page.mjs";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const file = (name) => join(docs, "gallery", name);
const endingOf = (name) => ["svg", "png"].find((ending) => existsSync(file(`${name}.${ending}`)));

test("every operation of the table has its entry, whose document uses it", () => {
	const shown = ENTRIES.filter(({ operation }) => operation).map(({ operation }) => operation);
	assert.deepEqual([...shown].sort(), OPERATIONS.map(({ name }) => name).sort());
	for (const { operation, name, document, about } of ENTRIES) {
		if (operation)
			assert.ok(
				document.steps.some(({ op }) => op === operation),
				name,
			);
		assert.match(about, /\.$/, name);
	}
});

test("the gallery is what its entries make: run `npm run gallery` after a change", () => {
	const endings = new Map(ENTRIES.map(({ name }) => [name, endingOf(name)]));
	for (const [name, ending] of endings) assert.ok(ending, `${name} has no picture`);
	assert.equal(readFileSync(join(docs, "gallery.md"), "utf8"), pageOf(ENTRIES, endings));
	const wanted = ENTRIES.flatMap(({ name, behind }) => [
		`${name}.json`,
		`${name}.${endings.get(name)}`,
		...(behind ? [`${name}-behind.json`] : []),
	]);
	assert.deepEqual(readdirSync(join(docs, "gallery")).sort(), wanted.sort());
	for (const { name, document } of ENTRIES)
		assert.equal(readFileSync(file(`${name}.json`), "utf8"), documentText(document));
});

test("pictures are small, and tell in words what they show", () => {
	for (const { name } of ENTRIES) {
		const bytes = readFileSync(file(`${name}.${endingOf(name)}`));
		assert.ok(bytes.length < 150_000, `${name}: ${bytes.length} bytes`);
		if (endingOf(name) === "svg") assert.match(String(bytes), /<title>[^<]+<\/title><desc>[^<]+<\/desc>/, name);
	}
});
