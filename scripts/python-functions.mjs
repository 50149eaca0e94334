// The functions of jupyter/src/zarrscope/dask/functions as text that the package carries: "Copy as Python" puts those that a
// document needs into its code. `--check` only says whether js/src/python/functions.ts is what they give.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tools.mjs";

const SOURCE = join(root, "jupyter/src/zarrscope/dask/functions");
const TARGET = join(root, "js/src/python/functions.ts");

/** A file's imports from public libraries, and its functions and classes, each with its own text. */
function parse(text) {
	const blocks = text.replace(/^"""[\s\S]*?"""\n/, "").split(/\n(?=(?:def|class) )/);
	const imports = blocks[0].split("\n").filter((line) => /^(import|from) [^.]/.test(line));
	return { imports, blocks: blocks.slice(1).map((block) => block.trimEnd()) };
}

/** Code without its comments and strings. */
const bare = (text) => text.replace(/"""[\s\S]*?"""|f?"[^"\n]*"|#.*/g, (part) => (part.startsWith("f") ? part : ""));

/** Whether code uses a name, other than as part of another or for an argument. */
const uses = (code, name) => new RegExp(`(?<![\\w.])${name}(?!\\w)(?!=[^=])`).test(code);

/** The name that an import brings. */
const brings = (line) => line.match(/ as (\w+)$/)?.[1] ?? line.match(/import (\w+)/)[1];

/** `from a import b, c` as lines of one name each, so that each goes along with what uses it. */
const single = (line) => {
	const [, module, names] = line.match(/^from (\S+) import (.+)$/) ?? [];
	return module ? names.split(", ").map((name) => `from ${module} import ${name}`) : [line];
};

export function functionsText() {
	const files = readdirSync(SOURCE)
		.filter((name) => name.endsWith(".py") && name !== "__init__.py")
		.sort()
		.map((name) => parse(readFileSync(join(SOURCE, name), "utf8")));
	const name = (block) => block.match(/^(?:def|class) (\w+)/)[1];
	const all = files.flatMap(({ blocks }) => blocks.map(name));
	if (new Set(all).size !== all.length) throw new Error("two functions have one name");
	const entries = files.flatMap(({ imports, blocks }) =>
		blocks.map((block) => ({
			name: name(block),
			imports: imports.flatMap(single).filter((line) => uses(bare(block), brings(line))),
			needs: all.filter((other) => other !== name(block) && uses(bare(block), other)),
			text: block,
		})),
	);
	const written = entries.map((entry) => `\t${JSON.stringify(entry)},`).join("\n");
	return `/** Written by scripts/python-functions.mjs from jupyter/src/zarrscope/dask/functions: change those. */

/** A function in Python: what it imports, which others it calls, and its text. */
export interface PythonFunction {
	readonly name: string;
	readonly imports: readonly string[];
	readonly needs: readonly string[];
	readonly text: string;
}

// biome-ignore format: one function a line
export const PYTHON_FUNCTIONS: readonly PythonFunction[] = [
${written}
];
`;
}

if (process.argv[1]?.endsWith("python-functions.mjs")) {
	const text = functionsText();
	if (!process.argv.includes("--check")) writeFileSync(TARGET, text);
	else if (readFileSync(TARGET, "utf8") !== text) {
		console.error(
			"js/src/python/functions.ts is not what jupyter/src/zarrscope/dask/functions gives: node scripts/python-functions.mjs",
		);
		process.exit(1);
	}
}
