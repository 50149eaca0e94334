// Lets tests import the page's TypeScript as it stands: `register("./typescript-hook.mjs", import.meta.url)`.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export async function resolve(specifier, context, next) {
	const ours = context.parentURL?.endsWith(".ts") && specifier.startsWith(".");
	return next(ours ? specifier.replace(/\.js$/, ".ts") : specifier, context);
}

export async function load(url, context, next) {
	if (!url.endsWith(".ts")) return next(url, context);
	const { outputText } = ts.transpileModule(await readFile(fileURLToPath(url), "utf8"), {
		compilerOptions: { target: "es2022", module: "esnext", verbatimModuleSyntax: true },
	});
	return { format: "module", source: outputText, shortCircuit: true };
}
