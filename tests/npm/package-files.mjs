// The package as npm packs it, installed into the fixture apps below target/npm, beside the bundlers and judges that
// tests/npm/package-lock.json pins.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const fixtures = join(root, "tests/npm/apps");

/** Where tools and apps are. */
export const workshop = join(root, "target/npm");
/** The fixture apps, each a folder; the package is in the `node_modules` beside them, as in a workspace. */
export const apps = join(workshop, "apps");
/** The package, installed. */
export const installed = join(apps, "node_modules/zarrscope");

/** Runs a command to its end and gives what it printed; fails with that if it failed. */
export function run(command, args, cwd, env = {}) {
	const bin = [workshop, root].map((folder) => join(folder, "node_modules/.bin"));
	const path = [...bin, process.env.PATH].join(":");
	const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: "1", ...env, PATH: path } });
	let printed = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (printed += text));
	return new Promise((done, fail) => {
		child.on("error", fail);
		child.on("close", (code) => {
			if (code === 0) done(printed);
			else fail(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${printed}`));
		});
	});
}

const hashOf = (...contents) => contents.reduce((hash, text) => hash.update(text), createHash("sha256")).digest("hex");

/** Does something again only if what it depends on has changed. */
async function once(folder, hash, work) {
	const stamp = join(folder, ".made-from");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
	await work();
	writeFileSync(stamp, hash);
}

/** The bundlers and judges. */
async function installTools() {
	const files = ["package.json", "package-lock.json"];
	const contents = files.map((name) => readFileSync(join(root, "tests/npm", name)));
	mkdirSync(workshop, { recursive: true });
	await once(workshop, hashOf(...contents), async () => {
		for (const name of files) cpSync(join(root, "tests/npm", name), join(workshop, name));
		await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], workshop);
	});
}

/** Packs the package; gives the path of the tarball. */
export async function pack() {
	mkdirSync(workshop, { recursive: true });
	const [{ filename }] = JSON.parse(await run("npm", ["pack", "--json", "--pack-destination", workshop], root));
	return join(workshop, filename);
}

/** All that the tests need: tools, tarball, apps. Gives the path of the tarball. */
export async function prepare() {
	const [tarball] = await Promise.all([pack(), installTools()]);
	mkdirSync(apps, { recursive: true });
	await once(apps, hashOf(readFileSync(tarball)), async () => {
		rmSync(join(apps, "node_modules"), { recursive: true, force: true });
		writeFileSync(join(apps, "package.json"), JSON.stringify({ private: true, type: "module" }));
		await run("npm", ["install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", tarball], apps);
	});
	return tarball;
}

/** A fresh copy of a fixture app; `main` is where the code goes that several have in common. */
export function makeApp(name, main) {
	const folder = join(apps, name);
	rmSync(folder, { recursive: true, force: true });
	cpSync(join(fixtures, name), folder, { recursive: true });
	if (main) cpSync(join(fixtures, "main.js"), join(folder, main));
	return folder;
}
