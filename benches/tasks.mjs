// What is asked of the data, in which cases, and when an answer counts as right.

/** What is asked, the same for all contenders. Edges of bins are floats exactly, and no value lies on one. */
export const ASK = {
	bins: 256,
	range: [-4 + 2 ** -12, 44 + 2 ** -12],
	q: [0.05, 0.5, 0.95],
	point: { lat: 17, lon: 33 },
};

export const TASKS = {
	mean: "mean of everything",
	map: "mean over time (a map)",
	area: "area-weighted mean series",
	std: "standard deviation",
	histogram: "histogram of 256 bins",
	quantiles: "exact 5, 50 and 95 % quantiles",
	climatology: "monthly climatology",
	point: "time series at a point, 10⁴ chunks",
};
export const LAYOUTS = ["blosc-lz4", "blosc-zstd", "zstd", "gzip", "raw", "packed", "sharded"];
export const CHUNKS = ["1", "4", "32"];
export const LINKS = { local: "no latency", slow: "50 ms latency, 100 Mbit/s per connection" };

/** One thing to time: `store` names the data. */
function benchCase(task, layout = "blosc-lz4", chunk = "4", link = "local", times = 1) {
	const field = `${layout}-${chunk}${times > 1 ? `x${times}` : ""}`;
	const store = task === "point" ? (layout === "sharded" ? "point-sharded" : "point") : field;
	const kind = task === "point" ? "point" : layout === "packed" ? "packed" : "float";
	return { task, layout, chunk, link, times, store, kind };
}

/** Whether an answer is known: where the field comes several times, one after another, it must be told by that of the field. */
export const isKnown = ({ task, times }) => times === 1 || ["mean", "std", "map", "histogram"].includes(task);

/** The true answer. */
export const truthOf = ({ task, times }, truths) =>
	task === "histogram" ? truths[task].map((n) => n * times) : truths[task];

/** What is run when nothing is chosen: every task once, every layout and chunk size for the mean, and the slow link. */
function standardCases() {
	return [
		...LAYOUTS.map((layout) => benchCase("mean", layout)),
		benchCase("mean", "blosc-lz4", "1"),
		benchCase("mean", "blosc-lz4", "32"),
		...Object.keys(TASKS)
			.filter((task) => !["mean", "point"].includes(task))
			.map((task) => benchCase(task)),
		benchCase("point"),
		benchCase("point", "sharded"),
		benchCase("mean", "blosc-lz4", "4", "slow"),
		benchCase("mean", "sharded", "4", "slow"),
		benchCase("point", "blosc-lz4", "4", "slow"),
		benchCase("point", "sharded", "4", "slow"),
	];
}

/** The cases that options ask for: all combinations of what is named; the standard ones where nothing is. */
export function casesFor({ task, layout, chunk, link, times }) {
	if (!task && !layout && !chunk && !link && !times) return standardCases();
	const chosen = (wanted, all, otherwise) => (wanted?.includes("all") ? all : (wanted ?? [otherwise]));
	const cases = chosen(task, Object.keys(TASKS), "mean").flatMap((t) =>
		chosen(layout, LAYOUTS, "blosc-lz4").flatMap((l) =>
			chosen(chunk, CHUNKS, "4").flatMap((c) =>
				chosen(link, Object.keys(LINKS), "local").flatMap((k) =>
					(times ?? ["1"]).map((n) => benchCase(t, l, c, k, Number(n))),
				),
			),
		),
	);
	// The stores for points have one chunk size, and two layouts.
	const known = new Map();
	for (const c of cases) if (!known.has(nameOf(c))) known.set(nameOf(c), c);
	return [...known.values()];
}

/** How a case is called in tables. */
export function nameOf({ task, layout, chunk, link, times, store }) {
	const data =
		task === "point" ? store : `${layout}, ${chunk} MiB chunks${times > 1 ? `, ${times} times as long` : ""}`;
	return `${TASKS[task]}: ${data}${link === "slow" ? `, ${LINKS.slow}` : ""}`;
}

/**
 * How far an answer is from the true one, relative to the true one or to 1: the largest of its numbers'. Infinity where
 * there are other numbers than there should be.
 */
export function errorOf(answer, truth) {
	if (!Array.isArray(answer) || answer.length !== truth.length) return Number.POSITIVE_INFINITY;
	let most = 0;
	for (let i = 0; i < truth.length; i++) {
		const [a, b] = [answer[i], truth[i]];
		if (a === null || b === null || !Number.isFinite(a)) {
			if (a !== b) return Number.POSITIVE_INFINITY;
		} else most = Math.max(most, Math.abs(a - b) / Math.max(Math.abs(b), 1));
	}
	return most;
}

/** Counts are exact; some contenders sum in float32, as their users' data are. */
export const toleranceOf = (task) => (task === "histogram" ? 0 : 1e-5);
