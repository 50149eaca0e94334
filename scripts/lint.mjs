// Every lint that CI asks for. Formatting is checked, not changed.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, withTools } from "./tools.mjs";

const steps = [
	[process.execPath, [join(root, "scripts/setup.mjs")]],
	["cargo", ["fmt", "--check"]],
	["cargo", ["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]],
	["cargo", ["clippy", "--quiet", "--lib", "--", "-D", "warnings"]],
	["cargo", ["clippy", "--quiet", "--lib", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"]],
	[process.execPath, [join(root, "scripts/build-wasm.mjs")]],
	["tsc", ["-p", "js", "--noEmit"]],
	["biome", ["ci", "js/src", "jupyter", "www/src", "scripts", "benches", "tests"]],
];
for (const [command, args] of steps) {
	console.log(`$ ${command.split("/").pop()} ${args.join(" ")}`);
	const { status } = spawnSync(command, args, {
		cwd: root,
		stdio: "inherit",
		env: { ...withTools(), RUSTDOCFLAGS: "-D warnings" },
	});
	if (status !== 0) process.exit(status ?? 1);
}
