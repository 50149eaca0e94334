/** What a notebook's output says: the document, and how it is to be drawn. A notebook may say anything. */

import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { AnalysisDocument, PlotOptions } from "zarrscope";

export const MIME_TYPE = "application/vnd.zarrscope.v1+json";

/** The part of the options of pictures that a notebook keeps, as metadata of the output. */
export type Look = Pick<PlotOptions, "title" | "colormap" | "range" | "coastlines" | "significance" | "variable"> & {
	/** In CSS pixels. */
	height?: number;
};

export interface Output {
	readonly document: AnalysisDocument;
	readonly look: Look;
}

/** Heights beyond these hide what stands around them, or the figure. */
const HEIGHTS = [160, 2000] as const;

export function readOutput({ data, metadata }: IRenderMime.IMimeModel): Output {
	return { document: data[MIME_TYPE] as unknown as AnalysisDocument, look: readLook(metadata[MIME_TYPE]) };
}

/** What is of the wrong kind is left out: it is not worth a missing picture. */
function readLook(given: unknown): Look {
	const { title, colormap, range, coastlines, significance, variable, height } = (given ?? {}) as Record<
		string,
		unknown
	>;
	const isRange = Array.isArray(range) && range.length === 2 && range.every(Number.isFinite);
	return {
		...(typeof title === "string" ? { title } : {}),
		...(typeof colormap === "string" ? { colormap: colormap as NonNullable<Look["colormap"]> } : {}),
		...(isRange ? { range: range as [number, number] } : {}),
		...(typeof coastlines === "boolean" ? { coastlines } : {}),
		...(typeof significance === "number" ? { significance } : {}),
		...(typeof variable === "string" ? { variable } : {}),
		...(typeof height === "number" && height >= HEIGHTS[0] && height <= HEIGHTS[1] ? { height } : {}),
	};
}
