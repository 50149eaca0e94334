// Consolidated metadata of very many arrays: what opening them costs in memory, and that all is there when it is asked for.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathOf, writeConsolidated } from "../../benches/consolidated.mjs";
import { session } from "../../js/dist/api/session.js";
import { close, open } from "../../js/dist/index.js";

const ARRAYS = 20_000;
const GROUPS = 50;
/**
 * Bytes for each array: 1 kB of text in the core, the same on the main thread, their paths twice, and what reading the file
 * and collecting garbage take for a while. As objects, the attributes alone would take five times as much.
 */
const MAX_BYTES_EACH = 6000;
const MAX_CORE_BYTES_EACH = 2000;

let folder;
before(() => {
	folder = mkdtempSync(join(tmpdir(), "zarrscope-metadata-"));
});
after(() => {
	close();
	rmSync(folder, { recursive: true });
});

/** The most memory that this process has held since it was last asked, where the system tells. */
function mostMemory() {
	try {
		const most = Number(readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)[1]) * 1024;
		writeFileSync("/proc/self/clear_refs", "5");
		return most;
	} catch {
		return undefined;
	}
}

for (const format of [2, 3]) {
	test(`20 MB of consolidated metadata, Zarr v${format}`, async () => {
		const path = join(folder, `many-${format}.zarr`);
		const size = writeConsolidated(path, { format, arrays: ARRAYS, groups: GROUPS });
		assert.ok(size > 18e6, `${size} bytes`);
		writeConsolidated(join(folder, "few.zarr"), { format, arrays: 3, groups: 1 });
		// The core is compiled, and the worker runs.
		await open(join(folder, "few.zarr"));
		const coordinator = await session().coordinator();
		await coordinator.call("forgetSources");
		const core = await coordinator.call("memoryBytes");
		const before = process.memoryUsage.rss();
		mostMemory();
		const dataset = await open(path);
		const most = mostMemory();
		const grown = (await coordinator.call("memoryBytes")) - core;
		// What was freed before is used again: the second format may need nothing more.
		assert.ok(grown <= ARRAYS * MAX_CORE_BYTES_EACH, `the core took ${grown / ARRAYS} bytes for each array`);
		if (most) assert.ok(most - before <= ARRAYS * MAX_BYTES_EACH, `${(most - before) / ARRAYS} bytes for each array`);

		assert.equal(dataset.info.arrayPaths.length, ARRAYS);
		assert.equal(dataset.info.groupPaths.length, GROUPS + (format === 3 ? 2 : 1));
		const last = dataset.get(pathOf(ARRAYS - 1, GROUPS));
		assert.deepEqual(last.dims, ["time", "lat", "lon"]);
		assert.equal(last.attrs.checksum, String(9007199254740993n + BigInt(ARRAYS - 1)));
		assert.equal(last.attrs._FillValue, "NaN");
		assert.equal(last.info.bytes, (365 + ((ARRAYS - 1) % 10)) * 180 * 360 * 4);
		const group = dataset.group("run_7");
		assert.equal(group.dataVars.length, ARRAYS / GROUPS);
		assert.equal(group.attrs.title, "group run_7");
		assert.throws(() => dataset.get("run_7/none"), { code: "not_found" });
		await assert.rejects(dataset.find("run_7/none"), { code: "not_found" });
		// All of them, for those who want them.
		const { arrays } = dataset.info;
		assert.equal(arrays.length, ARRAYS);
		assert.equal(
			dataset.info.bytes,
			arrays.reduce((sum, array) => sum + array.bytes, 0),
		);
	});
}
