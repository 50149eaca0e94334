// nginx on this machine, for data and pages, and a slow link in front of it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../../scripts/tools.mjs";
import { places } from "./setup.mjs";

/** A port that nobody listens on. */
function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer().once("error", reject);
		server.listen(0, "127.0.0.1", () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/**
 * Data with CORS as public buckets give it; nothing is to be cached between rounds. Pages are isolated, so that peers may have
 * shared memory.
 */
const config = ({ dataPort, pagePort, data, folder }) => `
${process.getuid() === 0 ? "user root;" : ""}
daemon off;
worker_processes auto;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 4096; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	tcp_nodelay on;
	gzip off;
	keepalive_timeout 600s;
	keepalive_requests 10000000;
	open_file_cache max=100000 inactive=600s;
	open_file_cache_valid 600s;
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	types { text/html html; text/javascript js mjs; application/wasm wasm; application/json json; }
	default_type application/octet-stream;
	add_header Cross-Origin-Resource-Policy cross-origin always;
	server {
		listen 127.0.0.1:${dataPort};
		root ${data};
		add_header Access-Control-Allow-Origin * always;
		add_header Access-Control-Allow-Headers range always;
		add_header Access-Control-Expose-Headers "Content-Range, Content-Length, ETag" always;
		add_header Access-Control-Max-Age 86400 always;
		add_header Cross-Origin-Resource-Policy cross-origin always;
		add_header Cache-Control no-store always;
		if ($request_method = OPTIONS) { return 204; }
	}
	server {
		listen 127.0.0.1:${pagePort};
		add_header Cross-Origin-Opener-Policy same-origin always;
		add_header Cross-Origin-Embedder-Policy require-corp always;
		location /js/ { alias ${root}/js/; }
		location /contenders/ { alias ${root}/benches/contenders/; }
		location /pages/ { alias ${root}/benches/pages/; }
		location /peers/ { alias ${places.peers}/; }
	}
}
`;

/** Answers once a server listens. */
async function listening(url, child) {
	for (let tries = 0; tries < 100; tries++) {
		if (child.exitCode !== null) break;
		const there = await fetch(url).then(
			() => true,
			() => false,
		);
		if (there) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`nothing listens at ${url}`);
}

/** Serves the folder `data`; with `slow`, over a slow link too. Gives addresses by link, and `close`. */
export async function startServers(data, { slow }) {
	const folder = join(places.target, "nginx");
	mkdirSync(folder, { recursive: true });
	const [dataPort, pagePort, slowPort] = await Promise.all([freePort(), freePort(), freePort()]);
	writeFileSync(join(folder, "nginx.conf"), config({ dataPort, pagePort, data, folder }));
	const nginx = existsSync("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
	const args = ["-p", folder, "-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")];
	const children = [spawn(nginx, args, { stdio: ["ignore", 2, 2] })];
	const page = `http://127.0.0.1:${pagePort}`;
	await listening(`${page}/pages/contender.html`, children[0]);
	if (slow) {
		const link = spawn(places.native("slow-link"), [slowPort, dataPort, 50, 100].map(String), {
			stdio: ["ignore", "pipe", 2],
		});
		children.push(link);
		await new Promise((resolve) => createInterface({ input: link.stdout }).once("line", resolve));
	}
	return {
		page,
		links: { local: `http://127.0.0.1:${dataPort}`, slow: `http://127.0.0.1:${slowPort}` },
		close: () => {
			for (const child of children) child.kill();
		},
	};
}
