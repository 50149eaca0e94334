// Where strangers' data lie, and the servers that hand them out. Nothing of them is part of the repository.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startRangeServer } from "../../tests/server/range-server.mjs";
import { root } from "../tools.mjs";

/** The address that the references in `dev/refs` point to. */
const REFERENCE_PORT = 8765;
/** How long another run of this script may hold that port. */
const PORT_PATIENCE_MS = 60_000;

/** The folder with strangers' data, or undefined. */
export function sharedData() {
	const folder = join(resolve(root, process.env.ZARRSCOPE_SHARED ?? "../shared"), "data");
	return existsSync(folder) ? folder : undefined;
}

export const readJson = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));

/** A server for the data, one for the repository's own fixtures, and one for what suites make up as they go. */
export async function startServers(shared) {
	const made = new Map();
	const generate = (path) => {
		const content = made.get(path);
		if (content === undefined) return undefined;
		const bytes = Buffer.from(content);
		return { length: bytes.length, bytes: (start, end) => bytes.subarray(start, end) };
	};
	const servers = [
		await startRangeServer({ root: join(root, "tests/fixtures") }),
		await startRangeServer({ generate }),
		...(shared ? [await startRangeServer({ root: shared }), await onReferencePort(join(shared, "dev"))] : []),
	];
	const [fixtures, generated, data, references] = servers.map((server) => server.url);
	return {
		fixtures,
		data,
		references,
		/** Serves files under a folder of their own, and gives its address. */
		serve(folder, files) {
			for (const [name, content] of Object.entries(files)) made.set(`/${folder}/${name}`, content);
			return `${generated}/${encodeURI(folder)}`;
		},
		async close() {
			await Promise.all(servers.map((server) => server.close()));
		},
	};
}

async function onReferencePort(folder) {
	const deadline = Date.now() + PORT_PATIENCE_MS;
	for (;;) {
		try {
			return await startRangeServer({ root: folder, port: REFERENCE_PORT });
		} catch (error) {
			if (error.code !== "EADDRINUSE" || Date.now() > deadline) throw error;
			await new Promise((go) => setTimeout(go, 500));
		}
	}
}
