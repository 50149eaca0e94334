// Where stores lie: buckets with their listings and refusals, ZIP files, files at hand. In Node, against real servers.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { close, open, registerFiles, releaseFiles, ZarrscopeError } from "../../js/dist/index.js";
import { startBucketServer } from "../server/bucket-server.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const samples = join(root, "www/samples");
const store = "coads.v3.gzip-transpose.zarr";
const SST = 18.09534161389649;
const servers = [];

after(async () => {
	close();
	for (const server of servers) await server.close();
});

async function bucket(options = {}) {
	const server = await startBucketServer({ root: samples, ...options });
	servers.push(server);
	return server;
}

const meanOf = async (dataset, path = "SST") => (await (await dataset.find(path)).mean().compute()).value;
const fails = (promise, code) => assert.rejects(promise, (e) => e instanceof ZarrscopeError && e.code === code);

/** A store's files by key. */
function filesOf(folder) {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
	return new Map(
		entries.map((e) => {
			const path = join(e.parentPath ?? e.path, e.name);
			return [path.slice(folder.length + 1), new Uint8Array(readFileSync(path))];
		}),
	);
}

for (const [source, endpoint] of [
	[`s3://bucket/${store}`, "s3"],
	[`gs://bucket/${store}`, "google"],
	[`az://account/container/${store}`, "azure"],
]) {
	test(`${source.slice(0, 2)}: a bucket without consolidated metadata is listed, page by page`, async () => {
		const server = await bucket();
		const dataset = await open(source, { storage: { endpoint: `${server.url}/${endpoint}`, query: "sig=SECRET" } });
		assert.equal(dataset.info.complete, true);
		assert.deepEqual(Object.keys(dataset.dims).sort(), ["COADSX", "COADSY", "TIME"]);
		assert.equal(await meanOf(dataset), SST);
		assert.ok(server.log.every(({ url }) => url.includes("sig=SECRET")));
		assert.ok(!JSON.stringify(dataset.info).includes("SECRET"));
	});
}

test("where listing is refused, the store opens and says how to go on", async () => {
	const server = await bucket({ list: false });
	const dataset = await open(`s3://bucket/${store}`, { storage: { endpoint: `${server.url}/s3` } });
	assert.equal(dataset.info.complete, false);
	assert.match(dataset.notices.join(), /path of a variable/);
	assert.equal(await meanOf(dataset), SST);
});

test("hostile listings are refused by name", async () => {
	const endless =
		"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>1</NextContinuationToken></ListBucketResult>";
	const climbing =
		"<ListBucketResult><CommonPrefixes><Prefix>STORE/../</Prefix></CommonPrefixes></ListBucketResult>".replace(
			"STORE",
			store,
		);
	for (const body of [endless, climbing, "<!DOCTYPE a [<!ENTITY b 'c'>]><ListBucketResult>&b;</ListBucketResult>"]) {
		const server = await bucket({ forgeListing: () => body });
		await fails(open(`s3://bucket/${store}`, { storage: { endpoint: `${server.url}/s3` } }), "invalid_metadata");
	}
});

test("403 for missing keys: the store opens, its absent chunks are fill values, and are counted", async () => {
	const gone = (key) => key.includes("SST/c.1.");
	const options = { list: false, gone };
	const [plain, hiding] = [await bucket(options), await bucket({ ...options, hidesMissing: true })];
	const read = async (server) => {
		const dataset = await open(`s3://bucket/${store}`, { storage: { endpoint: `${server.url}/s3` } });
		return (await dataset.find("SST")).mean().compute();
	};
	const [expected, result] = [await read(plain), await read(hiding)];
	assert.equal(result.value, expected.value);
	assert.notEqual(result.value, SST);
	assert.equal(expected.stats.chunksForbidden, 0);
	assert.equal(result.stats.chunksForbidden, expected.stats.chunksMissing);
	assert.equal(result.stats.chunksMissing, expected.stats.chunksMissing);
	assert.ok(result.stats.chunksForbidden > 0);
	// A v2 store with consolidated metadata has no zarr.json: that is no reason not to open it.
	const v2 = await open("s3://bucket/coads.v2.be-fortran.zarr", { storage: { endpoint: `${hiding.url}/s3` } });
	assert.equal(v2.info.consolidated, true);
	const said = await promisify(execFile)(process.execPath, [
		join(root, "js/bin/zarrscope.mjs"),
		...["mean", `s3://bucket/${store}`, "SST", "--endpoint", `${hiding.url}/s3`, "--json"],
	]);
	assert.equal(said.stderr.trim(), `note: 403 treated as missing (${result.stats.chunksForbidden} chunks)`);
	assert.equal(JSON.parse(said.stdout).stats.chunksForbidden, result.stats.chunksForbidden);
});

