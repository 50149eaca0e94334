/** What a drawing tells of itself. */

/** What was drawn where, in CSS pixels: for hovering. */
export interface PlotLayout {
	kind: "map" | "field" | "line" | "histogram" | "value";
	/** The area between the axes. */
	area: { x: number; y: number; width: number; height: number };
	/** A text alternative of the picture. */
	description: string;
	/** What is under a point: its labels and its value, ready to be shown; undefined outside. */
	at(x: number, y: number): PlotPoint | undefined;
}

/** What is under the pointer. */
export interface PlotPoint {
	/** Axis label and value, such as `["Latitude", "20 °N"]`. */
	labels: [string, string][];
	/** The value with its units, or "missing". */
	value: string;
	/** Position in the result's data. */
	index: number;
}
