// A store whose chunks only the rare decoders read: eight float64, 1 to 8, in one chunk of bzip2 (Python's bz2.compress of
// struct.pack("<8d", *range(1, 9))).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CHUNK = "QlpoOTFBWSZTWSgkxD4AAAN8ANhARERAAAAAwABAACAAISUaaNPQQNA0Gk9gBArnvq+7rBdyRThQkCgkxD4=";
const ARRAY = {
	zarr_format: 2,
	shape: [8],
	chunks: [8],
	dtype: "<f8",
	order: "C",
	fill_value: null,
	filters: null,
	compressor: { id: "bz2", level: 9 },
};

/** Writes the store `rare.zarr` with the variable `x`, whose mean is 4.5, into a folder. */
export function writeRareStore(folder) {
	const store = join(folder, "rare.zarr");
	const metadata = {
		".zgroup": { zarr_format: 2 },
		"x/.zarray": ARRAY,
		"x/.zattrs": { _ARRAY_DIMENSIONS: ["x"] },
	};
	mkdirSync(join(store, "x"), { recursive: true });
	for (const [name, json] of Object.entries(metadata)) writeFileSync(join(store, name), JSON.stringify(json));
	const consolidated = { zarr_consolidated_format: 1, metadata };
	writeFileSync(join(store, ".zmetadata"), JSON.stringify(consolidated));
	writeFileSync(join(store, "x/0"), Buffer.from(CHUNK, "base64"));
}
