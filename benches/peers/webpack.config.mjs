// The peers as modules for a page, with their workers: what a user's bundler makes of them.
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** One peer; `alias` tells which versions of its packages it takes. */
const bundle = (name, alias = {}) => ({
	mode: "production",
	target: ["web", "es2022"],
	entry: { [name]: here(`../contenders/${name}.mjs`) },
	experiments: { outputModule: true },
	output: {
		path: here(`../../target/bench/peers/${name}`),
		library: { type: "module" },
		publicPath: "auto",
		clean: true,
	},
	// The contenders' modules lie beside this folder, where their packages are.
	resolve: { modules: [here("node_modules")], alias },
	performance: { hints: false },
	stats: "errors-warnings",
});

export default [
	bundle("zarrita"),
	// fizarrita 1.4.1 is made for zarrita 0.6: with 0.7 its workers fail, because names of codecs' metadata have changed.
	bundle("fizarrita", { zarrita: here("node_modules/zarrita-for-fizarrita") }),
];
