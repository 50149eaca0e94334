// How an array's own metadata spell its type and codecs. It is read without the package, whose view is being judged.

/**
 * @param {{ source: string, variable?: string, format: string }} testCase
 * @returns {Promise<{ dtype?: string, codecs?: string[] }>}  Empty where metadata do not lie open, as in a ZIP.
 */
export async function written({ source, variable, format }) {
	if (!format.startsWith("Zarr ") || variable === undefined) return {};
	const folder = [source, ...(variable === "" ? [] : [encodeURI(variable)])].join("/");
	for (const [file, tell] of [
		["zarr.json", ofV3],
		[".zarray", ofV2],
	]) {
		const response = await fetch(`${folder}/${file}`);
		const text = await response.text();
		if (response.ok) return tell(JSON.parse(text.replace(/\bNaN\b|-?\bInfinity\b/g, "null")));
	}
	return {};
}

function ofV2({ dtype, filters, compressor, order }) {
	const codecs = [...(filters ?? []), ...(compressor ? [compressor] : [])].map(({ id }) => id);
	return {
		dtype: typeof dtype === "string" ? dtype : "record",
		codecs: order === "F" ? ["F order", ...codecs] : codecs,
	};
}

function ofV3({ data_type: type, codecs }) {
	return { dtype: typeof type === "string" ? type : type?.name, codecs: (codecs ?? []).flatMap(names) };
}

/** A shard's own codecs count, too. */
function names(codec) {
	if (typeof codec === "string") return [codec];
	const { codecs = [], index_codecs: index = [] } = codec.configuration ?? {};
	return [codec.name, ...[...codecs, ...index].flatMap(names)];
}
