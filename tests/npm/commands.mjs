// The commands that build the fixture apps, as docs/bundlers.md shows them after `npx`.
export const COMMANDS = {
	webpack: "webpack --mode production",
	rspack: "rspack build --mode production",
	vite: "vite build",
	inline: "esbuild main.js --bundle --format=esm --outfile=dist/main.js",
};
