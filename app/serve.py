"""Serves an exported site on this machine."""

import errno
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from app.errors import SiteError
from app.headers import MEDIA_TYPES, SECURITY_HEADERS, cache_control


class SiteFiles(StaticFiles):
    """Files with the site's own media types, whatever the machine's tables say."""

    def file_response(
        self, full_path: str | os.PathLike[str], *args: object, **kwargs: object
    ) -> Response:
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        media_type = MEDIA_TYPES.get(Path(full_path).suffix)
        if media_type and "content-type" in response.headers:
            response.headers["Content-Type"] = media_type
        return response


def create_app(site: Path) -> FastAPI:
    """The server's application for the site in a folder; raises SiteError where there is none."""
    if not (site / "index.html").is_file():
        raise SiteError(
            f"{site} holds no site. Write one with `python -m app export --out {site}`."
        )
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def add_headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers.update(SECURITY_HEADERS)
        ok = response.status_code < 400
        response.headers["Cache-Control"] = cache_control(request.url.path) if ok else "no-store"
        return response

    app.mount("/", SiteFiles(directory=site, html=True))
    return app


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises SiteError in one sentence where the port cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            problem = "is in use by another program: end that, or choose another port with --port"
        elif error.errno == errno.EACCES:
            problem = "needs more rights than this user has: choose one from 1024 on with --port"
        else:
            problem = f"on {host} cannot be opened ({error.strerror}): choose another with --port"
        raise SiteError(f"Port {port} {problem}.") from None
    return listener


def serve(site: Path, host: str, port: int) -> None:
    """Serves a site until it is interrupted; port 0 takes any free one."""
    app = create_app(site)
    listener = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    print(f"Serving {site} at http://{shown}:{listener.getsockname()[1]}/", flush=True)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    server.run(sockets=[listener])