test("403 without the right to read is an error, and so is a signature that expires half-way", async () => {
	const server = await bucket({ list: false, hidesMissing: true });
	const storage = { endpoint: `${server.url}/s3` };
	await fails(open("s3://bucket/nothing-here.zarr", { storage }), "forbidden");
	const dataset = await open(`s3://bucket/${store}`, { storage });
	const sst = await dataset.find("SST");
	server.expire();
	await fails(sst.mean().compute(), "forbidden");
});

test("403 on a chunk of a store that says 404 for missing keys is an error", async () => {
	const { startRangeServer } = await import("../server/range-server.mjs");
	const faults = ({ path }) => (path.endsWith("SST/c.1.1.1") ? { kind: "status", status: 403 } : undefined);
	const server = await startRangeServer({ root: samples, faults });
	servers.push(server);
	const dataset = await open(`${server.url}/${store}`);
	await fails((await dataset.find("SST")).mean().compute(), "forbidden");
});

test("a store in memory, by keys", async () => {
	const files = filesOf(join(samples, store));
	const dataset = await open(files);
	assert.equal(dataset.info.complete, true);
	assert.equal(await meanOf(dataset), SST);
	assert.equal(await meanOf(await open(Object.fromEntries(files))), SST);
	// As files in a folder of some name, in a worker that is replaced, and after everything was closed.
	const list = Array.from(files, ([key, bytes]) =>
		Object.assign(new File([bytes], key.split("/").pop()), { webkitRelativePath: `my air%.zarr/${key}` }),
	);
	const source = await registerFiles(list);
	assert.match(source, /^local:\/\/\d+\/my%20air%25\.zarr$/);
	const again = await open(source);
	close();
	assert.equal(await meanOf(again), SST);
	assert.equal(
		await meanOf(await open("www/samples/ostia.v3.sharded.zarr"), "surface_temperature"),
		await meanOf(await open(filesOf(join(samples, "ostia.v3.sharded.zarr"))), "surface_temperature"),
	);
	releaseFiles(source);
	close();
	await fails(open(source), "not_found");
	await fails(open([]), "invalid_document");
});

test("a ZIP, by path, over HTTP and at hand, stored and deflated, is the folder", async () => {
	const folder = mkdtempSync(join(tmpdir(), "zarrscope-zip-"));
	const make = `
import os, sys, zipfile
samples, out = sys.argv[1:]
def pack(name, store, compression, prefix=""):
    with zipfile.ZipFile(os.path.join(out, name), "w", compression) as z:
        for base, _, files in os.walk(os.path.join(samples, store)):
            for f in files:
                path = os.path.join(base, f)
                z.write(path, prefix + os.path.relpath(path, os.path.join(samples, store)))
pack("stored.zip", "${store}", zipfile.ZIP_STORED)
pack("deflated.zarr.zip", "${store}", zipfile.ZIP_DEFLATED, "air.zarr/")
pack("sharded.zip", "ostia.v3.sharded.zarr", zipfile.ZIP_STORED)
`;
	execFileSync("python3", ["-c", make, samples, folder]);
	const { startRangeServer } = await import("../server/range-server.mjs");
	const server = await startRangeServer({ root: folder });
	servers.push(server);
	for (const name of ["stored.zip", "deflated.zarr.zip"]) {
		assert.equal(await meanOf(await open(join(folder, name))), SST);
		const overHttp = await open(`${server.url}/${name}`);
		assert.equal(overHttp.info.complete, true);
		assert.equal(await meanOf(overHttp), SST);
		assert.equal(await meanOf(await open(new File([readFileSync(join(folder, name))], name))), SST);
	}
	const [inFolder, inZip] = [join(samples, "ostia.v3.sharded.zarr"), join(folder, "sharded.zip")];
	assert.equal(
		await meanOf(await open(inZip), "surface_temperature"),
		await meanOf(await open(inFolder), "surface_temperature"),
	);
});
