// The text of docs/gallery.md: each picture with what it shows, the command that drew it, and its analysis document.
import { findOperation } from "../../js/dist/index.js";

/** A document as it stands in its file: its steps a line each. */
export function documentText(document) {
	const lines = Object.entries(document).map(([member, value]) => `  "${member}": ${valueText(member, value)}`);
	return `{\n${lines.join(",\n")}\n}\n`;
}

function valueText(member, value) {
	if (member !== "steps" || value.length === 0) return JSON.stringify(value);
	return `[\n${value.map((step) => `    ${JSON.stringify(step)}`).join(",\n")}\n  ]`;
}

/** The command that draws an entry. */
export function commandOf({ name, flags = [], behind }, ending) {
	const own = [...flags, ...(behind ? ["--behind", `docs/gallery/${name}-behind.json`] : [])];
	return ["npx zarrscope plot", `docs/gallery/${name}.json`, "-o", `${name}.${ending}`, ...own].join(" ");
}

/** The page; `endings` tells the kind of each entry's picture. */
export function pageOf(entries, endings) {
	const operations = entries.filter(({ operation }) => operation).map(({ operation }) => operation);
	const links = operations.map((name) => `[\`${name}\`](#${name})`);
	return [
		"# Gallery",
		"*Made by `npm run gallery` from the sample data in this repository: every operation once, by the command line. The documents run in the page and in JavaScript just the same.*",
		links.join(" · "),
		...entries.map((entry) => section(entry, endings.get(entry.name))),
	]
		.join("\n\n")
		.concat("\n");
}

function section(entry, ending) {
	const { about, behind, document, name, operation, title } = entry;
	const heading = operation
		? `## <a id="${operation}"></a>${findOperation(operation).title}: \`${operation}\``
		: `## ${title}`;
	const documents = [document, ...(behind ? [behind] : [])].map((each) => `\`\`\`json\n${documentText(each)}\`\`\``);
	return [
		heading,
		about,
		`![${(title ?? findOperation(operation).title).replace(/\.$/, "")}](gallery/${name}.${ending})`,
		`<details><summary>The document, and the command</summary>`,
		`\`\`\`sh\n${commandOf(entry, ending)}\n\`\`\``,
		...documents,
		"</details>",
	].join("\n\n");
}
