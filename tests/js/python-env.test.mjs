// Where the Python packages of the tests come from: uv is told what pip knows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uvSettings } from "../../scripts/python-env.mjs";

test("uv has the indexes of pip's configuration, variables before files", () => {
	const listed = `:env:.index-url='https://mirror.example/of-variable'
global.cert='/etc/ssl/certs/ca-certificates.crt'
global.extra-index-url='https://one.example/simple\\nhttps://two.example/simple'
global.index-url='https://mirror.example/of-file'
install.find-links='/opt/wheels /more'
freeze.timeout='9'
`;
	assert.deepEqual(uvSettings(listed), {
		UV_DEFAULT_INDEX: "https://mirror.example/of-variable",
		UV_INDEX: "https://one.example/simple https://two.example/simple",
		UV_INDEX_STRATEGY: "unsafe-best-match",
		UV_FIND_LINKS: "/opt/wheels,/more",
		SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
	});
	assert.deepEqual(uvSettings(""), {});
});
