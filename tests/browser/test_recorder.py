"""The recorders of network events must see what a page's worker asks of another origin."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.support.browser import launch
from tests.support.network import foreign, read_log
from tests.support.server import StaticServer

PAGE = "<!doctype html><title>x</title><script>new Worker('worker.js')</script>"
WORKER = "fetch('data.txt').then(() => fetch('{other}').catch(() => 0)).then(() => fetch('end'))"
UNREACHABLE = "http://127.0.0.1:9/from-a-worker"


@pytest.fixture
def leaky_site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "worker.js").write_text(WORKER.format(other=UNREACHABLE))
    (tmp_path / "data.txt").write_text("own")
    return tmp_path


def test_a_workers_foreign_request_is_seen(
    playwright: Playwright, leaky_site: Path, tmp_path: Path
):
    log = tmp_path / "network.json"
    seen: list[str] = []
    with StaticServer(leaky_site) as server:
        with launch(playwright, net_log=log) as browser:
            context = browser.new_context()
            context.on("request", lambda request: seen.append(request.url))
            page = context.new_page()
            with page.expect_response("**/end"):
                page.goto(server.url)
        by_page = [request.url for request in read_log(log) if request.by_page]
    assert foreign(by_page, server.url) == [UNREACHABLE]
    assert foreign(seen, server.url) == [UNREACHABLE]
    assert server.url + "data.txt" in by_page


def test_an_empty_log_is_an_error(tmp_path: Path):
    log = tmp_path / "network.json"
    log.write_text('{"constants": {"logEventTypes": {"URL_REQUEST_START_JOB": 2}}, "events": []}')
    with pytest.raises(ValueError, match="no request"):
        read_log(log)
