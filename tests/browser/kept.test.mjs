// What was computed stays on disk (OPFS): after a page is loaded again no chunk is fetched. Damaged files, several pages at once
// and full disks are nobody's trouble; what is secret or near is not written.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { runInPage, startBrowser, startServers } from "./harness.mjs";

const STORE = "www/samples/coads.v3.gzip-transpose.zarr";
const SST = 18.09534161389649;
let context;
let servers;
let elsewhere;

before(async () => {
	servers = await startServers();
	// The data lie on another machine, as far as the browser knows.
	context = await startBrowser(["--host-resolver-rules=MAP data.example 127.0.0.1"]);
	elsewhere = servers.store.url.replace(/127\.0\.0\.1|localhost/, "data.example");
});
after(async () => {
	await context.close();
	await servers.close();
});
beforeEach(async () => {
	await inPage(({ z }) => z.forgetPartials());
	servers.store.reset();
});

/** What pages are given as well: the folder that partials lie in, and what runs and waits for it. */
const TOOLS = `(tools) => {
	const { z } = tools;
	const files = async () => {
		const top = await navigator.storage.getDirectory();
		const folder = await top.getDirectoryHandle("zarrscope-partials").catch(() => undefined);
		const all = [];
		if (folder) for await (const handle of folder.values()) all.push(handle);
		return all;
	};
	// A file is whole once its head is there.
	const whole = async (handle) => {
		const start = await handle.getFile().then((file) => file.slice(0, 8).text()).catch(() => "");
		return start === "zskept01";
	};
	const written = async (count) => {
		for (let i = 0; i < 200; i += 1) {
			const all = await files();
			if (all.length >= count && (await Promise.all(all.map(whole))).every(Boolean)) return all.length;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		throw new Error("nothing was written");
	};
	const run = async (source, op = "mean", storage = undefined) => {
		const ds = await z.open(source, { storage });
		const { value, stats } = await (await ds.find("SST"))[op]().compute();
		return { value, stats };
	};
	return { ...tools, files, written, run };
}`;

/** Runs a function in a page that has nothing to complain of. */
async function inPage(body, ...rest) {
	const { value, errors } = await runInPage(context, servers.site, body, rest, TOOLS);
	// What is not there is asked for, too: metadata of another format, an icon.
	assert.deepEqual(
		errors.filter((text) => !text.includes("404 (Not Found)")),
		[],
	);
	return value;
}

const once = (source, op, storage) => inPage(({ run }, ...asked) => run(...asked), source, op, storage);
const writeOnce = (source, op) =>
	inPage(
		async ({ run, written }, ...asked) => {
			const result = await run(...asked);
			await written(1);
			return result;
		},
		source,
		op,
	);
const countFiles = () => inPage(async ({ files }) => (await files()).length);
const chunkReads = () => servers.store.log.filter(({ path }) => path.includes("/SST/c"));

test("after a page is loaded again no chunk is fetched, whatever shares its statistics", async () => {
	const first = await writeOnce(`${elsewhere}/${STORE}`, "mean");
	assert.equal(first.value, SST);
	assert.ok(first.stats.chunks > 0 && first.stats.chunksReused === 0);
	const read = chunkReads().length;
	assert.ok(read > 0);
	servers.store.reset();
	const again = await once(`${elsewhere}/${STORE}`, "mean");
	assert.equal(again.value, SST);
	assert.equal(again.stats.chunksReused, first.stats.chunks);
	assert.deepEqual([again.stats.chunks, again.stats.requests, again.stats.bytesFetched], [0, 0, 0]);
	const sum = await once(`${elsewhere}/${STORE}`, "sum");
	assert.equal(sum.stats.chunksReused, first.stats.chunks);
	assert.deepEqual(chunkReads(), []);
	assert.ok(servers.store.log.length > 0, "metadata are read");
	const count = await once(`${elsewhere}/${STORE}`, "count");
	assert.equal(count.stats.chunksReused, 0);
	assert.ok(Math.abs(sum.value / count.value - SST) < 1e-9);
});

test("no address and no key of the store is written", async () => {
	await writeOnce(`${elsewhere}/${STORE}`, "mean");
	const all = await inPage(async ({ files }) => {
		const texts = (await files()).map(async (handle) => `${handle.name}\n${await (await handle.getFile()).text()}`);
		return (await Promise.all(texts)).join("\n");
	});
	assert.match(all, /zskept01/);
	assert.doesNotMatch(all, /data\.example|coads|SST/);
});

