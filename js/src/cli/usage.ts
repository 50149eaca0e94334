/** A call that is wrong in itself: exit status 2, before anything is fetched. */

/** What is wrong with the call, in words that name the flag or argument. */
export class UsageError extends Error {
	override readonly name = "UsageError";
}
