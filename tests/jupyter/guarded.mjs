// A server that gives what another has to those who send a signature, and refuses all others.
import { createServer } from "node:http";

export async function startGuarded(behind, query) {
	const server = createServer(async (req, res) => {
		res.setHeader("Access-Control-Allow-Origin", "*");
		const [path, sent] = req.url.split("?");
		if (sent !== query) return res.writeHead(403).end();
		const { method, headers } = req;
		const answer = await fetch(`${behind}${path}`, { method, headers: headers.range ? { range: headers.range } : {} });
		const told = ["content-range", "content-length"].filter((name) => answer.headers.has(name));
		for (const name of told) res.setHeader(name, answer.headers.get(name));
		res.setHeader("Access-Control-Allow-Headers", "Range");
		res.setHeader("Access-Control-Expose-Headers", "Content-Range, Content-Length");
		res.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
	});
	await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}
