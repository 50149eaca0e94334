// The pictures of docs/gallery.md: each with the analysis document that makes it. Addresses are relative to the repository.
// An entry belongs to the operation whose name it is filed under; the others show what no single operation does.

const coads = "www/samples/coads.v2.be-fortran.zarr";
const e1 = "www/samples/e1.v2.zstd.zarr";
const hswm = "www/samples/hswm.v2.noleap.zarr";
const nemo = "www/samples/nemo.v3.packed.zarr";
const ostia = "www/samples/ostia.v3.sharded.zarr";

const document = (source, variable, steps, select) => ({
	version: 1,
	source,
	variable,
	...(select ? { select } : {}),
	steps,
});
const sst = (...steps) => document(coads, "SST", steps);
const america = (...steps) => document(e1, "air_temperature", steps);
const cooling = (...steps) => document(e1, "air_temperature", steps, { time: { from: "1930", to: "1975" } });
const tropics = (...steps) => document(ostia, "surface_temperature", steps);
const overAmerica = { op: "mean", dims: ["latitude", "longitude"], weights: "area" };
const upTo = (reach) => ["--range", `-${reach},${reach}`];

/** Density of dry air from pressure and temperature, p / (R T) with R = 287.05 J/(kg K). */
const density = (...steps) =>
	document(coads, "SLP", [
		{ op: "scale", factor: 100 / 287.05, units: "kg m-3 K" },
		{ op: "divide", with: document(coads, "AIRT", [{ op: "scale", offset: 273.15, units: "K" }]) },
		...steps,
	]);

/**
 * In the order of the page: `operation` (none for what shows no operation of its own), `name` of its files, `about` in a
 * scientist's words, the `document`, `flags` of the command, and the `behind` that is drawn under it.
 */
