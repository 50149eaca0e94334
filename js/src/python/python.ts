/** An analysis document as Python that runs as it stands, with public libraries alone. */

import type { Dataset } from "../api/dataset.js";
import type { AnalysisDocument } from "../api/spec.js";
import { ZarrscopeError } from "../errors.js";
import { Code } from "./code.js";
import { pythonFacts } from "./facts.js";
import { literal } from "./literal.js";
import { type Facts, opening } from "./opening.js";
import { selecting } from "./selecting.js";
import type { Place } from "./place.js";
import { stepping } from "./stepping.js";

/** How the code is wanted. */
export interface PythonOptions extends Facts {
	/** Run on a Dask cluster: processes of this machine, unless the line is changed. */
	cluster?: boolean;
	/** The document's source, if it is open: what it tells makes the code shorter. */
	dataset?: Dataset;
}

/** What the code needs, by the names of PyPI. */
const NEEDS = "xarray zarr dask[array] fsspec aiohttp cftime scipy";

/**
 * Python that computes a document with xarray and Dask. Its last lines leave the result in `result`. Secrets are not in it: they are
 * read from the environment.
 *
 * @throws {ZarrscopeError} `unsupported` for what those libraries do not have, `invalid_document` for no variable.
 */
export function toPython(document: AnalysisDocument, options: PythonOptions = {}): string {
	const code = new Code();
	const { dataset, cluster = false, ...given } = options;
	const paths = document.variables ?? [document.variable ?? ""];
	const factsOf = (path: string): Facts => ({ ...(dataset && pythonFacts(dataset.info, path)), ...given });
	if (paths.length === 0) throw new ZarrscopeError({ code: "invalid_document", message: "no variable" });
	if (cluster) {
		code.import("from dask.distributed import Client");
		code.add("client = Client()  # processes of this machine");
		code.add("# On Dask Gateway: client = dask_gateway.Gateway().new_cluster().get_client()");
		code.add("");
	}
	if (document.variables === undefined) one(code, document, paths[0] ?? "", factsOf(paths[0] ?? ""));
	else several(code, document, paths, factsOf);
	code.add("print(result)");
	const packages = cluster ? NEEDS.replace("[array]", "[array,distributed]") : NEEDS;
	return code.text([`pip install ${packages.split(" ").map(quoted).join(" ")}`, ...notes(document)], cluster);
}

/** Steps that leave values as they are stored. */
const KEEPING = new Set(["min", "max", "count", "groupby", "resample", "argmin", "argmax"]);

function areas(code: Code, ds: string, variable: string, { latitude }: Facts): string {
	if (latitude === undefined) return `${code.uses("area_weights")}(${ds}, ${literal(variable)})`;
	code.import("import numpy as np");
	return `np.cos(np.deg2rad(${ds}[${literal(latitude)}].astype("float64")))`;
}

function quoted(name: string): string {
	return name.includes("[") ? `"${name}"` : name;
}

function notes({ precision }: AnalysisDocument): string[] {
	return typeof precision === "object"
		? ["All chunks are read: this is the exact result, of which the page showed an estimate."]
		: [];
}

function one(code: Code, document: AnalysisDocument, path: string, facts: Facts): void {
	const place = evaluated(code, document, path, facts, "ds", "da");
	finished(code, place);
}

/** Variables side by side, each by itself. */
function several(
	code: Code,
	document: AnalysisDocument,
	paths: readonly string[],
	factsOf: (path: string) => Facts,
): void {
	const found = paths.map((path, i) => {
		const place = evaluated(code, document, path, factsOf(path), "ds", `da${i + 1}`);
		code.add("");
		return `${literal(path)}: ${place.da}`;
	});
	code.import("import xarray as xr");
	code.add(`result = xr.Dataset({${found.join(", ")}}).compute()`);
}

function finished(code: Code, { da, edges }: Place): void {
	if (edges.length === 0) {
		code.add(`result = ${da}.compute()`);
		return;
	}
	const names = edges.map((name, i) => `${name}=(${literal(name.replace("edges", "edge"))}, edges[${i}])`);
	code.add(`result = ${da}.compute().to_dataset(name="histogram").assign_coords(${names.join(", ")})`);
}

/** The lines of a document; an operand's come before the line that takes it. */
function evaluated(code: Code, document: AnalysisDocument, path: string, facts: Facts, ds: string, da: string): Place {
	const variable = opening(code, document, path, ds, facts);
	const steps = document.steps ?? [];
	if (steps.some((step) => (step as { weights?: string }).weights === "area"))
		code.add(`${ds}["cell_area"] = ${areas(code, ds, variable, facts)}`);
	selecting(code, document.select, ds);
	const { dtype } = facts;
	const single = dtype !== undefined && /^(float16|float32)$/.test(dtype) && steps.some(({ op }) => !KEEPING.has(op));
	code.add(`${da} = ${ds}[${literal(variable)}]${single ? '.astype("float64")' : ""}`);
	const operand = (other: AnalysisDocument) => {
		const name = code.name("other");
		evaluated(code, other, other.variable ?? "", facts.of?.(other) ?? {}, `${name}_ds`, name);
		return name;
	};
	const place: Place = { code, ds, variable, da, operand, wide: dtype !== undefined, edges: [] };
	stepping(place, steps);
	return place;
}
