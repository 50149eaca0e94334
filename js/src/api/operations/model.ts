/** What an entry of the table of operations says. Flags, help, controls, links and documents are all made from these words. */

/** What an operation does to its array. */
export type OperationKind =
	/** Makes many values one, or a few. */
	| "reduction"
	/** Says what the reduction after it is done over; nothing by itself. */
	| "grouping"
	/** Gives another array. */
	| "transform"
	/** Puts two arrays together. */
	| "pair";

/** What an option holds, and so how it is written: see `parseOption` and `optionText`. */
export type OptionKind =
	| "boolean"
	| "number"
	| "integer"
	| "text"
	/** One of `choices`. */
	| "choice"
	/** A number, or a list of them. */
	| "numbers"
	/** A count of bins, or their ascending edges. */
	| "bins"
	/** Low and high end. */
	| "range"
	/** Names of dimensions. */
	| "dims"
	/** A whole number for each of some dimensions. */
	| "windows"
	/** "area", or the path of an array. */
	| "weights"
	/** The path of an array in the store. */
	| "variable"
	/** What labels are grouped by: a part of a time, or the name of a coordinate. */
	| "labels"
	/** The labels of an axis: `{from, to, step}`, or a list. */
	| "axis"
	/** A number, the path of an array, or an analysis document. */
	| "operand";

/** A value of a text that is open to others, in words. */
export interface Suggestion {
	readonly value: string;
	readonly title: string;
}

/** An option of an operation. */
export interface OperationOption {
	/** Its name in links and, in kebab case, as a flag; also the step's member, unless `path` says otherwise. */
	readonly name: string;
	readonly title: string;
	/** One sentence, without its full stop. */
	readonly about: string;
	readonly kind: OptionKind;
	/** Where it stands in the step, if not at the top: `["with", "bins"]`. */
	readonly path?: readonly [string, string];
	/** What holds when it is absent; not there if the data decide. */
	readonly byDefault?: boolean | number | string;
	/** The step is nothing without it. */
	readonly required?: boolean;
	/** What most people look for: shown before the others. */
	readonly common?: boolean;
	/** The least number. */
	readonly least?: number;
	/** Of dimensions: the most that may be named. */
	readonly most?: number;
	readonly choices?: readonly string[];
	readonly suggestions?: readonly Suggestion[];
	/** How it is written, for a field or a flag. */
	readonly example: string;
	/** The text that a field begins with where the operation cannot do without. */
	readonly start?: string;
}

/** An operation of the analysis document. */
export interface Operation {
	/** The step's `op`. */
	readonly name: string;
	readonly title: string;
	/** One sentence, without its full stop. */
	readonly about: string;
	readonly kind: OperationKind;
	/** Of a grouping: what must come next, by kind or by name. */
	readonly followedBy?: readonly string[];
	/** Whether the dimensions that it is told (all, by default) are gone from its result. */
	readonly drops?: boolean;
	/** Whether its result lies around zero: pictures then say by colour which side a value is on. */
	readonly aroundZero?: boolean;
	/** How people write it between its two operands. */
	readonly sign?: string;
	readonly options: readonly OperationOption[];
}