export const ENTRIES = [
	{
		name: "values",
		title: "The values themselves",
		about:
			"Sea surface temperature in January, as ships measured it: without steps, a document gives what it selects. Grey is where no ship reported.",
		document: document(coads, "SST", [], { TIME: { index: 0 } }),
	},
	{
		operation: "mean",
		name: "mean",
		about:
			"The annual mean sea surface temperature: the warm pool, the cold tongue of the eastern Pacific, the Gulf Stream.",
		document: sst({ op: "mean", dims: ["TIME"] }),
	},
	{
		name: "mean-series",
		title: "A mean over areas, year by year",
		about:
			"North America warms by two and a half kelvin, most of it from 1980 to 2050. Cells count by their area (`weights`).",
		document: america(overAmerica),
	},
	{
		name: "mean-value",
		title: "One number",
		about: "The mean temperature of the sea surface over all months and places, weighted by area, in one number.",
		document: sst({ op: "mean", weights: "area" }),
		flags: ["--height", "240"],
	},
	{
		name: "mean-zonal",
		title: "A zonal mean",
		about: "The zonal mean of sea surface temperature through the year: summer follows the sun, some two months late.",
		document: sst({ op: "mean", dims: ["COADSX"] }),
	},
	{
		operation: "sum",
		name: "sum",
		about: "Degree-months of the year, only where all twelve months were observed (`minCount`).",
		document: sst({ op: "sum", dims: ["TIME"], minCount: 12 }),
	},
	{
		operation: "min",
		name: "min",
		about: "The coldest month's air temperature over the sea, at each place.",
		document: document(coads, "AIRT", [{ op: "min", dims: ["TIME"] }]),
	},
	{
		operation: "max",
		name: "max",
		about: "How warm the surface of the tropical oceans became in the warmest of 54 months.",
		document: tropics({ op: "max", dims: ["time"] }),
	},
	{
		operation: "std",
		name: "std",
		about: "The size of the seasonal cycle: large in the west of the northern oceans, where the wind comes from land.",
		document: sst({ op: "std", dims: ["TIME"] }),
	},
	{
		operation: "var",
		name: "var",
		about: "How much sea level pressure varies at each latitude, over the months and around the globe.",
		document: document(coads, "SLP", [{ op: "var", dims: ["TIME", "COADSX"] }]),
	},
	{
		operation: "count",
		name: "count",
		about: "In how many months of the year a ship reported: the shipping lanes, and the empty Southern Ocean.",
		document: sst({ op: "count", dims: ["TIME"] }),
	},
	{
		operation: "median",
		name: "median",
		about: "The median of three months on an ocean model's curvilinear grid, whose poles lie on land.",
		document: document(nemo, "tos", [{ op: "median", dims: ["time_counter"] }]),
	},
	{
		operation: "quantile",
		name: "quantile",
		about:
			"How the temperatures of a continent's cells are spread, year by year: the median, the middle half, and nine tenths of all.",
		document: america({ op: "quantile", q: [0.05, 0.25, 0.5, 0.75, 0.95], dims: ["latitude", "longitude"] }),
	},
	{
		operation: "argmin",
		name: "argmin",
		about:
			"The month in which the air over the sea is coldest, counted from 0 for January: the hemispheres take turns.",
		document: document(coads, "AIRT", [{ op: "argmin", dims: ["TIME"] }]),
	},
	{
		operation: "argmax",
		name: "argmax",
		about: "The month in which the sea is warmest, counted from 0 for January.",
		document: sst({ op: "argmax", dims: ["TIME"] }),
	},
	{
		operation: "histogram",
		name: "histogram",
		about: "How much of the sea has which temperature, by area: a long cold tail, and hardly anything above 30 °C.",
		document: sst({ op: "histogram", bins: 34, range: [-2, 32], weights: "area", density: true }),
	},
	{
		name: "histogram-two",
		title: "A histogram of two variables",
		about: "Temperature against pressure, over all months and places: the warmest water lies under low pressure.",
		document: sst({
			op: "histogram",
			bins: 34,
			range: [-2, 32],
			with: { variable: "SLP", bins: 30, range: [985, 1030] },
		}),
	},
	{
		operation: "groupby",
		name: "groupby",
		about: "The monthly climatology of the tropical oceans, latitude by latitude, from 54 months.",
		document: tropics({ op: "groupby", by: "time.month" }, { op: "mean", dims: ["time", "longitude"] }),
	},
	{
		name: "groupby-season",
		title: "A map for each season",
		about:
			"The mean of each season from the same 54 months: a few groups are drawn side by side, with the same colours.",
		document: tropics({ op: "groupby", by: "time.season" }, { op: "mean", dims: ["time"] }),
	},
	{
		operation: "resample",
		name: "resample",
		about: "The mean of each decade, where single years hide it.",
		document: america(overAmerica, { op: "resample", time: "10YS" }, { op: "mean" }),
	},
	{
		operation: "coarsen",
		name: "coarsen",
		about: "The same annual mean in blocks of ten degrees: a mean of what is there.",
		document: sst({ op: "mean", dims: ["TIME"] }, { op: "coarsen", windows: { COADSY: 5, COADSX: 5 } }, { op: "mean" }),
	},
	{
		operation: "rolling",
		name: "rolling",
		about: "A moving mean of eleven years (`center`), over the years that it is made of.",
		document: america(overAmerica, { op: "rolling", windows: { time: 11 }, center: true }, { op: "mean" }),
		behind: america(overAmerica),
	},
	{
		operation: "anomaly",
		name: "anomaly",
		about:
			"What differs from the usual temperature of each month along the equator: El Niño ends in early 2007, La Niña comes in 2007 and 2008, and El Niño again in 2009.",
		document: tropics(
			{ op: "mean", dims: ["latitude"], weights: "area" },
			{ op: "groupby", by: "time.month" },
			{ op: "anomaly" },
		),
		flags: upTo(3),
	},
	{
		operation: "scale",
		name: "scale",
		about: "Vorticity on a geodesic grid of 2 562 cells, in units that people can read.",
		document: document(hswm, "relative", [{ op: "scale", factor: 1e5, units: "1e-5 s-1" }], { time: { index: -1 } }),
		flags: ["--colormap", "balance", "--no-coastlines"],
	},
	{
		operation: "cumsum",
		name: "cumsum",
		about: "Degree-years since 1860: how far the warming departs from the mean of all years, added up.",
		document: america(overAmerica, { op: "anomaly", dims: ["time"] }, { op: "cumsum", dims: ["time"] }),
	},
	{
		operation: "trend",
		name: "trend",
		about:
			"The trend of temperature from 1930 to 1975, when the north of the model cools. Dots are where the p-value is above 0.05: there it may be chance.",
		document: cooling({ op: "trend", dims: ["time"] }),
		flags: ["--significance", "0.05"],
	},
	{
		name: "trend-pvalue",
		title: "The p-value of a trend",
		about: "The same trend's p-value. A trend has four variables: slope, intercept, stderr and pvalue.",
		document: cooling({ op: "trend", dims: ["time"] }),
		flags: ["--variable", "pvalue", "--colormap", "cividis"],
	},
	{
		operation: "regrid",
		name: "regrid",
		about:
			"The January map from the top of this page on a grid of six degrees; `conservative` keeps the mean over areas.",
		document: document(
			coads,
			"SST",
			[
				{
					op: "regrid",
					method: "conservative",
					lat: { from: -87, to: 87, step: 6 },
					lon: { from: 24, to: 378, step: 6 },
				},
			],
			{ TIME: { index: 0 } },
		),
	},
	{
		operation: "correlation",
		name: "correlation",
		about: "Where warm months are months of low pressure (blue), and where of high pressure (red).",
		document: sst({ op: "correlation", with: "SLP", dims: ["TIME"] }),
		flags: upTo(1),
	},
	{
		operation: "covariance",
		name: "covariance",
		about: "How sea and air vary together through the year: off the coasts of Asia and America most.",
		document: sst({ op: "covariance", with: "AIRT", dims: ["TIME"] }),
	},
	{
		operation: "add",
		name: "add",
		about: "The mean of water and air at the surface: their sum, halved, over the year.",
		document: sst({ op: "add", with: "AIRT" }, { op: "scale", factor: 0.5 }, { op: "mean", dims: ["TIME"] }),
	},
	{
		operation: "subtract",
		name: "subtract",
		about: "Water minus air: the Gulf Stream and the Kuroshio heat the air above them; red is warmer water.",
		document: sst({ op: "subtract", with: "AIRT" }, { op: "mean", dims: ["TIME"] }),
		flags: upTo(3),
	},
	{
		name: "subtract-scenario",
		title: "A scenario minus history",
		about:
			"The mean of 2070–2099 minus that of 1961–1990: the north warms most. The other side is a document of its own.",
		document: document(
			e1,
			"air_temperature",
			[
				{ op: "mean", dims: ["time"] },
				{
					op: "subtract",
					with: document(e1, "air_temperature", [{ op: "mean", dims: ["time"] }], {
						time: { from: "1961", to: "1990" },
					}),
				},
			],
			{ time: { from: "2070", to: "2099" } },
		),
		flags: ["--colormap", "thermal"],
	},
	{
		operation: "multiply",
		name: "multiply",
		about:
			"A rough sensible heat flux at a wind of 7 m/s: the density of the air times the difference to the water, times constants.",
		document: document(coads, "SST", [
			{ op: "subtract", with: "AIRT" },
			{ op: "multiply", with: density() },
			{ op: "scale", factor: 1004 * 0.0011 * 7, units: "W m-2" },
			{ op: "mean", dims: ["TIME"] },
		]),
		flags: upTo(30),
	},
	{
		operation: "divide",
		name: "divide",
		about: "The density of the air over the sea: pressure, divided by temperature in kelvin and the gas constant.",
		document: density({ op: "mean", dims: ["TIME"] }),
	},
];
