"""Runs the engine alone, in Chromium or in Node, on tasks that webui/bench/tasks.ts knows."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from model_build.node import find_node
from tests.support.build import ROOT, built_lab
from tests.support.server import ISOLATION, StaticServer

JOB_SECONDS = 900


@dataclass
class Run:
    """What an engine did with a job."""

    info: dict[str, Any]
    load_seconds: float
    results: list[Any]
    logits: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    """[rows, vocabulary] by the number of the task."""
    peak_bytes: int | None = None
    """Most memory that the process held; Node alone tells."""

    @classmethod
    def read(cls, answer: dict[str, Any], raw: dict[int, bytes]) -> "Run":
        """Puts the logits' bytes into shape."""
        vocab = answer["info"]["vocab"]
        logits = {i: np.frombuffer(b, "<f4").reshape(-1, vocab) for i, b in raw.items()}
        info, load = answer["info"], answer["loadSeconds"]
        return cls(info, load, answer["results"], logits, answer.get("peakBytes"))


def saved(tasks: Sequence[dict[str, Any]]) -> list[int]:
    """Numbers of the tasks whose logits are handed over."""
    return [i for i, t in enumerate(tasks) if t["task"] == "logits" and not t.get("digest")]


class NodeLab:
    """The engine in Node."""

    def run(
        self, model: Path, tasks: Sequence[dict[str, Any]], scratch: Path, **options: Any
    ) -> Run:
        """Runs tasks on one engine.

        Args:
            model: the model folder.
            tasks: as webui/bench/tasks.ts names them.
            scratch: a folder for the logits' files.
            options: `engine`, `threads`, `kernels`.
        """
        request = {
            "kind": "tasks",
            "model": str(model),
            "engine": "cpu",
            **options,
            "tasks": list(tasks),
            "output": str(scratch / "logits"),
        }
        answer = self.ask(request)
        return Run.read(answer, {i: (scratch / f"logits{i}").read_bytes() for i in saved(tasks)})

    def ask(self, request: dict[str, Any]) -> Any:
        """Sends one request of webui/bench/requests.ts.

        Raises:
            RuntimeError: with what Node wrote, when it failed.
        """
        done = subprocess.run(
            [find_node(), str(ROOT / "webui" / "bench" / "lab-node.ts")],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=JOB_SECONDS,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the engine in Node failed:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout)


@dataclass
class ChromiumLab:
    """The engine in a page of Chromium."""

    page: Page
    server: StaticServer

    def run(self, model: Path, tasks: Sequence[dict[str, Any]], **options: Any) -> Run:
        """Runs tasks on one engine; see NodeLab.run."""
        uploads = self.server.uploads
        uploads.clear()
        request = {
            "kind": "tasks",
            "model": self.address(model),
            "engine": "cpu",
            **options,
            "tasks": list(tasks),
            "output": "/logits",
        }
        answer = self.ask(request)
        return Run.read(answer, {i: uploads.pop(f"logits{i}") for i in saved(tasks)})

    def ask(self, request: dict[str, Any]) -> Any:
        """Sends one request of webui/bench/requests.ts to a worker of the page."""
        return self.page.evaluate("(request) => lab.run(request)", request)

    def address(self, path: Path) -> str:
        """Address of something below build/ on the page's server; folders end with a slash."""
        tail = "/" if path.is_dir() else ""
        return f"/{path.relative_to(self.server.root).as_posix()}{tail}"


@contextmanager
def chromium_lab(browser: Browser) -> Iterator[ChromiumLab]:
    """A page with the lab, cross-origin isolated, beside all of build/."""
    page_folder = built_lab()
    with (
        StaticServer(ROOT / "build", headers=ISOLATION) as server,
        browser.new_context() as context,
    ):
        page = context.new_page()
        page.set_default_timeout(JOB_SECONDS * 1000)
        page.goto(f"{server.url}{page_folder.name}/lab.html")
        page.wait_for_function("() => window.lab !== undefined")
        yield ChromiumLab(page, server)
