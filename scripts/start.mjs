// `npm start`: builds what is out of date, serves the dashboard with the repository's sample data, and opens it.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./tools.mjs";

const built = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
if (built.status !== 0) process.exit(built.status ?? 1);

const { startServer } = await import(join(root, "js/dist/cli/server.js"));
const wanted = process.env.PORT ? Number(process.env.PORT) : 8000;
const listen = (port) => startServer(join(root, "www/dist"), { port, host: "127.0.0.1" });
const server = await listen(wanted).catch(() => listen(0));
console.log(`\n  zarrscope is at ${server.url}\n  Ctrl-C ends it.\n`);

// A browser, where there is a desktop to open one on.
const opener = { darwin: "open", win32: "explorer" }[process.platform] ?? "xdg-open";
if (process.stdout.isTTY && !process.env.CI) spawn(opener, [server.url], { stdio: "ignore" }).on("error", () => {});
