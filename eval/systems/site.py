"""`site:FOLDER or ADDRESS`: the exported page, used in Chromium as a clinician uses it.

The transcript is typed in and 'Generate note' pressed, both found by accessible names; the note is
read as it was written (`data-written`), with the lines that the page then sets apart.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from model_build.data import Pair

from ..errors import CaseFailed, EvalError
from .base import Prediction, System

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 300
_SETTLE_MILLISECONDS = 2000
_READY = re.compile(r"^\s*Ready\b")  # 'you can already enter a visit' stands there before it
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Site(System):
    """One page in one Chromium; it is loaded anew for every case.

    Args:
        where: a folder that `app export` wrote, served for as long as the run lasts, or the
            address of a site that is served already.
        query: of the page's address; `engine=cpu` uses the engine that Node uses.
        timeout: seconds that one note may take.
    """

    def __init__(self, where: str, query: str = "engine=cpu", timeout: float = 600) -> None:
        self._where, self._query, self._timeout = where, query, timeout
        self._ready = min(timeout, _READY_SECONDS)
        self._folder = None if re.match(r"https?://", where) else Path(where)
        if self._folder and not (self._folder / "index.html").is_file():
            raise EvalError(
                f"{where} is neither an address nor a folder with a site; "
                "`python -m app export --out FOLDER` writes one."
            )
        self.name = "site " + (self._folder.resolve().name if self._folder else where)
        self._open = contextlib.ExitStack()
        self._page: Any = None
        self._url = ""

    def settings(self) -> dict[str, Any]:
        """Query, and hash of the site's list of models where it is a folder."""
        settings: dict[str, Any] = {"query": self._query}
        if self._folder is None:
            return settings | {"address": self._where}
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("models/*/manifest.json")):
            digest.update(path.read_bytes())
        return settings | {"models_sha256": digest.hexdigest()}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def close(self) -> None:
        """Closes browser and server."""
        self._open.close()

    def write(self, pair: Pair) -> Prediction:
        """The note that the page wrote.

        Raises:
            CaseFailed: with the page's own alert.
            EvalError: where the page does not load, or writes on beyond the timeout.
        """
        from playwright.sync_api import Error

        page = self._page
        status = page.get_by_role("status")
        alert = page.get_by_role("alert").filter(has_text=re.compile(r"\S"))
        try:
            page.goto(self._url)
            self._wait(status.filter(has_text=_READY), self._ready)
            page.get_by_role("textbox", name="Transcript").fill(pair.transcript)
            begun = time.monotonic()
            page.get_by_role("button", name="Generate note").click()
            written = status.filter(has_text="Note written")
            self._wait(written.or_(alert).first, self._timeout)
            if not written.is_visible():
                raise CaseFailed(" ".join(alert.first.inner_text().split()))
            seconds = time.monotonic() - begun
            note = page.locator("[data-written]").get_attribute("data-written") or ""
        except Error as error:
            raise EvalError(f"The page at {self._url}: {error.message.splitlines()[0]}") from None
        return Prediction(pair.id, note.replace("\r\n", "\n"), seconds=seconds)

    @staticmethod
    def _wait(locator: Any, seconds: float) -> None:
        locator.wait_for(timeout=seconds * 1000)

    def _start(self) -> None:
        from playwright.sync_api import Error, sync_playwright

        self._url = self._where
        if self._folder:
            self._url = self._open.enter_context(_served(self._folder))
        self._url = f"{self._url.rstrip('/')}/?{self._query}".rstrip("?")
        playwright = self._open.enter_context(sync_playwright())
        try:
            browser = playwright.chromium.launch(
                executable_path=_chromium(), args=["--no-sandbox"], timeout=60_000
            )
        except Error as error:
            told = error.message.splitlines()[0]
            raise EvalError(
                f"No Chromium starts ({told}); `playwright install chromium` brings one, or "
                "CHROMIUM names one."
            ) from None
        self._open.callback(browser.close)
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        self._page = context.new_page()
        # Behind a plain file server the page reloads itself once, when its service worker is in
        # place; that must not happen under a case.
        try:
            self._page.goto(self._url)
            self._wait(self._page.get_by_role("status").filter(has_text=_READY), self._ready)
        except Error as error:
            told = error.message.splitlines()[0]
            raise EvalError(f"The page at {self._url} does not get ready: {told}") from None
        self._page.wait_for_timeout(_SETTLE_MILLISECONDS)


def _chromium() -> str | None:
    """The browser that CHROMIUM names, or one on PATH; None for Playwright's own."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in _BROWSERS if (path := shutil.which(name))), None)


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of the project's own server on a folder."""
    command = [sys.executable, "-m", "app", "serve", "--site", str(folder.resolve()), "--port", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+?:\d+/", line)
        if not found:
            told = process.stderr.read().strip() if process.stderr else ""
            raise EvalError(f"The site's server did not start: {told[-300:] or line.strip()}")
        yield found[0]
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
