// Documents in JSON on standard input; gives the library's result of each, or its error.
import { close, fromSpec } from "../../js/dist/index.js";

let text = "";
for await (const part of process.stdin) text += part;
const found = [];
for (const document of JSON.parse(text)) {
	try {
		found.push((await (await fromSpec(document)).compute()).toJSON());
	} catch (error) {
		if (!error.code) throw error;
		found.push({ error: error.code });
	}
}
close();
process.stdout.write(JSON.stringify(found));
