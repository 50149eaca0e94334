/** Writing to the standard streams, so that all of it arrives before the process ends, and a reader who left is no crash. */

const gone = new WeakSet<NodeJS.WriteStream>();

/** Ends quietly what is written to a pipe that nobody reads any more (`zarrscope … | head`). */
export function forgiveClosedPipes(): void {
	for (const stream of [process.stdout, process.stderr]) {
		if (stream.listenerCount("error") > 0) continue;
		stream.on("error", (error: NodeJS.ErrnoException) => {
			gone.add(stream);
			if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") process.exitCode = 1;
		});
	}
}

/** Writes, and waits until the stream has taken it. */
export function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
	if (gone.has(stream)) return Promise.resolve();
	return new Promise((resolve) => {
		// The callback also comes when writing fails.
		stream.write(text, () => resolve());
	});
}

/** Writes pieces one after the other. */
export async function writeAll(stream: NodeJS.WriteStream, pieces: Iterable<string>): Promise<void> {
	for (const piece of pieces) {
		if (gone.has(stream)) return;
		await write(stream, piece);
	}
}
