// `node benches/startup.mjs [ROUNDS]`: from the address of a page to the first request for data, and to the first answer, in a new
// Chromium with a new profile, and when the page is opened once more. The server of the tests logs what is asked when.
import { startRangeServer } from "../tests/server/range-server.mjs";
import { root } from "../scripts/tools.mjs";
import { startPage } from "./harness/hosts.mjs";

const rounds = Number(process.argv[2] ?? 9);
const STORE = "www/samples/e1.v2.zstd.zarr";
const ARRAY = "air_temperature";
const isolated = {
	"Cross-Origin-Opener-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cache-Control": "max-age=600",
};

/** What is asked for first, and when after the page. */
const MARKS = {
	"the package": (path) => path.endsWith("js/dist/index.js"),
	"the core (wasm)": (path) => path.endsWith("zarrscope_bg.wasm"),
	"the store's metadata": (path) => path.includes(STORE),
	"the first chunk": (path) => path.includes(`${STORE}/${ARRAY}/`) && /\d$/.test(path),
};

async function visits() {
	const server = await startRangeServer({ root, headers: isolated });
	const page = await startPage({
		page: `${server.url}/benches`,
		module: "/benches/contenders/startup.mjs",
		options: { dist: "/js/dist", store: `${server.url}/${STORE}`, array: ARRAY },
	});
	const ended = Date.now();
	await page.close();
	const { log } = server;
	await server.close();
	const starts = log.flatMap(({ path }, i) => (path.endsWith("contender.html") ? [i] : []));
	return starts.map((from, visit) => {
		const own = log.slice(from, starts[visit + 1]);
		const since = (t) => t - own[0].startedAt;
		const asked = (wanted) => {
			const found = own.find(({ path }) => wanted(path));
			return found ? since(found.startedAt) : Number.NaN;
		};
		const times = Object.fromEntries(Object.entries(MARKS).map(([name, wanted]) => [name, asked(wanted)]));
		return { ...times, "the answer": since(log[starts[visit + 1]]?.startedAt ?? ended) };
	});
}

const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const found = [];
for (let round = 0; round < rounds; round++) found.push(await visits());
console.log("| ms after the page was asked for | first visit | opened again |\n|---|--:|--:|");
for (const name of [...Object.keys(MARKS), "the answer"]) {
	const [first, again] = [0, 1].map((visit) => median(found.map((visits) => visits[visit]?.[name] ?? Number.NaN)));
	const shown = (ms) => (Number.isNaN(ms) ? "kept" : ms);
	console.log(`| ${name} | ${shown(first)} | ${shown(again)} |`);
}