test("nothing is written of this machine, of what needs a secret, or where it is not wanted", async () => {
	const pause = async ({ run, files }, ...asked) => {
		const first = await run(...asked);
		const second = await run(...asked);
		await new Promise((resolve) => setTimeout(resolve, 500));
		return { first, second, files: (await files()).length };
	};
	const secret = { query: "sig=SECRET" };
	for (const [source, storage] of [
		[`${servers.store.url}/${STORE}`, undefined],
		[`${elsewhere}/${STORE}`, secret],
		[`${elsewhere}/${STORE}?sig=SECRET`, undefined],
	]) {
		const { first, second, files } = await inPage(pause, source, "mean", storage);
		assert.equal(files, 0, source);
		// In memory it is kept all the same.
		assert.equal(second.stats.chunksReused, first.stats.chunks);
	}
	const unwanted = await inPage(async ({ z, run, files }, source) => {
		await z.init({ keepPartials: { storageBytes: 0 } });
		await run(source);
		await new Promise((resolve) => setTimeout(resolve, 500));
		return (await files()).length;
	}, `${elsewhere}/${STORE}`);
	assert.equal(unwanted, 0);
});

test("damaged files are misses", async () => {
	const source = `${elsewhere}/${STORE}`;
	/** Ways to spoil a file, given its bytes. */
	const ways = {
		"the head is gone": (bytes) => bytes.fill(0, 0, 40),
		"the table is not what was written": (bytes) => bytes.fill(1, 40, 60),
		"the last byte differs": (bytes) => bytes.fill(bytes.at(-1) ^ 1, bytes.length - 1),
		"all data differ": (bytes) => bytes.fill(7, Math.floor(bytes.length * 0.6)),
		"half of it is missing": (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
		"it is empty": (bytes) => bytes.subarray(0, 0),
		"it counts more than there is": (bytes) => new DataView(bytes.buffer).setUint32(16, 2 ** 32 - 1, true) ?? bytes,
	};
	for (const [name, spoil] of Object.entries(ways)) {
		await inPage(({ z }) => z.forgetPartials());
		const first = await writeOnce(source, "mean");
		await inPage(async ({ files }, way) => {
			const spoil = new Function(`return ${way}`)();
			for (const handle of await files()) {
				const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
				const stream = await handle.createWritable();
				await stream.write(spoil(bytes));
				await stream.close();
			}
		}, spoil.toString());
		const again = await once(source, "mean");
		assert.equal(again.value, SST, name);
		assert.ok(again.stats.chunks > 0, `${name}: ${again.stats.chunksReused} of ${first.stats.chunks} reused`);
	}
});

test("several pages at once, and files that disappear between", async () => {
	const ops = ["mean", "min", "max", "std", "count", "median"];
	const load = async ({ run, files }, source, ops, clears) => {
		const values = {};
		for (let round = 0; round < 3; round += 1) {
			for (const op of ops) values[op] = (await run(source, op)).value;
			const top = await navigator.storage.getDirectory();
			if (clears) await top.removeEntry("zarrscope-partials", { recursive: true }).catch(() => {});
		}
		return { values, files: (await files()).length };
	};
	const source = `${elsewhere}/${STORE}`;
	const pages = [false, false, true].map((clears) => inPage(load, source, ops, clears));
	const [first, ...others] = await Promise.all(pages);
	assert.equal(first.values.mean, SST);
	for (const other of others) assert.deepEqual(other.values, first.values);
	assert.equal((await once(source, "mean")).value, SST);
});

test("the disk is bounded: what was not used for longest goes first", async () => {
	const source = `${elsewhere}/${STORE}`;
	const { sizes, bound, values } = await inPage(async ({ z, files, written, run }, source) => {
		await run(source, "mean");
		await written(1);
		const size = (await (await files())[0].getFile()).size;
		const bound = Math.floor(3.5 * size);
		await z.forgetPartials();
		await z.init({ keepPartials: { storageBytes: bound } });
		const values = [];
		const sst = await (await z.open(source)).find("SST");
		for (let i = 0; i < 6; i += 1) {
			const some = sst.isel({ COADSX: { start: i } });
			values.push((await some.mean().compute()).value);
			await written(Math.min(i + 1, 3));
		}
		await new Promise((resolve) => setTimeout(resolve, 500));
		const sizes = await Promise.all((await files()).map(async (handle) => (await handle.getFile()).size));
		return { sizes, bound, values };
	}, source);
	assert.equal(new Set(values).size, 6);
	assert.ok(sizes.length >= 2 && sizes.reduce((a, b) => a + b) <= bound, `${sizes} within ${bound}`);
});

test("forgetPartials removes everything", async () => {
	await writeOnce(`${elsewhere}/${STORE}`, "mean");
	assert.ok((await countFiles()) > 0);
	await inPage(({ z }) => z.forgetPartials());
	assert.equal(await countFiles(), 0);
	const left = await inPage(async ({ z, run, written, files }, source) => {
		await run(source);
		await written(1);
		await z.forgetPartials();
		return { files: (await files()).length, again: (await run(source)).stats.chunksReused };
	}, `${elsewhere}/${STORE}`);
	assert.deepEqual(left, { files: 0, again: 0 });
});
