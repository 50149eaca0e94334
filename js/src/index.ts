/**
 * zarrscope: labelled analysis of Zarr stores by URL, in web workers.
 *
 * ```js
 * import { open } from "zarrscope";
 *
 * const ds = await open("https://example.org/sst.zarr");
 * const mean = await ds.get("sst").sel({ time: "2013" }).mean("time").compute();
 * ```
 *
 * Importing it does nothing; the core is loaded and workers are started by the first call.
 */

export { type ComputeOptions, DataArray, type Dims, type Other } from "./api/dataarray.js";
export { type Coordinate, Dataset, type OpenOptions, open } from "./api/dataset.js";
export { type Bytes, type Files, registerFiles, releaseFiles } from "./api/files.js";
export { fromSpec } from "./api/from-spec.js";
export { Grouped, GroupedByLabel } from "./api/grouped.js";
export type { ArrayInfo, GroupInfo, SourceInfo } from "./api/info.js";
export { type EstimateInfo, type Labels, Result, type ResultVariable, type Value, valueText } from "./api/result.js";
export { close, forgetPartials, init } from "./api/session.js";
export { innerDocument, type OptionValues, stepFrom, withEach } from "./api/operations/assemble.js";
export type { Operation, OperationKind, OperationOption, OptionKind, Suggestion } from "./api/operations/model.js";
export type {
	Axis,
	GroupingStep,
	HistogramOptions,
	Operand,
	ReductionOp,
	ReductionOptions,
	RegridOptions,
	RollingOptions,
	ScaleOptions,
	Step,
} from "./api/operations/steps.js";
export { findOperation, groupingsBefore, OPERATIONS, type OperationName } from "./api/operations/table.js";
export { type Titled, titleOf } from "./api/operations/title.js";
export { type OptionValue, optionText, parseOption, wanted } from "./api/operations/text.js";
export type { AnalysisDocument, Cost, Label, Precision, Selector, Storage } from "./api/spec.js";
export { type ErrorCode, type ErrorDetails, hintFor, ZarrscopeError } from "./errors.js";
export type { PoolOptions } from "./pool/pool.js";
export type { RunProgress, Stats } from "./pool/run.js";
export type { WasmSource } from "./pool/spawn.js";
export type { PlotLayout, PlotPoint } from "./plot/layout.js";
export { type PythonOptions, toPython } from "./python/python.js";
export { drawPlot, type PlotOptions, plotPNG, plotSVG } from "./plot/plot.js";
