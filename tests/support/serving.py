"""The site under the servers that people use: the project's own, and Python's plain one."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.build import ROOT

START_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def app_serve(site: Path) -> Iterator[str]:
    """`python -m app serve`; yields the site's address."""
    command = [sys.executable, "-m", "app", "serve", "--site", str(site), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        port = re.search(r":(\d+)/", line)
        if not port:
            raise RuntimeError(f"the server did not say where it listens: {line!r}")
        yield f"http://127.0.0.1:{port[1]}/"
    finally:
        _end(process)


class PythonHttpServer:
    """`python -m http.server` on a folder; `stop` takes it away for good."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        command = [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> "PythonHttpServer":
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > until or self._process.poll() is not None:
                self.stop()
                raise RuntimeError("python -m http.server did not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def answers(self) -> bool:
        """Whether the port takes connections."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ends the server."""
        _end(self._process)
