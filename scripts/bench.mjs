// `npm run bench`: the same questions to zarrscope and to what else one could use, on the same data through the same server.
// docs/performance.md says how it is done.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { contendersFor, SMALL } from "../benches/contenders.mjs";
import { circumstances, growth, summary, table, withRatios } from "../benches/harness/report.mjs";
import { startServers } from "../benches/harness/servers.mjs";
import { places, setUp } from "../benches/harness/setup.mjs";
import { ASK, casesFor, errorOf, isKnown, nameOf, toleranceOf, truthOf } from "../benches/tasks.mjs";
import { root } from "./tools.mjs";

const text = { type: "string" };
const several = { type: "string", multiple: true };
const { values } = parseArgs({
	options: {
		mib: text,
		rounds: text,
		task: several,
		layout: several,
		chunk: several,
		link: several,
		times: several,
		contender: several,
		small: { type: "boolean", default: false },
		out: text,
	},
});
const small = values.small;
const mib = Number(values.mib ?? (small ? 96 : 1024));
const rounds = Number(values.rounds ?? (small ? 3 : 5));
const cases = casesFor(small ? { task: values.task ?? ["mean", "std", "histogram"] } : values);
const all = contendersFor(cpus().length);
const wanted = values.contender ?? (small ? SMALL : Object.keys(all));
for (const name of wanted) {
	if (all[name]) continue;
	console.error(`bench: no contender ${name}; there are ${Object.keys(all).join(", ")}`);
	process.exit(2);
}
if (cases.some((c) => !Number.isInteger(c.times) || c.times < 1 || !isKnown(c))) {
	console.error("bench: --times takes whole numbers, for the tasks mean, std, map and histogram");
	process.exit(2);
}
const note = (line) => console.error(`bench: ${line}`);
const slow = cases.some((c) => c.link === "slow");
const compiled = slow || wanted.some((name) => ["zarrs", "floor", "floor-1"].includes(name));

/** The data of all cases, made where they are missing. */
function makeData() {
	const folder = join(root, "target/bench-data", String(mib));
	const stores = [...new Set(cases.map((c) => c.store))];
	const args = ["benches/data.py", folder, "--mib", String(mib), "--ask", JSON.stringify(ASK), "--stores", ...stores];
	const { status } = spawnSync(places.python, args, {
		cwd: root,
		stdio: ["ignore", 2, 2],
		env: { ...process.env, PYTHONWARNINGS: "ignore" },
	});
	if (status !== 0) process.exit(1);
	return folder;
}

/** Processes and pages, started when they are first asked over a link, and kept. */
function hosts(servers) {
	const running = new Map();
	return {
		async of(name, link) {
			const key = `${name} ${link}`;
			if (!running.has(key)) {
				running.set(key, await all[name].start({ page: servers.page, link }));
				note(`${name} started in ${running.get(key).started.toFixed(2)} s`);
			}
			return running.get(key);
		},
		async drop(name, link) {
			const key = `${name} ${link}`;
			await running.get(key)?.close();
			running.delete(key);
		},
		async close() {
			await Promise.all([...running.values()].map((host) => host.close()));
		},
	};
}

/** One question to one contender; whatever goes wrong is the answer. */
async function ask(host, name, benchCase, servers) {
	const question = {
		url: `${servers.links[benchCase.link]}/${benchCase.store}.zarr`,
		array: "sst",
		task: benchCase.task,
		ask: ASK,
		sharded: benchCase.layout === "sharded",
		...all[name].question?.(benchCase),
	};
	return host.ask(question).catch((error) => ({ error: error.message, lost: true }));
}

/** All contenders that can, in turn, several rounds; the first is not counted, and tells whether the answer is right. */
async function run(benchCase, servers, running, truths) {
	const truth = truthOf(benchCase, truths(benchCase.kind));
	const tolerance = toleranceOf(benchCase.task);
	const able = wanted.filter(
		(name) => all[name].tasks.includes(benchCase.task) && (all[name].layouts?.(benchCase.layout) ?? true),
	);
	const found = Object.fromEntries(able.map((name) => [name, { counted: [] }]));
	for (let round = 0; round <= rounds; round++) {
		for (const name of able.filter((n) => !found[n].problem)) {
			const reply = await ask(await running.of(name, benchCase.link), name, benchCase, servers);
			if (reply.lost) await running.drop(name, benchCase.link);
			const error = reply.error || all[name].unanswered ? undefined : errorOf(reply.answer, truth);
			found[name].error = error;
			if (reply.error) found[name].problem = `failed: ${reply.error}`;
			else if (!all[name].unanswered && !(error <= tolerance)) found[name].problem = `wrong by ${error}`;
			else if (round > 0) found[name].counted.push(reply);
		}
	}
	const contenders = {};
	for (const [name, { problem, counted, error }] of Object.entries(found)) {
		contenders[name] = problem ? { problem, error } : { ...summary(counted), error, workers: all[name].workers };
	}
	withRatios(contenders);
	return { name: nameOf(benchCase), ...benchCase, contenders };
}

if (!existsSync(join(root, "js/dist/index.js")) || !existsSync(join(root, "js/wasm"))) {
	const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], {
		cwd: root,
		stdio: ["ignore", 2, 2],
	});
	if (status !== 0) process.exit(1);
}
setUp({ without: compiled ? [] : ["native"] });
const data = makeData();
const truths = (kind) => JSON.parse(readFileSync(join(data, `answers-${kind}.json`), "utf8"));
const servers = await startServers(data, { slow });
const running = hosts(servers);
// Whoever stops the bench stops browsers and servers, too.
for (const signal of ["SIGINT", "SIGTERM"]) {
	process.once(signal, async () => {
		servers.close();
		await running.close();
		process.exit(1);
	});
}
const results = { ...circumstances(), command: process.argv.slice(2), mib, rounds, cases: [] };
let wrong = 0;
try {
	const { machine, commit, date } = results;
	console.log(
		`${machine.processor}, ${machine.cores} cores, ${machine.system}; ${date}; ${commit}; ${mib} MiB, ${rounds} rounds\n`,
	);
	for (const benchCase of cases) {
		const result = await run(benchCase, servers, running, truths);
		results.cases.push(result);
		wrong += Object.values(result.contenders).filter((c) => c.problem).length;
		console.log(table(result));
	}
	if (values.times?.length > 1) console.log(growth(results.cases));
} finally {
	await running.close();
	servers.close();
}
const out = values.out ?? join(places.target, "results.json");
mkdirSync(join(out, ".."), { recursive: true });
writeFileSync(out, `${JSON.stringify(results, null, "\t")}\n`);
note(`written to ${out}`);
if (wrong > 0) note(`${wrong} answers were wrong or missing`);
process.exit(wrong > 0 ? 1 : 0);
