// Documents on standard input, one a line, with what is known of their sources; gives the Python of each, or its error.
import { toPython } from "../../js/dist/python/python.js";

let text = "";
for await (const part of process.stdin) text += part;
const found = JSON.parse(text).map(({ document, facts }) => {
	try {
		return { python: toPython(document, facts) };
	} catch (error) {
		if (!error.code) throw error;
		return { error: error.code };
	}
});
process.stdout.write(JSON.stringify(found));
