"""The command line's own server over a folder."""

import contextlib
import subprocess

from answers import ROOT


@contextlib.contextmanager
def serving_ranges(folder):
    """Its address; it gives ranges."""
    call = ["node", str(ROOT / "js/bin/zarrscope.mjs"), "serve", str(folder), "--port", "0", "--quiet"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server.stdout.readline().split(" at ")[-1].strip().rstrip("/")
        finally:
            server.kill()  # connections that are kept open would hold it up
