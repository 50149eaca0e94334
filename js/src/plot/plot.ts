/**
 * Pictures of results: lines, histograms, maps and other fields, drawn by the core on a canvas or as SVG or PNG. This is
 * the only part of the package that runs the core on the calling thread; a result is small by then.
 */

import init, * as core from "../../wasm/zarrscope_draw.js";
import type { Step } from "../api/operations/steps.js";
import { liesAroundZero, titleOf } from "../api/operations/title.js";
import type { Result } from "../api/result.js";
import { session } from "../api/session.js";
import { toError } from "../errors.js";
import { type Drawn, drawnOf } from "./drawn.js";
import { type CoreLayout, withHover } from "./hover.js";
import type { PlotLayout } from "./layout.js";

/** How to draw. */
export interface PlotOptions {
	/** In CSS pixels; default 900. */
	width?: number;
	/** In CSS pixels; default 520, and of maps in files as much of it as they need. */
	height?: number;
	/** Device pixels per CSS pixel, for canvas and PNG; default 1. */
	scale?: number;
	/** Default light. */
	theme?: "light" | "dark";
	/** The steps that made the result: its title tells of them, and so do its colours where values lie on both sides of zero. */
	steps?: readonly Step[];
	/** Default: what the {@link steps} and the result say. */
	title?: string;
	/** Of a result with several variables: the one to draw; default: the first. */
	variable?: string;
	/** Default: viridis, or balance where the {@link steps} make something around zero, such as an anomaly. */
	colormap?: "viridis" | "cividis" | "thermal" | "balance" | "grey";
	/** Values at the ends of the colour bar; default: the 0.5 and 99.5 % quantiles of the field; of p-values 0 and 1. */
	range?: [number, number];
	/** Draw coastlines where the axes are longitude and latitude; default true. */
	coastlines?: boolean;
	/** Cells of a trend with a p-value above this are dotted. */
	significance?: number;
	/** A line to be drawn behind the others, such as the series that a moving mean is made of. */
	behind?: Result;
	/** Longitude and latitude of every cell in degrees, for curvilinear and unstructured grids. */
	geometry?: { lon: Float64Array; lat: Float64Array };
}

/** Draws on a canvas, whose size is set. */
export async function drawPlot(
	canvas: HTMLCanvasElement,
	result: Result,
	options: PlotOptions = {},
): Promise<PlotLayout> {
	await ready();
	const { width = 900, height = 520, scale = 1 } = options;
	canvas.width = Math.round(width * scale);
	canvas.height = Math.round(height * scale);
	const drawn = drawnOf(result, options.variable);
	return withHover(
		guarded(() => core.plotCanvas(canvas, drawn, coreOptions(drawn, { ...options, height })) as CoreLayout),
		drawn,
	);
}

/** The picture as SVG, its text as text. */
export async function plotSVG(result: Result, options: PlotOptions = {}): Promise<string> {
	await ready();
	const drawn = drawnOf(result, options.variable);
	return guarded(() => core.plotSvg(drawn, coreOptions(drawn, options)));
}

/** The picture as a PNG file. */
export async function plotPNG(result: Result, options: PlotOptions = {}): Promise<Uint8Array> {
	await ready();
	const drawn = drawnOf(result, options.variable);
	return guarded(() => core.plotPng(drawn, coreOptions(drawn, options)));
}

let loading: Promise<unknown> | undefined;

/** What draws, on this thread; loaded with the first picture. */
function ready(): Promise<unknown> {
	loading ??= session()
		.module("draw")
		.then((module) => init({ module_or_path: module }));
	return loading;
}

function guarded<T>(draw: () => T): T {
	try {
		return draw();
	} catch (error) {
		throw toError(error);
	}
}

function coreOptions(drawn: Drawn, options: PlotOptions) {
	const { width = 900, height = 520, scale = 1, theme = "light", coastlines = true, steps = [], ...others } = options;
	const { behind, ...rest } = others;
	return {
		title: titleOf(steps, drawn) + drawn.part,
		...(options.variable === "pvalue" ? { range: [0, 1] } : {}),
		...rest,
		width,
		height,
		scale,
		theme,
		coastlines,
		fit: options.height === undefined,
		diverging: liesAroundZero(steps),
		...(behind ? { behind: drawnOf(behind, undefined) } : {}),
	};
}
