// What the Python wheel carries of JavaScript: the renderer, as JupyterLab loads extensions that are built already, and the
// widget, in one file without addresses of its own.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import webpack from "webpack";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here("../package.json"), "utf8"));
const extension = JSON.parse(readFileSync(here("labextension/package.json"), "utf8"));

const common = {
	mode: "production",
	target: ["web", "es2022"],
	devtool: false,
	resolve: {
		extensions: [".ts", ".js"],
		extensionAlias: { ".js": [".ts", ".js"] },
		alias: { zarrscope$: here("../js/dist/index.js") },
	},
	performance: { hints: false },
	stats: "errors-warnings",
};
const rules = [
	{ test: /\.ts$/, loader: "ts-loader", options: { configFile: here("tsconfig.json"), onlyCompileBundledFiles: true } },
	{ test: /\.css$/, type: "asset/source" },
];
const defines = new webpack.DefinePlugin({ ZARRSCOPE_VERSION: JSON.stringify(version) });

/** Written beside what was built, since its name has a hash: tells JupyterLab what to load. */
class DescribeExtension {
	apply(compiler) {
		compiler.hooks.thisCompilation.tap("DescribeExtension", (compilation) => {
			const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT;
			compilation.hooks.processAssets.tap({ name: "DescribeExtension", stage }, () => {
				const [entry] = Object.keys(compilation.assets).filter((name) => /^static\/remoteEntry\./.test(name));
				const described = {
					...extension,
					version,
					jupyterlab: { ...extension.jupyterlab, _build: { load: entry, mimeExtension: "./mimeExtension" } },
				};
				const install = {
					packageManager: "python",
					packageName: "zarrscope",
					uninstallInstructions: "Use your Python package manager (pip, conda …) to uninstall the package zarrscope",
				};
				for (const [name, content] of Object.entries({ "package.json": described, "install.json": install })) {
					compilation.emitAsset(name, new webpack.sources.RawSource(`${JSON.stringify(content, null, 2)}\n`));
				}
			});
		});
	}
}

/** JupyterLab's own copy of its widgets is used, which it offers to all extensions. */
const labextension = {
	...common,
	name: "labextension",
	context: here("labextension"),
	entry: {},
	output: {
		path: here("labextension/dist"),
		filename: "static/[name].[contenthash].js",
		chunkFilename: "static/[name].[contenthash].js",
		assetModuleFilename: "static/[name].[hash][ext]",
		publicPath: "auto",
		uniqueName: "zarrscope-labextension",
		clean: true,
	},
	module: { rules },
	plugins: [
		defines,
		new webpack.container.ModuleFederationPlugin({
			name: extension.name,
			library: { type: "var", name: ["_JUPYTERLAB", extension.name] },
			filename: "static/remoteEntry.[contenthash].js",
			exposes: { "./mimeExtension": here("labextension/src/index.ts") },
			shared: { "@lumino/widgets": { singleton: true, import: false, requiredVersion: "^2.0.0" } },
		}),
		new DescribeExtension(),
	],
};

/** The library without files of its own, and so the page's code without a worker for files. */
const widget = {
	...common,
	name: "widget",
	context: here("widget"),
	entry: here("widget/src/index.ts"),
	resolve: { ...common.resolve, alias: { zarrscope$: here("../js/bundled/inline.js") } },
	experiments: { outputModule: true },
	output: {
		path: here("src/zarrscope/static"),
		filename: "widget.js",
		module: true,
		library: { type: "module" },
		clean: true,
	},
	module: { rules, parser: { javascript: { dynamicImportMode: "eager" } } },
	plugins: [
		defines,
		// The library asks for it in Node only.
		new webpack.IgnorePlugin({ resourceRegExp: /^node:/ }),
		new webpack.NormalModuleReplacementPlugin(/\/result-file\.js$/, here("widget/src/result-file.ts")),
	],
};

export default [labextension, widget];
