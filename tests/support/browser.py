"""A Chromium under Playwright that talks to nobody but the page's own server."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.support.chromium import find

# No sandbox: tests often run as root. The rest keeps the browser's own services off the network.
QUIET = (
    "--no-sandbox",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
    # What still asks finds no name, and `scribe.test` stands for another machine without https.
    "--host-resolver-rules=MAP scribe.test 127.0.0.1, MAP * ~NOTFOUND, "
    "EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
WEBGPU = ("--enable-unsafe-webgpu",)  # lets software WebGPU be used
NO_WEBGPU = ("--disable-gpu",)


def _path() -> str:
    path = os.environ.get("CHROMIUM") or find()
    if not path:
        raise RuntimeError("no Chromium here: run the tests with `make test`, which installs one")
    return path


@contextlib.contextmanager
def launch_profile(playwright: Playwright, folder: Path) -> Iterator[BrowserContext]:
    """Starts the browser on a profile that outlives it, so that it can be closed and opened again.

    Args:
        playwright: the running Playwright.
        folder: where the profile lies.
    """
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=_path(), args=[*QUIET, *WEBGPU], timeout=60_000
    )
    try:
        yield context
    finally:
        context.close()


@contextlib.contextmanager
def launch(
    playwright: Playwright,
    *,
    extra: Sequence[str] = WEBGPU,
    net_log: Path | None = None,
) -> Iterator[Browser]:
    """Starts the browser that CHROMIUM names (or one on PATH), closed at the end.

    Args:
        playwright: the running Playwright.
        extra: further command-line flags.
        net_log: where the browser writes its own log of network events, complete once it is closed.
    """
    path = _path()
    log = (f"--log-net-log={net_log}", "--net-log-capture-mode=Default") if net_log else ()
    browser = playwright.chromium.launch(
        executable_path=path, args=[*QUIET, *extra, *log], timeout=60_000
    )
    try:
        yield browser
    finally:
        browser.close()
