// `npm run gallery`: draws every picture of docs/gallery with the built command line, and writes docs/gallery.md around them.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ENTRIES } from "./gallery/entries.mjs";
import { documentText, pageOf } from "./gallery/page.mjs";
import { root } from "./tools.mjs";

const folder = join(root, "docs/gallery");
/** An SVG that is larger than this is drawn as PNG instead. */
const MAX_SVG_BYTES = 150_000;

function draw({ name, flags = [], behind }, ending) {
	const behindFlags = behind ? ["--behind", `docs/gallery/${name}-behind.json`] : [];
	const call = ["plot", `docs/gallery/${name}.json`, "-o", `docs/gallery/${name}.${ending}`, ...flags, ...behindFlags];
	const { status } = spawnSync(process.execPath, ["js/bin/zarrscope.mjs", ...call, "--quiet"], {
		cwd: root,
		stdio: ["ignore", "inherit", "inherit"],
	});
	if (status !== 0) process.exit(status ?? 1);
	return statSync(join(folder, `${name}.${ending}`)).size;
}

mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) rmSync(join(folder, old));
const endings = new Map();
for (const entry of ENTRIES) {
	const { name, document, behind } = entry;
	writeFileSync(join(folder, `${name}.json`), documentText(document));
	if (behind) writeFileSync(join(folder, `${name}-behind.json`), documentText(behind));
	let ending = "svg";
	if (draw(entry, ending) > MAX_SVG_BYTES) {
		rmSync(join(folder, `${name}.svg`));
		ending = "png";
		draw(entry, ending);
	}
	endings.set(name, ending);
	console.log(`${name}.${ending}`);
}
writeFileSync(join(root, "docs/gallery.md"), pageOf(ENTRIES, endings));
