// The tarball itself: what is in it, what judges of packages say, and that importing it in Node does nothing.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { apps, installed, prepare, root, run, workshop } from "./package-files.mjs";

let tarball;
before(async () => {
	tarball = await prepare();
});

const manifest = () => JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));

test("the tarball holds what is needed, and no sources, tests or maps", () => {
	const files = readdirSync(installed, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(installed.length + 1));
	const wanted = /^(js\/(bin|bundled|dist|wasm)\/.+\.(m?js|d\.ts|wasm)|package\.json|README\.md|LICENSE-(MIT|APACHE))$/;
	assert.deepEqual(
		files.filter((file) => !wanted.test(file)),
		[],
	);
	assert.deepEqual(
		files.filter((file) => /(^|\/)(src|tests?)\/|\.map$|\.test\.|(?<!\.d)\.ts$/.test(file)),
		[],
	);
	for (const name of ["zarrscope", "zarrscope_draw", "zarrscope_rare"])
		for (const end of [".js", ".d.ts", "_bg.wasm"]) assert.ok(files.includes(`js/wasm/${name}${end}`), name + end);
	const mapped = files.filter(
		(file) => /\.m?js$/.test(file) && readFileSync(join(installed, file), "utf8").includes("sourceMappingURL"),
	);
	assert.deepEqual(mapped, []);
});

test("types come first, nothing is a side effect, nothing is needed at run time", () => {
	const { exports, sideEffects, dependencies, peerDependencies, optionalDependencies, scripts } = manifest();
	assert.equal(sideEffects, false);
	assert.deepEqual([dependencies, peerDependencies, optionalDependencies], [undefined, undefined, undefined]);
	for (const when of ["preinstall", "install", "postinstall"]) assert.equal(scripts?.[when], undefined);
	assert.deepEqual(Object.keys(exports), [".", "./inline", "./element", "./worker", "./wasm/*.wasm", "./package.json"]);
	for (const entry of Object.values(exports))
		if (typeof entry === "object") assert.deepEqual(Object.keys(entry), ["types", "default"]);
});

test("publint has nothing to say", async () => {
	const printed = await run("publint", ["run", tarball, "--strict"], workshop);
	assert.match(printed, /All good!/);
});

test("are the types wrong? They are not", async () => {
	// The package is ESM alone: what CommonJS and resolution before Node 12 would see is not judged.
	await run("attw", [tarball, "--config-path", join(root, ".attw.json")], workshop);
});

test("importing any entry in Node does nothing", async () => {
	const script = `
		const before = Reflect.ownKeys(globalThis).length;
		const forbidden = () => { throw new Error("asked for") };
		globalThis.fetch = forbidden;
		WebAssembly.compile = WebAssembly.instantiate = forbidden;
		const entries = await Promise.all(["", "/inline", "/element"].map((entry) => import("zarrscope" + entry)));
		// What read the modules closes its files a little later.
		await new Promise((done) => setTimeout(done, 50));
		const handles = process.getActiveResourcesInfo().filter((name) => !/^(TTY|Pipe)Wrap$/.test(name));
		const [index, inline, element] = entries;
		element.defineElement();
		console.log(JSON.stringify({
			handles,
			made: Reflect.ownKeys(globalThis).length - before,
			same: Object.keys(index).every((name) => name in inline) && "defineElement" in inline,
		}));`;
	const printed = await run(process.execPath, ["--input-type=module", "--eval", script], apps);
	assert.deepEqual(JSON.parse(printed), { handles: [], made: 0, same: true });
});

test("in Node it computes, and its one file says where it does not", async () => {
	const script = `
		const { close, open } = await import("zarrscope");
		const source = ${JSON.stringify(join(root, "www/samples/coads.v3.gzip-transpose.zarr"))};
		const { value } = await (await open(source, { variable: "SST" })).get("SST").mean().compute();
		close();
		const inline = await import("zarrscope/inline");
		const { code } = await inline.open("https://example.org/x.zarr").catch((error) => error);
		console.log(JSON.stringify([value, code]));`;
	const printed = await run(process.execPath, ["--input-type=module", "--eval", script], apps);
	assert.deepEqual(JSON.parse(printed), [18.09534161389649, "unsupported"]);
});

test("the command line is its bin", async () => {
	const sample = join(root, "www/samples/coads.v3.gzip-transpose.zarr");
	const printed = await run("npx", ["--no-install", "zarrscope", "mean", sample, "SST", "--json", "--quiet"], apps);
	assert.equal(JSON.parse(printed).data[0], 18.09534161389649);
});

test("TypeScript finds the types of every entry", async () => {
	const code = `
		import { open, type Result } from "zarrscope";
		import { fromSpec } from "zarrscope/inline";
		import { defineElement, type ZarrScopeElement } from "zarrscope/element";
		export const mean = async (url: string): Promise<Result> => (await open(url)).get("x").mean().compute();
		export const other = fromSpec;
		export function watch(element: ZarrScopeElement): void {
			defineElement();
			element.addEventListener("zarrscope-progress", ({ detail }) => detail.chunksDone.toFixed());
			document.createElement("zarr-scope").plotOptions = { colormap: "grey" };
		}`;
	writeFileSync(join(apps, "typed.ts"), code);
	const options = [
		"--noEmit",
		"--strict",
		"--target",
		"es2022",
		"--lib",
		"es2022,dom,dom.iterable",
		"--typeRoots",
		"none",
	];
	for (const [module, resolution] of [
		["nodenext", "nodenext"],
		["esnext", "bundler"],
	])
		await run("tsc", [...options, "--module", module, "--moduleResolution", resolution, "typed.ts"], apps);
});
