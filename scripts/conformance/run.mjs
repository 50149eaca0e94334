// `npm run conformance`: strangers' stores through the built package, against the values that their own libraries read.
//
//   --suite TEXT    only suites whose name holds TEXT
//   --case TEXT     only cases whose name holds TEXT
//   --json FILE     writes what came of every case
//   --write-readme  rewrites the support table in README.md from it
//
// Without ../shared/data (or ZARRSCOPE_SHARED) only the repository's own fixtures run.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../tools.mjs";
import { sharedData, startServers } from "./data.mjs";
import { writeSupportTable } from "./readme.mjs";
import { refusalOf, unused, verdict } from "./refusals.mjs";
import { tables } from "./report.mjs";
import { suites } from "./suites/index.mjs";

build();
const { close, init } = await import("../../js/dist/index.js");
const { judge } = await import("./judge.mjs");

const { values: options } = parseArgs({
	options: {
		suite: { type: "string", default: "" },
		case: { type: "string", default: "" },
		json: { type: "string" },
		"write-readme": { type: "boolean", default: false },
	},
});

const shared = sharedData();
if (!shared)
	console.log("no strangers' data here (../shared/data, or ZARRSCOPE_SHARED): only the repository's own fixtures run");

const servers = await startServers(shared);
await init({ workers: 2 });
const results = [];
const ran = new Set();
const used = new Set();
try {
	for (const suite of suites.filter(({ name }) => name.includes(options.suite))) {
		if (suite.needs && !(shared && existsSync(join(shared, suite.needs)))) continue;
		ran.add(suite.name);
		for (const testCase of suite.cases({ shared, servers })) {
			if (testCase.name.includes(options.case)) results.push(await one(suite.name, testCase));
		}
	}
} finally {
	close();
	await servers.close();
}

/** The package as npm would ship it, unless it is up to date; `ZARRSCOPE_BUILT=1` takes it as it is. */
function build() {
	if (process.env.ZARRSCOPE_BUILT) return;
	const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--lib"], { stdio: "inherit" });
	if (status !== 0) process.exit(1);
}

async function one(suite, testCase) {
	const entry = refusalOf(suite, testCase.name);
	if (entry) used.add(entry);
	const outcome = await judge(testCase);
	const result = {
		suite,
		name: testCase.name,
		...outcome,
		...verdict(outcome, entry),
		...(entry ? { what: entry.what } : {}),
	};
	if (result.is === "FAILED") console.log(`FAILED ${suite}: ${testCase.name}: ${result.why}`);
	return result;
}

const whole = options.suite === "" && options.case === "";
const idle = whole ? unused(ran, used) : [];
for (const entry of idle) console.log(`FAILED refused.json: no case of ${entry.suite} is called ${entry.cases}`);

console.log(`\n${tables(results)}\n`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, "\t")}\n`);
const failed = results.filter(({ is }) => is === "FAILED").length + idle.length;
const count = (is) => results.filter((r) => r.is === is).length;
console.log(`${count("passed")} passed, ${count("refused")} refused as listed, ${failed} failed`);
if (options["write-readme"]) {
	if (shared && whole && failed === 0) writeSupportTable(results);
	else console.log("README.md is left as it is: its table is made from a whole run without failures");
}
process.exitCode = failed === 0 ? 0 : 1;
