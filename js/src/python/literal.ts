/** Python's literals. */

/** A JSON value as Python writes it. */
export function literal(value: unknown): string {
	if (value === null || value === undefined) return "None";
	if (typeof value === "boolean") return value ? "True" : "False";
	if (typeof value === "number") return Number.isFinite(value) ? String(value) : `float("${value}")`;
	if (typeof value === "string") return JSON.stringify(value);
	if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
	const members = Object.entries(value as object).map(([key, one]) => `${literal(key)}: ${literal(one)}`);
	return `{${members.join(", ")}}`;
}

const RESERVED = new Set(
	(
		"False None True and as assert async await break class continue def del elif else except finally for from global if " +
		"import in is lambda nonlocal not or pass raise return try while with yield indexers method tolerance drop self"
	).split(" "),
);

/** Arguments by dimension: `lat=4, lon=4`, or a dict where a name is none in Python. */
export function byDim(values: Readonly<Record<string, string>>): string {
	const entries = Object.entries(values);
	const plain = entries.every(([dim]) => /^[A-Za-z_]\w*$/.test(dim) && !RESERVED.has(dim));
	if (plain) return entries.map(([dim, value]) => `${dim}=${value}`).join(", ");
	return `{${entries.map(([dim, value]) => `${literal(dim)}: ${value}`).join(", ")}}`;
}
