"""Single measurements: each in a browser, or a Node, of its own."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from model_build.kernels.wasm.peak import peak_module
from tests.support.browser import launch
from tests.support.build import ROOT
from tests.support.lab import ChromiumLab, NodeLab, chromium_lab
from tests.support.scribe_page import ScribePage
from tests.support.serving import app_serve

SCRATCH = ROOT / "build" / "bench"
HOSTS = ("Chromium", "Node")

# From the press of the button to the status that says the note is written.
TIME_NOTE = """() => new Promise((resolve) => {
  const status = document.querySelector('[role=status]');
  const begun = performance.now();
  new MutationObserver((_, observer) => {
    if (!status.textContent.includes('Note written')) return;
    observer.disconnect();
    resolve((performance.now() - begun) / 1000);
  }).observe(status, { subtree: true, childList: true, characterData: true });
  document.getElementById('generate').click();
})"""


def resident_peak(browser: Browser) -> int | None:
    """Most memory that any one process of the browser ever held, in bytes; Linux only."""
    if sys.platform != "linux":
        return None
    session = browser.new_browser_cdp_session()
    peaks = []
    for process in session.send("SystemInfo.getProcessInfo")["processInfo"]:
        try:
            status = Path(f"/proc/{process['id']}/status").read_text()
        except OSError:
            continue
        kilobytes = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        peaks.append(int(kilobytes.split()[1]) * 1024)
    return max(peaks, default=None)


@dataclass
class Bench:
    """What stays the same over a whole benchmark."""

    playwright: Playwright
    model: Path
    site: Path

    @contextmanager
    def _lab(self) -> Iterator[tuple[ChromiumLab, Browser]]:
        with launch(self.playwright) as browser, chromium_lab(browser) as lab:
            yield lab, browser

    def engine(self, host: str, task: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Loads the engine, runs one speed task, and says what it took.

        Args:
            host: one of HOSTS.
            task: a speed task of webui/bench/tasks.ts.
            options: `engine`, `threads`.
        """
        if host == "Node":
            run = NodeLab().run(self.model, [task], SCRATCH, **options)
            peak = run.peak_bytes
        else:
            with self._lab() as (lab, browser):
                run = lab.run(self.model, [task], **options)
                peak = resident_peak(browser)
        return {
            "kind": run.info["kind"],
            "kernels": run.info["kernels"],
            "threads": run.info["threads"],
            "loadSeconds": run.load_seconds,
            "reservedBytes": run.info["memoryBytes"],
            "peakBytes": peak,
            "rows": run.results[0],
        }

    def gpu_kind(self) -> str | None:
        """'GPU', 'GPU (software)', or None where the browser has no WebGPU."""
        with self._lab() as (lab, _):
            try:
                return lab.run(self.model, [], engine="gpu").info["kind"]
            except Exception as error:
                print(f"No GPU rows: {str(error).splitlines()[0]}", file=sys.stderr)
                return None

    def wllama(self, gguf: Path, prompts: dict[str, str], threads: int, tokens: int) -> dict:
        """The same prompts under wllama; see webui/bench/wllama.ts."""
        with self._lab() as (lab, browser):
            job = {
                "gguf": lab.address(gguf),
                "prompts": prompts,
                "threads": threads,
                "tokens": tokens,
            }
            found = lab.page.evaluate("(job) => lab.wllama(job)", job)
            return {**found, "peakBytes": resident_peak(browser)}

    def kernels(self, host: str) -> dict[str, Any]:
        """The linear kernels beside the machine's peak, on one thread."""
        SCRATCH.mkdir(parents=True, exist_ok=True)
        peak = SCRATCH / "peak.wasm"
        peak.write_bytes(peak_module())
        request = {"kind": "kernels"}
        if host == "Node":
            return NodeLab().ask({**request, "model": str(self.model), "peak": str(peak)})
        with self._lab() as (lab, _):
            model, kernels = lab.address(self.model), lab.address(peak)
            return lab.ask({**request, "model": model, "peak": kernels})

    def note_on_the_page(self, transcript: str, threads: int, tokens: int) -> float:
        """Seconds from the press of 'Generate note' to the finished note."""
        with (
            app_serve(self.site) as url,
            launch(self.playwright) as browser,
            browser.new_context() as context,
        ):
            page: Page = context.new_page()
            page.set_default_timeout(600_000)
            address = f"{url}?engine=cpu&threads={threads}&tokens={tokens}"
            scribe = ScribePage(page).open(address)
            scribe.transcript.fill(transcript)
            page.wait_for_timeout(1500)  # the count of its tokens, which typing starts
            return page.evaluate(TIME_NOTE)

    def note_in_node(self, transcript: str, threads: int, tokens: int) -> dict[str, float]:
        """The scribe's own figures for the same note."""
        return NodeLab().ask(
            {
                "kind": "note",
                "model": str(self.model),
                "engine": "cpu",
                "threads": threads,
                "transcript": transcript,
                "tokens": tokens,
            }
        )


def plan_steps(model: Path, plan: str) -> dict[str, int]:
    """Kernel launches of each function of a plan."""
    functions = json.loads((model / plan).read_text())["functions"]
    return {name: len(function["steps"]) for name, function in functions.items()}


def repeat(rounds: int, measure: Callable[[], Any]) -> list[Any]:
    """A measurement several times over."""
    return [measure() for _ in range(rounds)]
