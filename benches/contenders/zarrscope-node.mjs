// zarrscope in Node: a question a line on standard input, an answer a line on standard output.
import { createInterface } from "node:readline";
import { start } from "./zarrscope.mjs";

const [dist, workers] = process.argv.slice(2);
const { run, memory } = await start({ dist, workers: Number(workers) });
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
	const reply = await run(JSON.parse(line)).catch((error) => ({ error: String(error) }));
	console.log(JSON.stringify({ ...reply, wasmBytes: await memory() }));
}
process.exit(0);
