/** A worker thread in Node. */

import { parentPort } from "node:worker_threads";
import { fetchAny } from "./fetch-node.js";
import type { Reply, Request } from "./protocol.js";
import { createWorker } from "./worker.js";

const port = parentPort;
if (!port) throw new Error("worker-node must run as a worker thread");
const post = (reply: Reply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer);
const handle = createWorker({ post, fetch: fetchAny });
port.on("message", (request: Request) => handle(request));

const report = (error: unknown) => post({ type: "crashed", message: String(error) });
process.on("unhandledRejection", report);
process.on("uncaughtException", report);
