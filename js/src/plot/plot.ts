/**
 * Pictures of results: lines, histograms, maps and other fields, drawn by the core on a canvas or as SVG or PNG. This is
 * the only part of the package that runs the core on the calling thread; a result is small by then.
 */

import init, * as core from "../../wasm/zarrscope_draw.js";
import type { Result } from "../api/result.js";
import { session } from "../api/session.js";
import { toError } from "../errors.js";
import { type CoreLayout, withHover } from "./hover.js";
import type { PlotLayout } from "./layout.js";

/** How to draw. */
export interface PlotOptions {
	/** In CSS pixels; default 900. */
	width?: number;
	/** In CSS pixels; default 520. */
	height?: number;
	/** Device pixels per CSS pixel, for canvas and PNG; default 1. */
	scale?: number;
	/** Default light. */
	theme?: "light" | "dark";
	/** Default: what the result says of itself. */
	title?: string;
	/** Default: viridis, or a diverging map where values lie on both sides of zero and the quantity is an anomaly. */
	colormap?: "viridis" | "cividis" | "thermal" | "balance" | "grey";
	/** Values at the ends of the colour bar; default: the 0.5 and 99.5 % quantiles of the field, or its extremes. */
	range?: [number, number];
	/** Draw coastlines where the axes are longitude and latitude; default true. */
	coastlines?: boolean;
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
	return withHover(
		guarded(() => core.plotCanvas(canvas, result, coreOptions(options)) as CoreLayout),
		result,
	);
}

/** The picture as SVG, its text as text. */
export async function plotSVG(result: Result, options: PlotOptions = {}): Promise<string> {
	await ready();
	return guarded(() => core.plotSvg(result, coreOptions(options)));
}

/** The picture as a PNG file. */
export async function plotPNG(result: Result, options: PlotOptions = {}): Promise<Uint8Array> {
	await ready();
	return guarded(() => core.plotPng(result, coreOptions(options)));
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

function coreOptions(options: PlotOptions) {
	const { width = 900, height = 520, scale = 1, theme = "light", coastlines = true } = options;
	return { ...options, width, height, scale, theme, coastlines };
}
