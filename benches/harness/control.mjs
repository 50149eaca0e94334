// What a page asks for its questions and posts its answers to.
import { createServer } from "node:http";

/** Gives the address, `ask(question)`, `next()` (the page's next post), and `close`. */
export async function startControl() {
	let waiting;
	const questions = [];
	let wanted;
	const posts = [];
	const meet = () => {
		if (waiting && questions.length > 0) {
			waiting.end(JSON.stringify(questions.shift()));
			waiting = undefined;
		}
		if (wanted && posts.length > 0) {
			wanted(posts.shift());
			wanted = undefined;
		}
	};
	const server = createServer((request, response) => {
		response.setHeader("Access-Control-Allow-Origin", "*");
		if (request.url === "/question") {
			waiting = response;
			meet();
			return;
		}
		const pieces = [];
		request.on("data", (piece) => pieces.push(piece));
		request.on("end", () => {
			response.end();
			posts.push(JSON.parse(Buffer.concat(pieces).toString()));
			meet();
		});
	});
	// A page waits for its question as long as the others take.
	server.requestTimeout = 0;
	server.timeout = 0;
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const next = () =>
		new Promise((resolve) => {
			wanted = resolve;
			meet();
		});
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		next,
		ask(question) {
			questions.push(question);
			const answer = next();
			meet();
			return answer;
		},
		close() {
			server.close();
			server.closeAllConnections();
		},
	};
}
