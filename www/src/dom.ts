/** Elements made of text and attributes only: whatever a store says of itself can never become markup. */

export type Child = Node | string | number | undefined | false | Child[];
type Handler = (event: never) => void;
export type Attributes = Record<string, string | number | boolean | Handler | undefined>;

/**
 * An element. An attribute that is a function listens to the event of that name (`onclick`); true is an attribute without
 * a value; false and undefined leave it out. There is no `style`: the page's Content-Security-Policy forbids it.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	attributes: Attributes = {},
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value as EventListener);
		else if (value === true) element.setAttribute(name, "");
		else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
	}
	append(element, children);
	return element;
}

/** Puts children in the place of those that are there. */
export function fill(element: Element, ...children: Child[]): void {
	element.replaceChildren();
	append(element, children);
}

function append(element: Element, children: Child[]): void {
	for (const child of children) {
		if (Array.isArray(child)) append(element, child);
		else if (child instanceof Node) element.append(child);
		else if (child !== undefined && child !== false) element.append(String(child));
	}
}

/** Whether someone is in it. In a shadow tree the document's active element is the tree's host. */
export function isFocused(element: Element): boolean {
	return element.matches(":focus");
}

let lastId = 0;

/** An id for what labels refer to. */
export function uniqueId(prefix: string): string {
	lastId += 1;
	return `${prefix}-${lastId}`;
}
