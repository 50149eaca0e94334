// Values of a result as the bytes that numpy would hold: C order, little-endian. Their hash is what is compared.

/** The element of a numpy type: how wide it is, and how a value of a result is written. Undefined where text has no width. */
export function elementOf(dtype) {
	const known = NUMBERS[dtype.replace(/^[<>|=]/, "")] ?? NUMBERS[LONG[dtype]];
	if (known) return known;
	const time = /^[<>=]?(?:datetime64|timedelta64|M8|m8)(?:\[(\d*)(\w+)\])?$/.exec(dtype);
	if (time)
		return { size: 8, write: (view, at, value) => view.setBigInt64(at, countOf(value, time[2], time[1]), true) };
	const text = /^[<>|=]?([SUV])(\d+)$/.exec(dtype);
	if (text?.[1] === "S" || text?.[1] === "V") return { size: Number(text[2]), write: writeBytes };
	if (text?.[1] === "U") return { size: 4 * Number(text[2]), write: writeCodePoints };
	if (dtype.startsWith("[(")) return recordOf(dtype);
	return undefined;
}

/** All values of a result, or undefined where its type has no fixed width. */
export function bytesOf(data, dtype) {
	const element = elementOf(dtype);
	if (!element) return undefined;
	const bytes = new Uint8Array(data.length * element.size);
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < data.length; i += 1) element.write(view, i * element.size, data[i], element.size);
	return bytes;
}

const number = (size, write) => ({ size, write });
const float = (value) =>
	value === null || value === "NaN"
		? Number.NaN
		: value === "-Infinity"
			? -Infinity
			: value === "Infinity"
				? Infinity
				: value;

const F4 = number(4, (view, at, x) => view.setFloat32(at, float(x), true));
const F8 = number(8, (view, at, x) => view.setFloat64(at, float(x), true));

const NUMBERS = {
	b1: number(1, (view, at, x) => view.setUint8(at, x ? 1 : 0)),
	i1: number(1, (view, at, x) => view.setInt8(at, x)),
	u1: number(1, (view, at, x) => view.setUint8(at, x)),
	i2: number(2, (view, at, x) => view.setInt16(at, x, true)),
	u2: number(2, (view, at, x) => view.setUint16(at, x, true)),
	i4: number(4, (view, at, x) => view.setInt32(at, x, true)),
	u4: number(4, (view, at, x) => view.setUint32(at, x, true)),
	i8: number(8, (view, at, x) => view.setBigInt64(at, BigInt(x), true)),
	u8: number(8, (view, at, x) => view.setBigUint64(at, BigInt(x), true)),
	f2: number(2, (view, at, x) => view.setUint16(at, halfBits(float(x)), true)),
	f4: F4,
	f8: F8,
	c8: pair(F4),
	c16: pair(F8),
};

const LONG = {
	bool: "b1",
	int8: "i1",
	uint8: "u1",
	int16: "i2",
	uint16: "u2",
	int32: "i4",
	uint32: "u4",
	int64: "i8",
	uint64: "u8",
	float16: "f2",
	float32: "f4",
	float64: "f8",
	complex64: "c8",
	complex128: "c16",
};

function pair({ size, write }) {
	return number(2 * size, (view, at, [re, im]) => {
		write(view, at, re);
		write(view, at + size, im);
	});
}

/** A packed record: its fields one after another. Values are lists in the fields' order, or objects by their names. */
function recordOf(dtype) {
	const fields = [...dtype.matchAll(/\('([^']+)', '([^']+)'\)/g)].map(([, name, type]) => [name, elementOf(type)]);
	if (fields.length === 0 || fields.some(([, element]) => !element)) return undefined;
	const size = fields.reduce((sum, [, element]) => sum + element.size, 0);
	return number(size, (view, at, record) => {
		let offset = at;
		for (const [i, [name, element]] of fields.entries()) {
			element.write(view, offset, Array.isArray(record) ? record[i] : record[name], element.size);
			offset += element.size;
		}
	});
}

/** IEEE binary16 of a double that it can hold. */
function halfBits(x) {
	const single = new DataView(new ArrayBuffer(4));
	single.setFloat32(0, x);
	const bits = single.getUint32(0);
	const sign = (bits >>> 16) & 0x8000;
	const exponent = ((bits >>> 23) & 0xff) - 127;
	const fraction = bits & 0x7fffff;
	if (exponent === 128) return sign | 0x7c00 | (fraction ? 0x200 : 0);
	if (exponent < -24) return sign;
	if (exponent < -14) return sign | ((fraction | 0x800000) >>> (-exponent - 1));
	return sign | ((exponent + 15) << 10) | (fraction >>> 13);
}

const NAT = -(2n ** 63n);
const PER_SECOND = { s: 1n, ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n };
const SECONDS = { m: 60n, h: 3600n, D: 86_400n, W: 604_800n };

/** numpy's count of a time, which a result gives as text (ISO 8601), as a count, or as null. */
export function countOf(value, unit, multiple) {
	if (value === null || value === "NaT") return NAT;
	if (typeof value === "object" && "i8" in value) return BigInt(value.i8);
	if (typeof value === "number" || /^-?\d+$/.test(value)) return BigInt(value);
	const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] =
		/^([+-]?\d+)-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?/.exec(value) ?? [];
	if (year === undefined) throw new Error(`no time: ${value}`);
	const seconds =
		daysFrom(BigInt(year), BigInt(month), BigInt(day)) * 86_400n +
		BigInt(hour) * 3600n +
		BigInt(minute) * 60n +
		BigInt(second);
	const scale = PER_SECOND[unit];
	const count = scale
		? seconds * scale + (BigInt(fraction.padEnd(9, "0").slice(0, 9)) * scale) / 1_000_000_000n
		: seconds / (SECONDS[unit] ?? 1n);
	return count / BigInt(multiple || 1);
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar. */
function daysFrom(year, month, day) {
	const y = month <= 2n ? year - 1n : year;
	const era = (y >= 0n ? y : y - 399n) / 400n;
	const ofEra = y - era * 400n;
	const ofYear = (153n * (month > 2n ? month - 3n : month + 9n) + 2n) / 5n + day - 1n;
	return era * 146_097n + ofEra * 365n + ofEra / 4n - ofEra / 100n + ofYear - 719_468n;
}

/** Fixed-length bytes: text of bytes (Latin-1), their hexadecimal form, or a list. Zeros fill the rest. */
function writeBytes(view, at, value, size) {
	const bytes = rawBytes(value);
	for (let i = 0; i < size; i += 1) view.setUint8(at + i, bytes[i] ?? 0);
}

export function rawBytes(value) {
	if (typeof value === "string") {
		const latin = [...value].every((c) => c.codePointAt(0) < 256);
		return Buffer.from(value, latin ? "latin1" : "utf8");
	}
	if (value !== null && typeof value === "object" && "hex" in value) return Buffer.from(value.hex, "hex");
	return Uint8Array.from(value ?? []);
}

function writeCodePoints(view, at, value, size) {
	const points = [...String(value ?? "")].map((c) => c.codePointAt(0));
	for (let i = 0; i < size / 4; i += 1) view.setUint32(at + 4 * i, points[i] ?? 0, true);
}
