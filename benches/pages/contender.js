// Starts the contender that the fragment names, then asks the bench for questions and posts the answers. No debugger is
// attached: one would keep every response's body, and be measured with the page.
const { control, module, options } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const post = (reply) => fetch(`${control}/answer`, { method: "POST", body: JSON.stringify(reply) });

try {
	const { run, memory } = await (await import(module)).start(options);
	await post({ ready: true });
	for (;;) {
		const question = await (await fetch(`${control}/question`, { cache: "no-store" })).json();
		const reply = await run(question).catch((error) => ({ error: String(error) }));
		await post({ ...reply, wasmBytes: await memory?.() });
	}
} catch (error) {
	await post({ error: String(error) });
}
