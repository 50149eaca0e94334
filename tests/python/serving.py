"""Servers over a folder: one that wants secrets, one that has none, and the command line's own."""

import contextlib
import functools
import http.server
import subprocess
import threading

from answers import ROOT


class Guarded(http.server.SimpleHTTPRequestHandler):
    """Files for those who send both secrets; no listings."""

    secrets = True

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if self.secrets and (query != "sig=SECRET" or self.headers["X-Key"] != "SECRET"):
            return self.send_error(403)
        if path.endswith("/"):
            return self.send_error(404)
        return super().do_GET()

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Open(Guarded):
    secrets = False


@contextlib.contextmanager
def serving(handler, folder):
    http.server.ThreadingHTTPServer.daemon_threads = True
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def serving_ranges(folder):
    """The address of the command line's own server, which gives ranges."""
    call = ["node", str(ROOT / "js/bin/zarrscope.mjs"), "serve", str(folder), "--port", "0", "--quiet"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().split(" at ")[-1].strip().rstrip("/")
        finally:
            server.kill()  # connections that are kept open would hold it up
