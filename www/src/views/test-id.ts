/** Names by which tests and scripts find the controls of a step. */

/** Those of the first step are plain; later ones end with their number. */
export function testId(name: string, at: number): string {
	return at === 0 ? name : `${name}-${at + 1}`;
}
