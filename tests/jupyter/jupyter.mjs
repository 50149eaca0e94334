// A real Jupyter server (JupyterLab and Notebook 7) from the environment that scripts/setup-jupyter.mjs makes, with folders of its
// own, and notebooks that tests write.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jupyterHome } from "../../scripts/tools.mjs";

export const MIME_TYPE = "application/vnd.zarrscope.v1+json";

/** A notebook with a cell for each source, and the outputs that it was saved with. */
export function notebook(cells, kernel = "python3") {
	return {
		nbformat: 4,
		nbformat_minor: 5,
		// A kernel that is not installed makes JupyterLab ask; it must not be of a language that another one has.
		metadata: {
			kernelspec: { name: kernel, display_name: kernel, language: kernel === "python3" ? "python" : "none" },
			language_info: { name: kernel === "python3" ? "python" : "none" },
		},
		cells: cells.map(({ source, outputs = [] }, i) => ({
			cell_type: "code",
			id: `cell-${i}`,
			metadata: {},
			execution_count: outputs.length > 0 ? i + 1 : null,
			source: [source],
			outputs,
		})),
	};
}

/** An output as `zarrscope.show` gives it. */
export const outputOf = (document, look = {}) => ({
	output_type: "display_data",
	data: { [MIME_TYPE]: document, "text/plain": ["<zarrscope>"] },
	metadata: { [MIME_TYPE]: look },
});

/** Folders that nothing of the user's is in. */
function folders() {
	const base = mkdtempSync(join(tmpdir(), "zarrscope-jupyter-"));
	const at = (name) => join(base, name);
	const settings = at("settings/@jupyterlab/apputils-extension");
	mkdirSync(settings, { recursive: true });
	// No question about news over the notebook.
	writeFileSync(join(settings, "notification.jupyterlab-settings"), JSON.stringify({ fetchNews: "false" }));
	mkdirSync(at("notebooks"));
	const env = {
		...process.env,
		JUPYTER_CONFIG_DIR: at("config"),
		JUPYTER_DATA_DIR: at("data"),
		JUPYTER_RUNTIME_DIR: at("runtime"),
		JUPYTERLAB_SETTINGS_DIR: at("settings"),
		JUPYTERLAB_WORKSPACES_DIR: at("workspaces"),
		IPYTHONDIR: at("ipython"),
		JUPYTER_PLATFORM_DIRS: "1",
	};
	return { base, notebooks: at("notebooks"), env };
}

async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}

const bin = (name) => join(jupyterHome, "bin", name);

/** Writes notebooks by name into a folder. */
export function writeNotebooks(folder, notebooks) {
	for (const [name, content] of Object.entries(notebooks)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), JSON.stringify(content));
	}
}

/** Starts the server over notebooks by name; those in `trusted` are signed as the user's own. */
export async function startJupyter(notebooks, trusted = []) {
	const { env, notebooks: folder } = folders();
	writeNotebooks(folder, notebooks);
	if (trusted.length > 0) run("jupyter-trust", trusted, { cwd: folder, env });
	const port = await freePort();
	const flags = [
		"--no-browser",
		`--ServerApp.port=${port}`,
		"--ServerApp.port_retries=0",
		"--ServerApp.ip=127.0.0.1",
		"--ServerApp.allow_root=True",
		`--ServerApp.root_dir=${folder}`,
		"--IdentityProvider.token=",
	];
	const child = spawn(bin("jupyter-lab"), flags, { env, stdio: ["ignore", "ignore", "pipe"] });
	let told = "";
	child.stderr.on("data", (chunk) => {
		told += chunk;
	});
	const url = `http://127.0.0.1:${port}`;
	const deadline = Date.now() + 120_000;
	while (!(await fetch(`${url}/api/status`).catch(() => undefined))?.ok) {
		if (child.exitCode !== null || Date.now() > deadline) throw new Error(`JupyterLab did not start:\n${told}`);
		await sleep(200);
	}
	return {
		url,
		kernels: async () => (await fetch(`${url}/api/kernels`)).json(),
		async close() {
			// It ends its kernels; SIGINT would ask first.
			const ended = new Promise((resolve) => child.once("exit", resolve));
			child.kill("SIGTERM");
			await ended;
		},
	};
}

/** Builds a JupyterLite site with notebooks; returns its folder. */
export function buildLite(notebooks) {
	const { base, env, notebooks: folder } = folders();
	writeNotebooks(folder, notebooks);
	const site = join(base, "site");
	run("jupyter-lite", ["build", "--contents", folder, "--output-dir", site, "--lite-dir", base], { cwd: base, env });
	return site;
}

function run(command, args, options) {
	const { status, stdout, stderr } = spawnSync(bin(command), args, { encoding: "utf8", ...options });
	if (status !== 0) throw new Error(`${command} failed:\n${stdout}\n${stderr}`);
}
