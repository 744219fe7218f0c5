"""The clinical checks in Chromium: the same verdicts as in Node, and quick enough for a page."""

import os
import statistics
from pathlib import Path

from playwright.sync_api import Page

from eval.datasets import load_dataset
from model_build.checks import Checks
from model_build.data import Pair, read_pairs
from tests.support.build import built_lab
from tests.support.server import StaticServer

DATA = Path(os.environ.get("SCRIBE_DATA", "") or "nowhere")
LIMIT_MS = 50
ROUNDS = 5


def judged(page: Page, pairs: list[Pair]) -> list[dict]:
    """The checks' answers and best times for the pairs' own notes."""
    cases = [{"dialogue": pair.transcript, "note": pair.note} for pair in pairs]
    with StaticServer(built_lab()) as server:
        page.goto(f"{server.url}checks.html")
        page.wait_for_function("() => window.checkNotes")
        page.evaluate("cases => window.checkNotes(cases, 1)", cases[:1])  # word lists are read once
        found = page.evaluate("([cases, n]) => window.checkNotes(cases, n)", [cases, ROUNDS])
        page.goto("about:blank")
    return found


def test_verdicts_are_those_of_node(page: Page):
    pairs = load_dataset("samples").pairs
    with Checks() as checks:
        from_node = [checks.check(pair.dialogue, pair.note) for pair in pairs]
    assert [answer["checked"] for answer in judged(page, pairs)] == from_node


def test_a_note_is_checked_in_time(page: Page, report: list[str]):
    pairs = load_dataset("endocrinology").pairs[:20]
    if (valid := DATA / "aci-bench" / "valid.csv").exists():
        pairs += read_pairs(valid)
    times = sorted(answer["milliseconds"] for answer in judged(page, pairs))
    median = statistics.median(times)
    told = f"median {median:.0f} ms, slowest {times[-1]:.0f} ms of {len(times)} notes"
    report.append(f"Clinical checks of a note in Chromium: {told} (limit {LIMIT_MS} ms)")
    assert median < LIMIT_MS
