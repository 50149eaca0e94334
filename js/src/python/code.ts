/** Code that grows line by line, with the imports and functions that its lines need. */

import { PYTHON_FUNCTIONS } from "./functions.js";

/** The order in which Python's own style sorts: the standard library first. */
const STANDARD = new Set(["datetime", "functools", "json", "math", "os", "re", "urllib.parse"]);

export class Code {
	readonly lines: string[] = [];
	readonly #imports = new Set<string>();
	readonly #functions = new Set<string>();
	#names = 0;

	/** A further name for a dataset or an array: operands have their own. */
	name(base: string): string {
		this.#names += 1;
		return `${base}${this.#names}`;
	}

	/** A line; tabs stand for Python's four spaces. */
	add(line: string): void {
		this.lines.push(line);
	}

	import(line: string): void {
		this.#imports.add(line);
	}

	/** A function of ours by its name, which is then at hand. */
	uses(name: string): string {
		if (this.#functions.has(name)) return name;
		const found = PYTHON_FUNCTIONS.find((one) => one.name === name);
		if (!found) throw new Error(`no function ${name}`);
		this.#functions.add(name);
		for (const line of found.imports) this.#imports.add(line);
		for (const other of found.needs) this.uses(other);
		return name;
	}

	/** All of it: imports, functions, then the lines. */
	text(heading: readonly string[], main: boolean): string {
		const imports = [...this.#imports].sort(byModule);
		const standard = imports.filter((line) => STANDARD.has(moduleOf(line)));
		const others = imports.filter((line) => !STANDARD.has(moduleOf(line)));
		const functions = PYTHON_FUNCTIONS.filter(({ name }) => this.#functions.has(name)).map(({ text }) => text);
		const body = main
			? ['if __name__ == "__main__":', ...this.lines.map((line) => (line ? `\t${line}` : ""))]
			: this.lines;
		const parts = [
			[
				...heading.map((line) => `# ${line}`),
				...(standard.length ? [standard.join("\n"), ""] : []),
				others.join("\n"),
			].join("\n"),
			...functions,
			body.join("\n").replaceAll("\t", "    "),
		];
		// Two empty lines around functions, one else.
		return `${parts.join(functions.length > 0 ? "\n\n\n" : "\n\n")}\n`;
	}
}

function moduleOf(line: string): string {
	return line.split(" ")[1] ?? "";
}

function byModule(a: string, b: string): number {
	const key = (line: string) => `${line.startsWith("from") ? 1 : 0}${line}`;
	return key(a) < key(b) ? -1 : 1;
}
