"""A real server of Dask Gateway on this machine: its clusters are processes, and it believes the name that anybody gives."""

import contextlib
import socket
import subprocess
import sys
import time
from pathlib import Path

import dask_gateway

# Its default commands, dask-scheduler and dask-worker, are none of distributed's any more.
SETTINGS = """
c.DaskGateway.backend_class = "dask_gateway_server.backends.local.UnsafeLocalBackend"
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.SimpleAuthenticator"
c.Proxy.address = "{address}"
c.ClusterConfig.scheduler_cmd = ["{python}", "-m", "dask", "scheduler"]
c.ClusterConfig.worker_cmd = ["{python}", "-m", "dask", "worker"]
c.UnsafeLocalBackend.clusters_directory = "{folder}"
"""


@contextlib.contextmanager
def gateway(folder):
    """Somebody's `Gateway`; the server keeps its files in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    settings = folder / "settings.py"
    settings.write_text(SETTINGS.format(address=address, python=sys.executable, folder=folder))
    command = Path(sys.executable).with_name("dask-gateway-server")
    with open(folder / "log", "w") as log, subprocess.Popen([command, "-f", settings], stdout=log, stderr=log) as server:
        try:
            listening(address, server, folder / "log")
            with dask_gateway.Gateway(f"http://{address}", auth=dask_gateway.BasicAuth("somebody")) as made:
                yield made
        finally:
            server.terminate()  # which ends its clusters, too
            server.wait(30)


def listening(address, server, log):
    """Waits until the server answers: its proxy listens a little before it knows where to send."""
    host, port = address.split(":")
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 5) as asked:
            asked.sendall(f"GET /api/health HTTP/1.0\r\nHost: {address}\r\n\r\n".encode())
            if b" 200 " in asked.recv(100):
                return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())
