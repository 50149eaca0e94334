// Families of data types, under the names that readers know.

const SHORT = {
	b: "bool",
	i: "int",
	u: "uint",
	f: "float",
	c: "complex",
	S: "fixed-length bytes",
	U: "fixed-length text",
	V: "raw bytes",
};
const NAMED = {
	bool: "bool",
	string: "text",
	"<U0": "fixed-length text",
	object: "objects",
	"|O": "objects",
	O: "objects",
	record: "records",
	struct: "records",
	structured: "records",
	fixed_length_utf32: "fixed-length text",
	null_terminated_bytes: "fixed-length bytes",
	raw_bytes: "raw bytes",
	bytes: "variable-length bytes",
	variable_length_bytes: "variable-length bytes",
};

/** `int16`, `datetime64`, `text` … for a type as v2, v3 or numpy spells it. */
export function typeFamily(dtype) {
	if (dtype === undefined) return "(not opened)";
	if (dtype.startsWith("[")) return "records";
	const bare = dtype.replace(/^[<>|=]/, "").replace(/^numpy\./, "");
	if (NAMED[dtype] ?? NAMED[bare]) return NAMED[dtype] ?? NAMED[bare];
	if (/^(M8|datetime64)/.test(bare)) return "datetime64";
	if (/^(m8|timedelta64)/.test(bare)) return "timedelta64";
	if (/^r\d+$/.test(bare)) return "raw bytes";
	const [, kind, size] = /^([biufcSUV])(\d+)$/.exec(bare) ?? [];
	if (kind === undefined) return bare;
	return "iufc".includes(kind) ? `${SHORT[kind]}${8 * Number(size)}` : SHORT[kind];
}
