import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({ entryPoints: ["main.js"], outfile: "dist/main.js", bundle: true, format: "esm", minify: true });

const find = (path) => fileURLToPath(import.meta.resolve(`zarrscope/${path}`));
await cp(find("worker"), "dist/zarrscope/worker.js");
for (const file of ["zarrscope_bg.wasm", "zarrscope_draw_bg.wasm", "zarrscope_rare_bg.wasm"])
	await cp(find(`wasm/${file}`), `dist/zarrscope/${file}`);
await cp("index.html", "dist/index.html");
