// The most memory that a process has held, from /proc. A process that has ended meanwhile has held nothing.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** A function's result, or what stands for that of a process that has ended. */
function unlessEnded(read, otherwise) {
	try {
		return read();
	} catch {
		return otherwise;
	}
}

/** Bytes that a process has held at most since it was marked. */
function mostOf(pid) {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0) * 1024;
}

/** The descendants of a process that draw pages and run their workers; a browser has some for itself. */
export function renderersOf(ancestor) {
	const parents = new Map();
	for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
		const stat = unlessEnded(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
		if (stat) parents.set(Number(pid), Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]));
	}
	const descends = (pid) => pid === ancestor || (parents.has(pid) && descends(parents.get(pid)));
	const command = (pid) => unlessEnded(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "");
	return [...parents.keys()].filter((pid) => descends(pid) && command(pid).includes("--type=renderer"));
}

/** Marks processes; what it gives tells, later, how much the one that held most has held since. */
export function watch(pids) {
	for (const pid of pids) unlessEnded(() => writeFileSync(`/proc/${pid}/clear_refs`, "5"));
	return () => Math.max(0, ...pids.map((pid) => unlessEnded(() => mostOf(pid), 0)));
}
