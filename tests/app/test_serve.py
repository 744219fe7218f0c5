"""The server: media types, headers, caching, and sentences for what goes wrong."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.__main__ import main
from app.errors import SiteError
from app.export import ROOT, export_site
from app.headers import SECURITY_HEADERS
from app.serve import create_app, listen


@pytest.fixture
def site(tmp_path: Path, webui: Path, make_model: Callable[..., Path]) -> Path:
    return export_site(tmp_path / "dist", [make_model()], webui).out


@pytest.fixture
def client(site: Path) -> Iterator[TestClient]:
    (site / "kernels.wasm").write_bytes(b"\0asm")
    with TestClient(create_app(site)) as started:
        yield started


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/assets/page-1a.js", "text/javascript; charset=utf-8"),
        ("/assets/page-1a.css", "text/css; charset=utf-8"),
        ("/service-worker.js", "text/javascript; charset=utf-8"),
        ("/kernels.wasm", "application/wasm"),
        ("/site.json", "application/json"),
        ("/site.webmanifest", "application/manifest+json"),
        ("/icons/icon.svg", "image/svg+xml"),
        ("/icons/icon-192.png", "image/png"),
        ("/models/small/params_shard_0.bin", "application/octet-stream"),
        ("/samples/knee-injury.txt", "text/plain; charset=utf-8"),
    ],
)
def test_files_have_their_media_types_and_every_header(
    client: TestClient, path: str, media_type: str
):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value


def test_the_policy_allows_the_own_origin_alone():
    directives = dict(
        directive.strip().split(" ", 1)
        for directive in SECURITY_HEADERS["Content-Security-Policy"].split(";")
    )
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert directives["frame-ancestors"] == "'none'"
    sources = {source for value in directives.values() for source in value.split()}
    assert sources == {"'none'", "'self'", "'wasm-unsafe-eval'", "data:"}


def test_hashed_assets_are_kept_and_all_else_is_asked_for_again(client: TestClient):
    assert "immutable" in client.get("/assets/page-1a.js").headers["cache-control"]
    for path in ("/", "/service-worker.js", "/site.json", "/models/small/manifest.json"):
        first = client.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.headers["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_a_missing_file_is_not_cached(client: TestClient):
    response = client.get("/assets/gone-9z.js")
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/../conftest.py", "/%2e%2e/webui/shell.json", "/..%2fwebui"])
def test_nothing_outside_the_site_is_served(client: TestClient, path: str):
    assert client.get(path).status_code == 404


def test_a_folder_without_a_site(tmp_path: Path):
    with pytest.raises(SiteError, match=r"holds no site.*app export"):
        create_app(tmp_path)


def test_a_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SiteError, match=rf"Port {port} is in use.*--port"):
            listen("127.0.0.1", port)


def test_the_command_serves_and_prints_the_address(site: Path):
    command = [sys.executable, "-m", "app", "serve", "--site", str(site), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            address = line.strip().rsplit(" ", 1)[1]
            assert address.startswith("http://127.0.0.1:")
            with socket.create_connection(("127.0.0.1", int(address.rstrip("/").rsplit(":")[-1]))):
                pass
        finally:
            server.terminate()


def test_a_failed_command_is_one_sentence_and_a_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["serve", "--site", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert str(tmp_path) in told


def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["serve", "--port", "65536"])
    assert "between 0 and 65535" in capsys.readouterr().err
