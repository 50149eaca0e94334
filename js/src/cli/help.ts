/** What `zarrscope --help` and `zarrscope OP --help` print; what they say of operations comes from the table. */

import type { Operation, OperationKind, OperationOption } from "../api/operations/model.js";
import { findOperation, groupingsBefore, OPERATIONS } from "../api/operations/table.js";
import { wanted } from "../api/operations/text.js";
import { mainOption } from "../api/operations/names.js";
import { COMMAND_OPERATIONS, flagOf } from "./operations.js";

const WIDTH = 96;

/** The whole of it. */
export const HELP = `zarrscope: labelled analysis of Zarr stores by address

  zarrscope info SOURCE [VAR]                what is in a store
  zarrscope OP SOURCE VAR [flags]            compute; OP is one of these, or select for the values themselves
${names("reduction")}
${names("transform")}
${names("pair")}
  zarrscope OP --help                        what it does, and all its flags
  zarrscope run DOC.json                     the same by an analysis document (-: standard input)
  zarrscope explain DOC.json                 what it would cost; fetches metadata only
  zarrscope python DOC.json [--cluster]      the same in Python: xarray and Dask, without zarrscope
  zarrscope plot DOC.json -o FILE.svg|.png   the picture
  zarrscope serve DIR [--port N] [--host H]  a folder over HTTP, with ranges and CORS

SOURCE is a path, or an address: https:// s3:// gs:// az:// file://
VAR is an array's path in it; / is the array at SOURCE itself

What to take
  --sel lat=20:60         labels, both ends included; either may be absent
  --sel time=A..B         the same; times with a clock need the two dots
  --sel time=2013-06      all of a period        --sel lat=10,20,30   these labels
  --sel lon=~250          the nearest label, as --nearest lon=250
  --isel level=0          a position             --isel time=0:10:2   start:stop:step
How to compute; OP --help has the others
  --dims a,b              over these dimensions; default: all, after a grouping the grouped one
${OPERATIONS.filter(({ kind }) => kind === "grouping")
	.map((grouping) => `  ${usage(grouping.name, mainOption(grouping) as OperationOption).padEnd(24)}${grouping.about}`)
	.join("\n")}
                          (before a reduction; groupby also before anomaly)
  --no-decode             the stored values, without CF decoding
  --precision bytes=50MB  an estimate from a random sample of chunks, each value with its error; also error=0.01
                          (standard error over value), seed=N (another sample), or several between commas
  --document              print the analysis document instead, without secrets
How to reach the store
  --endpoint URL  --region R  --header "Name: value" (may repeat)  --query TOKEN
  --rewrite FROM=TO       where files that references name are instead, by prefix (may repeat)
Output
  --json                  the result as JSON on standard output, and nothing else there
  --out FILE, -o FILE     .json, .csv, .npy, or .zarr (Zarr v2 for xarray; times as CF numbers in their own calendar)
  --workers N             default: one per core, at most 8
  --quiet, -q             no progress and no footer
  plot: --width N --height N --scale S --theme light|dark --title T --colormap NAME --range LOW,HIGH --no-coastlines
        --variable NAME (of a trend: slope, intercept, stderr, pvalue), --significance P (dots where a trend's p-value is
        above P), --behind DOC.json (a line behind the line)

  zarrscope --version     zarrscope --help

Exit status: 0 done, 2 the call itself is wrong, 1 anything else, 130 interrupted.
`;

/** What an operation does, and its flags. */
export function helpOf(name: string): string {
	const operation = findOperation(name);
	if (!operation || operation.kind === "grouping") return HELP;
	const groupings = groupingsBefore(operation);
	const parts = [
		`zarrscope ${name} SOURCE VAR [flags]`,
		wrapped(`${operation.about}.`, 0),
		...operation.options.map((option) => flagText(flagOf(option), option)),
		...(groupings.length > 0 ? ["Before it, one of"] : []),
		...groupings.flatMap(groupingText),
		"Selections, output and how to reach the store: zarrscope --help",
	];
	return `${parts.join("\n")}\n`;
}

function groupingText(grouping: Operation): string[] {
	const [main, ...others] = grouping.options;
	const own = main ? [entry(usage(grouping.name, main), `${grouping.about}. ${main.about}${tail(main)}`)] : [];
	return [...own, ...others.map((option) => flagText(flagOf(option), option))];
}

function flagText(flag: string, option: OperationOption): string {
	if (option.kind !== "boolean") return entry(usage(flag, option), `${option.about}${tail(option)}`);
	return option.byDefault === true
		? entry(`--no-${flag}`, `${option.about}; on by default`)
		: entry(`--${flag}`, option.about);
}

function usage(flag: string, { example }: OperationOption): string {
	return `--${flag} ${example.split(" or ")[0]}`;
}

function tail(option: OperationOption): string {
	const { byDefault, kind, required, suggestions } = option;
	const form = ["axis", "choice", "range"].includes(kind) ? `: ${wanted(option)}` : "";
	const known = suggestions
		? ` (${suggestions.map(({ value }) => (kind === "labels" ? `time.${value}` : value)).join(", ")}, …)`
		: "";
	return `${form}${known}${required ? "" : byDefault === undefined ? "" : `; default ${byDefault}`}`;
}

function entry(usage: string, about: string): string {
	const left = `  ${usage}`;
	const text = wrapped(about, 28);
	return left.length < 27 ? left.padEnd(28) + text.trimStart() : `${left}\n${text}`;
}

function names(kind: OperationKind): string {
	return wrapped(
		COMMAND_OPERATIONS.filter((operation) => operation.kind === kind)
			.map(({ name }) => name)
			.join(" "),
		6,
	);
}

/** Lines of a text, each indented. */
function wrapped(text: string, indent: number): string {
	const lines = [""];
	for (const word of text.split(" ")) {
		const line = lines.at(-1) ?? "";
		if (line !== "" && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
		else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
	}
	return lines.map((line) => " ".repeat(indent) + line).join("\n");
}
