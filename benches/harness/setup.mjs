// Installs what the benchmark needs beyond the package itself, each once: nginx (Debian's), a Python environment, the peers from
// npm, and the native programs. Versions are pinned by requirements.txt, package-lock.json and Cargo.lock.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonEnvironment } from "../../scripts/python-env.mjs";
import { root, withTools } from "../../scripts/tools.mjs";

const benches = join(root, "benches");
const target = join(root, "target/bench");
export const places = {
	target,
	python: join(root, ".tools/bench-python/bin/python"),
	peers: join(target, "peers"),
	native: (name) => join(benches, "native/target/release", name),
};

function need(command, args, options = {}) {
	console.error(`$ ${command} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], env: withTools(), ...options });
	if (status === 0) return;
	console.error(`bench: ${command} failed`);
	process.exit(1);
}

const has = (command) => spawnSync("which", [command]).status === 0;

/** Does what is to be done unless it was done from the same files. */
function once(stamp, files, done) {
	const hash = createHash("sha256");
	for (const file of files) hash.update(readFileSync(file));
	const wanted = hash.digest("hex");
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
	done();
	writeFileSync(stamp, wanted);
}

function debian(packages) {
	if (packages.length === 0) return;
	need("apt-get", ["update"]);
	need("apt-get", ["install", "-y", "--no-install-recommends", ...packages]);
}

/** The peers of npm, and one module of each for a page, made as users make them: by a bundler. */
function peers() {
	const folder = join(benches, "peers");
	const lock = join(folder, "package-lock.json");
	once(join(folder, "node_modules/.installed-from"), [lock], () => {
		need("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
	});
	const sources = ["zarrita.mjs", "fizarrita.mjs", "loops.mjs", "told.mjs"].map((name) =>
		join(benches, "contenders", name),
	);
	mkdirSync(places.peers, { recursive: true });
	once(join(places.peers, ".built-from"), [lock, join(folder, "webpack.config.mjs"), ...sources], () => {
		need("webpack", ["--config", join(folder, "webpack.config.mjs")]);
	});
}

/** Built in the crate's own folder, whose settings let it use all that the processor has. */
function native() {
	need("cargo", ["build", "--release", "--quiet", "--locked"], { cwd: join(benches, "native") });
}

/** `without`: the native programs are not built. */
export function setUp({ without = [] } = {}) {
	mkdirSync(target, { recursive: true });
	const compiles = !without.includes("native");
	debian([
		...(has("nginx") || existsSync("/usr/sbin/nginx") ? [] : ["nginx-light"]),
		...(!compiles || has("cmake") ? [] : ["cmake"]),
		...(process.env.CHROMIUM || existsSync("/usr/bin/chromium") ? [] : ["chromium"]),
	]);
	pythonEnvironment(join(root, ".tools/bench-python"), join(benches, "requirements.txt"));
	peers();
	if (compiles) native();
}
