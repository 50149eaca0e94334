// One case through the npm package: opened, read, and compared. What came of it is told in plain data.

import { fromSpec, open, ZarrscopeError } from "../../js/dist/index.js";
import { difference } from "./compare.mjs";
import { written } from "./written.mjs";

/** A case that has not ended by then hangs. */
const PATIENCE_MS = 60_000;

/**
 * @typedef {object} Outcome
 * @property {"passed" | "wrong" | "error"} came
 * @property {string} [code]  Of the error.
 * @property {string} [message]
 * @property {string} format
 * @property {string} [dtype]  As the core names it.
 * @property {string[]} codecs  As the metadata spells them, where that can be seen from outside.
 */

/** @returns {Promise<Outcome>} */
export async function judge(testCase) {
	const known = { format: testCase.format, codecs: [] };
	try {
		const told = await written(testCase);
		Object.assign(known, told);
		const message = await withPatience(read(testCase, known));
		return {
			...known,
			came: message === undefined ? "passed" : "wrong",
			...(message === undefined ? {} : { message }),
		};
	} catch (error) {
		if (!(error instanceof ZarrscopeError)) return { ...known, came: "wrong", message: String(error?.stack ?? error) };
		return { ...known, came: "error", code: error.code, message: error.message };
	}
}

async function read({ source, variable, storage, select, expected, opens }, known) {
	const dataset = await open(source, storage ? { storage } : {});
	if (opens) return missing(dataset.info.arrays, opens);
	const array = await dataset.find(variable);
	known.dtype = array.info.dtype;
	if (known.codecs.length === 0) known.codecs = array.info.codecs;
	const document = { ...array.toSpec(), decode: false, ...(select ? { select } : {}) };
	const result = await (await fromSpec(document)).compute();
	return expected.uniform ? uneven(result, expected) : difference(result, expected);
}

/** A store is open when the arrays that it describes are there. */
function missing(arrays, wanted) {
	const paths = new Set(arrays.map(({ path }) => path));
	const absent = wanted.filter((path) => !paths.has(path));
	return absent.length === 0 ? undefined : `not found: ${absent.join(", ")}; there are ${[...paths].join(", ")}`;
}

/** Where nothing is stored, all values are one. */
function uneven({ shape, data }, expected) {
	if (String(shape) !== String(expected.shape)) return `shape ${shape} instead of ${expected.shape}`;
	const first = JSON.stringify(data[0]);
	const at = Array.from(data).findIndex((value) => JSON.stringify(value) !== first);
	return at < 0 ? undefined : `value ${at} is no fill value`;
}

async function withPatience(promise) {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}
