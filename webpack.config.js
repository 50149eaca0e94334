// The dashboard: www/src and the library as published (js/dist) make www/dist, a folder for any static host and sub-path.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import CopyPlugin from "copy-webpack-plugin";
import webpack from "webpack";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version } = JSON.parse(readFileSync(here("package.json"), "utf8"));

export default (_env, argv) => ({
	mode: argv.mode ?? "production",
	// Browsers that know `globalThis`: for others webpack would write `new Function`.
	target: ["web", "es2022"],
	entry: { main: here("www/src/main.ts") },
	output: {
		path: here("www/dist"),
		// index.html names main.js; what main.js loads carries its hash, so that a host may cache it for ever.
		filename: "main.js",
		chunkFilename: "[name].[contenthash:8].js",
		assetModuleFilename: "[name].[hash:8][ext]",
		publicPath: "auto",
		// Pages may enforce Trusted Types: scripts are only ever made from this policy.
		trustedTypes: "zarrscope",
		clean: true,
	},
	// Source maps as files: `eval` would need a weaker Content-Security-Policy.
	devtool: argv.mode === "development" ? "source-map" : false,
	resolve: {
		extensions: [".ts", ".js"],
		extensionAlias: { ".js": [".ts", ".js"] },
		alias: { zarrscope$: here("js/dist/index.js") },
	},
	module: {
		rules: [{ test: /\.ts$/, include: here("www/src"), loader: "ts-loader", options: { configFile: here("www/tsconfig.json") } }],
	},
	plugins: [
		new webpack.DefinePlugin({ ZARRSCOPE_VERSION: JSON.stringify(version) }),
		new CopyPlugin({
			patterns: [
				{ from: here("www/index.html") },
				{ from: here("www/style.css") },
				{ from: here("www/icon.svg") },
				// Zarr metadata are dot files and files without an ending: copied as they are.
				{ from: here("www/samples"), to: "samples", globOptions: { dot: true }, info: { minimized: true } },
			],
		}),
	],
	performance: { hints: false },
	stats: "errors-warnings",
});
