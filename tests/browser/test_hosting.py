"""The exported folder on other people's servers: offline, in a sub-folder, without headers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.build import ROOT, exported_site
from tests.support.scribe_page import ScribePage
from tests.support.server import StaticServer
from tests.support.serving import PythonHttpServer, app_serve

VISIT = (ROOT / "webui" / "samples" / "knee-injury.txt").read_text()


@pytest.fixture
def plain(tiny: Path) -> Iterator[StaticServer]:
    with StaticServer(tiny) as server:
        yield server


def test_offline_after_one_full_load(page: Page, report: list[str]):
    """With the server gone, an ordinary reload opens the page and writes a note."""
    with PythonHttpServer(exported_site("smollm2-135m")) as server:
        scribe = ScribePage(page).open(f"{server.url}?tokens=48", ready=False)
        scribe.wait_for_isolation()
        server.stop()
        assert not server.answers()
        page.reload()
        scribe.wait_until_ready()
        seconds = page.evaluate("performance.now()") / 1000
        report.append(f"second start, offline, ready to generate after {seconds:.1f} s")
        assert page.evaluate("crossOriginIsolated"), "threads are lost offline"
        scribe.sample.select_option(label="Orthopaedics: knee injury")
        scribe.generate.click()
        assert all(scribe.wait_for_note().values())


def test_a_plain_server_gives_threads(page: Page, plain: StaticServer):
    """The service worker adds the headers that `python -m http.server` does not send."""
    scribe = ScribePage(page).open(plain.url, ready=False)
    scribe.wait_for_isolation()
    threads = page.evaluate("navigator.hardwareConcurrency")
    expect(scribe.status).to_contain_text("CPU, 1 thread" if threads == 1 else "threads")


def test_a_sub_path(page: Page, tiny: Path, tmp_path: Path):
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "scribe").symlink_to(tiny)
    with StaticServer(tmp_path) as server:
        scribe = ScribePage(page).open(f"{server.url}clinic/scribe/?tokens=8", ready=False)
        scribe.wait_for_isolation()
        scribe.transcript.fill(VISIT)
        scribe.generate.click()
        assert all(scribe.wait_for_note().values())
        outside = [p for p in server.paths if not p.startswith("/clinic/scribe/")]
        assert [p for p in outside if p != "/favicon.ico"] == []


def test_without_isolation_one_thread_runs(browser: Browser, plain: StaticServer):
    with browser.new_context(service_workers="block") as context:
        scribe = ScribePage(context.new_page()).open(f"{plain.url}?tokens=8")
        expect(scribe.status).to_contain_text("CPU, 1 thread")
        expect(scribe.page.get_by_text("runs on one thread")).to_be_visible()
        scribe.transcript.fill(VISIT)
        scribe.generate.click()
        assert all(scribe.wait_for_note().values())


def test_plain_http_from_another_machine_is_explained(browser: Browser, plain: StaticServer):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(plain.url.replace("127.0.0.1", "scribe.test"))
        assert not page.evaluate("isSecureContext")
        expect(page.get_by_text("over https or on localhost")).to_be_visible()


def test_a_test_model_is_named_as_one(page: Page, plain: StaticServer):
    scribe = ScribePage(page).open(plain.url)
    expect(scribe.status).to_contain_text("Test model")


def test_headings_and_buttons_stand_before_scripts_run(browser: Browser, tiny: Path):
    with (
        app_serve(tiny) as url,
        browser.new_context(java_script_enabled=False) as context,
    ):
        page = context.new_page()
        page.goto(url)
        scribe = ScribePage(page)
        for part in (scribe.transcript, scribe.generate, scribe.stop, scribe.copy):
            expect(part).to_be_visible()
        for name in ("Subjective", "Objective", "Assessment", "Plan"):
            expect(page.get_by_role("heading", name=name)).to_be_visible()
