// `node benches/bodies.mjs [ROUNDS]`: what Chromium takes to bring the same bytes in bodies of different sizes, by ranges of the shards
// that `npm run bench -- --mib 512 --task mean --layout sharded` has made, into buffers that are used again or are new. Prints medians.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { startPage } from "./harness/hosts.mjs";
import { startServers } from "./harness/servers.mjs";
import { places } from "./harness/setup.mjs";

const rounds = Number(process.argv[2] ?? 5);
const data = join(places.target, "../bench-data/512");
const { page: site, links, close } = await startServers(data, { slow: false });
const shards = readdirSync(join(data, "sharded-4.zarr/sst/c"), { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => join(entry.parentPath, entry.name))
	.map((path) => ({ url: links.local + path.slice(data.length), size: statSync(path).size }));

/** Ranges of so many MiB. */
const parts = (mib) =>
	shards.flatMap(({ url, size }) =>
		Array.from({ length: Math.ceil(size / (mib << 20)) }, (_, i) => {
			const start = i * (mib << 20);
			return { url, range: `bytes=${start}-${Math.min(start + (mib << 20), size) - 1}` };
		}),
	);
const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1].toFixed(2);

const page = await startPage({ page: site, module: "/contenders/fetch.mjs", options: { workers: 2 } });
const sizes = [2, 4, 8, 16, 32];
const times = new Map([false, true].flatMap((fresh) => sizes.map((mib) => [`${mib} ${fresh}`, []])));
for (let round = 0; round <= rounds; round += 1) {
	for (const [name, own] of times) {
		const [mib, fresh] = name.split(" ");
		const { compute, error } = await page.ask({ parts: parts(Number(mib)), fresh: fresh === "true" });
		if (error) throw new Error(error);
		if (round > 0) own.push(compute);
	}
}
await page.close();
close();
console.log(
	`| seconds, bodies of | ${sizes.map((mib) => `${mib} MiB`).join(" | ")} |\n|---|${"--:|".repeat(sizes.length)}`,
);
for (const [title, fresh] of [
	["a buffer used again", false],
	["a new buffer for each", true],
]) {
	console.log(`| ${title} | ${sizes.map((mib) => median(times.get(`${mib} ${fresh}`))).join(" | ")} |`);
}
