/** Addresses of files at hand mean something in this page alone. */

/** What a link of such a source would need to say. */
export const LOCAL_LINK_NOTE = " The data are on this machine: the link works in this page only, until it is closed.";

export function isLocal(source: string): boolean {
	return /^local:/i.test(source);
}

/** What a page says that was opened with such a link. */
export const LOST_NOTICE =
	"This link was made for files on the machine where it was made, and does not carry them. Drop the folder or the ZIP here again.";
