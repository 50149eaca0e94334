// A monthly climatology of an array of 8 GiB, and other questions that need more than a pass, with the memory of each worker:
//
//     node benches/climatology.mjs [--gib 8] [--workers 2] [--question NAME]…
//
// The array is made on the fly by a server in another process: daily fields of 512 × 1024 float32, in chunks of 8 MiB.
// Memory is that of each worker's wasm instance after each question: it never shrinks, so it is the most so far.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
	options: {
		gib: { type: "string", default: "8" },
		workers: { type: "string", default: "2" },
		question: { type: "string", multiple: true },
		serve: { type: "boolean", default: false },
	},
});
const LAT = 512;
const LON = 1024;
const days = Math.round((Number(values.gib) * 2 ** 30) / (4 * LAT * LON));

const QUESTIONS = {
	"monthly climatology": (t) => t.groupby("time.month").mean(),
	"monthly anomalies' spread": (t) => t.groupby("time.month").anomaly().std(),
	trend: (t) => t.trend("time"),
	median: (t) => t.median(),
	"quantiles of each column": (t) => t.isel({ lat: { start: 0, stop: 16 } }).quantile([0.1, 0.9], "time"),
	"running means' maximum": (t) => t.rolling({ time: 30 }).mean().max("time"),
};

async function serve() {
	const { generatedStore } = await import("../tests/server/generated.mjs");
	const { startRangeServer } = await import("../tests/server/range-server.mjs");
	const shape = [days, LAT, LON];
	const generate = generatedStore({ shape, chunks: [8, 512, 512], name: "t", prefix: "/t.zarr", hours: 24 });
	const server = await startRangeServer({ generate });
	process.send(server.url);
	process.on("disconnect", () => process.exit());
}

async function ask() {
	const { close, init, open } = await import("../js/dist/index.js");
	const { session } = await import("../js/dist/api/session.js");
	const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--serve", "--gib", values.gib], {
		stdio: ["ignore", "inherit", "inherit", "ipc"],
	});
	const url = await new Promise((resolve) => child.once("message", resolve));
	const names = values.question ?? Object.keys(QUESTIONS);
	for (const name of names) {
		// Fresh workers, whose memory is this question's.
		close();
		await init({ workers: Number(values.workers) });
		const t = (await open(`${url}/t.zarr`)).get("t");
		const { stats, shape } = await QUESTIONS[name](t).compute();
		const pool = session();
		const members = [
			await pool.coordinator(),
			...(await Promise.all([...Array(Number(values.workers)).keys()].map((i) => pool.running(i)))),
		];
		const memory = await Promise.all(members.filter(Boolean).map((m) => m.call("memoryBytes")));
		const mb = memory.map((bytes) => Math.round(bytes / 1e6));
		console.log(
			`${name.padEnd(28)} ${stats.seconds.toFixed(1).padStart(7)} s  ${(stats.bytesDecoded / 2 ** 30).toFixed(1)} GiB decoded, ` +
				`result ${shape.join(" × ") || "a number"}, MB: coordinator ${mb[0]}, workers ${mb.slice(1).join(", ")}`,
		);
	}
	close();
	child.kill();
}

if (values.serve) await serve();
else await ask();
