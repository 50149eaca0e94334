// The most memory that a process has held, from /proc.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Bytes that a process has held at most since it was marked, and holds now. */
export function memoryOf(pid) {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	const bytes = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+)`))?.[1] ?? 0) * 1024;
	return { most: bytes("VmHWM"), now: bytes("VmRSS") };
}

/** From here on the most is counted anew. */
export function mark(pid) {
	writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** The descendant of a process that draws pages and runs their workers: of those, the one that holds most. */
export function rendererOf(ancestor) {
	const parents = new Map();
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
			parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]));
		} catch {
			// It has ended meanwhile.
		}
	}
	const descends = (pid) => pid === ancestor || (parents.has(pid) && descends(parents.get(pid)));
	const isRenderer = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
	const renderers = [...parents.keys()].filter((pid) => descends(pid) && isRenderer(pid));
	return renderers.sort((a, b) => memoryOf(b).now - memoryOf(a).now)[0];
}
