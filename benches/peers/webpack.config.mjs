// The peers as modules for a page, with their workers: what a user's bundler makes of them.
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
	mode: "production",
	target: ["web", "es2022"],
	entry: { zarrita: here("../contenders/zarrita.mjs"), fizarrita: here("../contenders/fizarrita.mjs") },
	experiments: { outputModule: true },
	output: { path: here("../../target/bench/peers"), library: { type: "module" }, publicPath: "auto", clean: false },
	// The contenders' modules lie beside this folder, where their packages are.
	resolve: { modules: [here("node_modules")] },
	performance: { hints: false },
	stats: "errors-warnings",
};
