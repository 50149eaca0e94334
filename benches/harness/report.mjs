// Rounds into medians, ratios, a table, and JSON.
import { spawnSync } from "node:child_process";
import { cpus, release, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/tools.mjs";
import { places } from "./setup.mjs";

export function median(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const output = (command, args) => spawnSync(command, args, { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";

/** What was measured on, and with which versions. */
export function circumstances() {
	const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const lock = JSON.parse(readFileSync(join(root, "benches/peers/package-lock.json"), "utf8")).packages;
	const npm = Object.entries(lock).filter(([path]) => path.startsWith("node_modules/"));
	return {
		date: new Date().toISOString(),
		commit: output("git", ["describe", "--always", "--dirty", "--abbrev=12"]),
		machine: {
			processor: cpus()[0].model,
			cores: cpus().length,
			memoryGiB: Math.round(totalmem() / 2 ** 30),
			system: readFileSync("/etc/os-release", "utf8").match(/PRETTY_NAME="(.*)"/)?.[1],
			kernel: release(),
		},
		versions: {
			zarrscope: version,
			node: process.version,
			chromium: output(process.env.CHROMIUM ?? "/usr/bin/chromium", ["--version"]),
			nginx: spawnSync("/usr/sbin/nginx", ["-v"], { encoding: "utf8" }).stderr?.trim(),
			rustc: output("rustc", ["--version"]),
			npm: Object.fromEntries(npm.map(([path, { version: v }]) => [path.slice("node_modules/".length), v])),
			python: output(places.python, ["-m", "pip", "freeze", "--disable-pip-version-check"]).split("\n"),
			crates: lockedCrates(),
		},
	};
}

function lockedCrates() {
	const text = readFileSync(join(root, "benches/native/Cargo.lock"), "utf8");
	const wanted = ["zarrs", "zarrs_http", "blosc-src", "lz4-sys", "zstd-sys", "libz-ng-sys"];
	const all = [...text.matchAll(/name = "(.+)"\nversion = "(.+)"/g)].map(([, name, version]) => [name, version]);
	return Object.fromEntries(all.filter(([name]) => wanted.includes(name)));
}

const MB = 1e6;
const seconds = (s) => (s < 10 ? s.toFixed(3) : s.toFixed(1));

/** Memory as it was found: workers' wasm memory where it is told, else that of the process, all workers together. */
function memoryText({ wasmMb, coordinatorMb, processMb }) {
	if (wasmMb) return `${wasmMb.toFixed(0)} a worker, ${coordinatorMb.toFixed(0)} the coordinating one (wasm)`;
	return processMb ? `${processMb.toFixed(0)} in all (process)` : "";
}

/** The rounds of one contender in one case, summed up; ratios come later. */
export function summary(rounds) {
	const wasm = rounds.flatMap((r) => r.wasmBytes ?? []);
	const most = (bytes) => Math.max(...bytes) / MB;
	return {
		seconds: median(rounds.map((r) => r.open + r.compute)),
		open: median(rounds.map((r) => r.open)),
		rounds: rounds.map(({ open, compute }) => ({ open, compute })),
		processMb: Math.max(...rounds.map((r) => r.processBytes)) / MB,
		...(wasm.length > 0 && {
			wasmMb: most(wasm.flatMap((w) => w.computing)),
			coordinatorMb: most(wasm.map((w) => w.coordinating)),
		}),
	};
}

/** One case as Markdown; ratios are medians of each round's, and tell how many times zarrscope's time the contender takes. */
export function table({ name, contenders }) {
	const head = ["", "median, s", "of which opening", "times zarrscope's", "most memory, MB"];
	const rows = Object.entries(contenders).map(([contender, c]) => {
		if (c.problem) return [contender, c.problem, "", "", ""];
		const ratio = c.ratio === undefined ? "" : c.ratio.toFixed(2);
		return [contender, seconds(c.seconds), seconds(c.open), ratio, memoryText(c)];
	});
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [`**${name}**`, "", line(head), line(["---", "--:", "--:", "--:", "--:"]), ...rows.map(line), ""].join("\n");
}

/** How times grow with the field: those of every longer one, over those of the shortest as often as it is longer. */
export function growth(cases) {
	const alike = new Map();
	for (const one of cases) {
		const name = `${one.task}, ${one.layout}, ${one.chunk} MiB chunks, ${one.link}`;
		alike.set(name, [...(alike.get(name) ?? []), one]);
	}
	const lines = [...alike].flatMap(([name, [shortest, ...longer]]) =>
		longer.flatMap(({ times, contenders }) =>
			Object.entries(contenders).map(([contender, c]) => {
				const ratio = c.seconds / shortest.contenders[contender].seconds / (times / shortest.times);
				return `| ${name} | ${contender} | ${times / shortest.times} | ${ratio.toFixed(2)} |`;
			}),
		),
	);
	return [
		"| | | times as long | time, over as many times that of the shortest |",
		"|---|---|--:|--:|",
		...lines,
		"",
	].join("\n");
}

/** Ratios against zarrscope, round by round. */
export function withRatios(contenders) {
	const own = contenders.zarrscope?.rounds;
	if (!own) return;
	const total = ({ open, compute }) => open + compute;
	for (const c of Object.values(contenders)) {
		if (c.rounds) c.ratio = median(c.rounds.map((round, i) => total(round) / total(own[i])));
	}
}
