import { drawPlot, open } from "zarrscope/inline";

const { store, variable } = Object.fromEntries(new URLSearchParams(location.search));

const dataset = await open(store, { variable });
const mean = await dataset.get(variable).mean().compute();

await drawPlot(document.querySelector("canvas"), mean, { width: 400, height: 200 });
document.querySelector("output").value = mean.value;
