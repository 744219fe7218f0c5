"""A static file server for tests: as plain as `python -m http.server`, with faults on demand."""

import functools
import http.server
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

ISOLATION = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


@dataclass
class Missing:
    """Answers 404."""


@dataclass
class Altered:
    """Answers with another body."""

    change: Callable[[bytes], bytes]


@dataclass
class Interrupted:
    """Promises the whole file and closes the connection after a share of it."""

    share: float = 0.5


@dataclass
class Stalled:
    """Sends a share of the file, then nothing more, with the connection open until `release`."""

    share: float = 0.5
    release: threading.Event = field(default_factory=threading.Event)


Fault = Missing | Altered | Interrupted | Stalled


@dataclass
class StaticServer:
    """Serves a folder on 127.0.0.1 until `stop`; use it as a context manager.

    Args:
        root: the folder.
        headers: sent with every answer (ISOLATION makes the page cross-origin isolated).
        port: 0 picks a free one.
    """

    root: Path
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    faults: dict[str, Fault] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)

    def __enter__(self) -> "StaticServer":
        handler = functools.partial(_Handler, owner=self, directory=str(self.root))
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The folder's address, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/"

    def stop(self) -> None:
        """Closes the port; later requests are refused."""
        self._http.shutdown()
        self._http.server_close()

    def fault(self, path: str) -> Fault | None:
        """The fault that is set for a path, by regular expression."""
        return next((f for pattern, f in self.faults.items() if re.search(pattern, path)), None)


class _Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {  # noqa: RUF012 - the base class declares it so
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *args: object, owner: StaticServer, **kwargs: object) -> None:
        self.owner = owner
        super().__init__(*args, **kwargs)

    def log_message(self, *args: object) -> None:
        pass

    def end_headers(self) -> None:
        for name, value in self.owner.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def do_PUT(self) -> None:
        """Keeps what a page hands back (`uploads`), since large results pass a browser slowly."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.owner.uploads[self.path.lstrip("/")] = body
        self.send_response(204)
        self.end_headers()

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.owner.paths.append(path)
        fault = self.owner.fault(path)
        if fault is None:
            super().do_GET()
            return
        if isinstance(fault, Missing):
            self.send_error(404)
            return
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            file /= "index.html"
        body = file.read_bytes()
        if isinstance(fault, Altered):
            body = fault.change(body)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if isinstance(fault, Interrupted):
            self.wfile.write(body[: int(len(body) * fault.share)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(2)
        elif isinstance(fault, Stalled):
            self.wfile.write(body[: int(len(body) * fault.share)])
            self.wfile.flush()
            fault.release.wait(60)
            self.close_connection = True
        else:
            self.wfile.write(body)
