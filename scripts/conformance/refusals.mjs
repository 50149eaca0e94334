// The list of what cannot be read. It must stay true: what it names must be refused, and with the error it names.

import { readFileSync } from "node:fs";

/**
 * @typedef {object} Refusal
 * @property {string} suite
 * @property {string} cases  Names of cases; `*` stands for anything.
 * @property {string} code  The error's.
 * @property {string} says  What the error's message must name.
 * @property {string} what  As the support table calls it.
 * @property {string} reason  In a word.
 */

/** @returns {Refusal[]} */
export const refusals = JSON.parse(readFileSync(new URL("refused.json", import.meta.url), "utf8"));

/** The entry that speaks of a case. */
export function refusalOf(suite, name) {
	return refusals.find((entry) => entry.suite === suite && pattern(entry.cases).test(name));
}

const pattern = (text) => new RegExp(`^${text.split("*").map(escaped).join(".*")}$`);
const escaped = (text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");

/** What an outcome is worth: passed, refused as listed, or failed. */
export function verdict(outcome, entry) {
	if (!entry) return outcome.came === "passed" ? { is: "passed" } : { is: "FAILED", why: why(outcome) };
	if (outcome.came === "passed") return { is: "FAILED", why: "listed in refused.json, but it can be read" };
	if (outcome.code !== entry.code) return { is: "FAILED", why: `listed with ${entry.code}, but ${why(outcome)}` };
	if (!outcome.message.includes(entry.says))
		return { is: "FAILED", why: `the error does not name ${entry.says}: ${outcome.message}` };
	return { is: "refused", why: entry.reason };
}

const why = ({ came, code, message }) => (came === "error" ? `${code}: ${message}` : message);

/** Entries of suites that ran which spoke of no case. */
export function unused(suites, used) {
	return refusals.filter((entry) => suites.has(entry.suite) && !used.has(entry));
}
