"""Fixtures that all tests share: built models and sites, servers, a browser, a report."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.support import build
from tests.support.browser import launch
from tests.support.network import foreign

_LINES: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the slow checks too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="slow; runs with --full (make test-full)")
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def report() -> Iterator["list[str]"]:
    """Lines that are shown after the run and kept in build/test-reports, pass or fail."""
    yield _LINES
    build.REPORTS.mkdir(parents=True, exist_ok=True)
    (build.REPORTS / "figures.json").write_text(json.dumps(_LINES, indent=1) + "\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _LINES:
        terminalreporter.section("figures")
        for line in _LINES:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run, software WebGPU included."""
    with launch(playwright) as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no storage, no service worker from another test."""
    with browser.new_context() as fresh:
        yield fresh


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test when anything asked for another origin than the page's own.

    Requests of workers and service workers count too. The first address that the test opens says
    which origin is its own.
    """
    requests: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    opened = context.new_page()
    yield opened
    if requests:
        assert foreign(requests, requests[0]) == []
