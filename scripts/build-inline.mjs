// Makes of js/dist and js/wasm what needs no other file: js/bundled/worker.js, the worker's script, and js/bundled/inline.js,
// the library with that script and the core in it. Does nothing if what they are made from has not changed.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import webpack from "webpack";
import { root } from "./tools.mjs";

const dist = join(root, "js/dist");
const wasm = join(root, "js/wasm");
const bundled = join(root, "js/bundled");
const stamp = join(bundled, ".built-from");
/** Written for the second bundle, and removed after it. */
const embedded = join(dist, "pool/embedded.js");

/** One hash of everything that they are made from, this script among it. */
function sourceHash() {
	const hash = createHash("sha256");
	const below = (folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
	const files = [...below(dist), ...below(wasm)].filter((file) => /\.(js|wasm)$/.test(file) && file !== embedded);
	for (const file of [...files.sort(), join(root, "scripts/build-inline.mjs"), join(root, "package-lock.json")])
		hash.update(file.slice(root.length)).update(readFileSync(file));
	return hash.digest("hex");
}

/** Bundles one entry into one module; what it exports stays exported. */
async function bundle(entry, filename, target, more = []) {
	const compiler = webpack({
		mode: "production",
		context: root,
		target: [target, "es2022"],
		entry: join(dist, entry),
		experiments: { outputModule: true },
		output: { path: bundled, filename, module: true, library: { type: "module" } },
		// Nothing is beside this file, and bundlers that read it must not look for anything.
		module: { parser: { javascript: { url: false, worker: false, dynamicImportMode: "eager" } } },
		plugins: [
			// Nor is it for Node, whose modules bundlers for the web do not know.
			new webpack.DefinePlugin({ "import.meta.url": "undefined", "typeof process": JSON.stringify("undefined") }),
			new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
			...more,
		],
		performance: { hints: false },
		devtool: false,
		cache: false,
	});
	const stats = await new Promise((done, fail) => {
		compiler.run((error, stats) => compiler.close(() => (error ? fail(error) : done(stats))));
	});
	if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
}

const packed = (file) => gzipSync(readFileSync(join(wasm, file)), { level: 9 }).toString("base64");

async function build() {
	await bundle("pool/worker-browser.js", "worker.js", "webworker");
	const { WASM_FILES } = await import(join(dist, "pool/wasm-files.js"));
	const modules = Object.fromEntries(Object.entries(WASM_FILES).map(([name, file]) => [name, packed(file)]));
	const worker = readFileSync(join(bundled, "worker.js"), "utf8");
	const text = `export const worker = ${JSON.stringify(worker)};\nexport const wasm = ${JSON.stringify(modules)};\n`;
	writeFileSync(embedded, text);
	const spawn = new webpack.NormalModuleReplacementPlugin(/^\.\/spawn\.js$/, "./spawn-inline.js");
	await bundle("inline.js", "inline.js", "web", [spawn]);
	rmSync(embedded);
}

const hash = sourceHash();
const made = ["worker.js", "inline.js"].every((name) => existsSync(join(bundled, name)));
if (made && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) {
	console.error("inline: up to date");
} else {
	await build();
	writeFileSync(stamp, hash);
}
const inline = readFileSync(join(bundled, "inline.js"));
const megabytes = (bytes) => `${(bytes.length / 1e6).toFixed(1)} MB`;
console.error(`inline: ${megabytes(inline)}, ${megabytes(gzipSync(inline))} after gzip`);
