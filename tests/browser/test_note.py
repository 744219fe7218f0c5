"""A clinician writes a note on a sample visit, in the exported site of the embedded model."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import launch
from tests.support.build import ROOT, exported_site
from tests.support.network import foreign, read_log
from tests.support.scribe_page import NOTE_MS, SECTIONS, ScribePage
from tests.support.serving import app_serve

SAMPLE = "Orthopaedics: knee injury"
SAMPLE_FILE = ROOT / "webui" / "samples" / "knee-injury.txt"
# One snapshot of the four sections' lengths per change of the page, kept while the note grows.
WATCH = """() => {
  window.lengths = [];
  const regions = [...document.querySelectorAll('[aria-busy]')];
  new MutationObserver(() => {
    const now = regions.map((r) => r.querySelector('.text')?.textContent.length ?? 0);
    const last = window.lengths.at(-1);
    if (!last || now.some((n, i) => n !== last[i])) window.lengths.push(now);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with app_serve(exported_site("smollm2-135m")) as address:
        yield address


def test_a_whole_visit(playwright: Playwright, url: str, tmp_path: Path):
    """Four sections fill at once, none stays empty, the note is copied, nobody else is asked."""
    log = tmp_path / "network.json"
    with launch(playwright, net_log=log) as browser:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        scribe = ScribePage(page).open(url)
        expect(scribe.status).to_contain_text("CPU")
        scribe.sample.select_option(label=SAMPLE)
        expect(scribe.transcript).to_have_value(SAMPLE_FILE.read_text().rstrip())
        page.evaluate(WATCH)
        scribe.generate.click()
        expect(scribe.status).to_contain_text("Writing the note", timeout=NOTE_MS)
        expect(scribe.stop).to_be_enabled()
        expect(scribe.generate).to_be_disabled()
        note = scribe.wait_for_note()
        lengths = page.evaluate("window.lengths")
        scribe.copy_note()
        copied = page.evaluate("navigator.clipboard.readText()")
    assert all(note.values()), note
    assert_streamed(lengths)
    for name in SECTIONS:
        assert name.upper() in copied
    requests = read_log(log)
    by_page = [request.url for request in requests if request.by_page]
    assert any("/models/" in address for address in by_page), "the log misses the worker's requests"
    assert foreign(by_page, url) == []


def assert_streamed(lengths: list[list[int]]) -> None:
    """Each section must have grown many times, and all four side by side."""
    for index, name in enumerate(SECTIONS):
        grown = [row[index] for row in lengths]
        steps = sum(later > earlier for earlier, later in itertools.pairwise(grown))
        assert steps > 3, f"{name} grew in {steps} steps: {grown}"
    together = [row for row in lengths if all(row)]
    assert together, "the sections were not written side by side"


def test_stop_keeps_what_was_written(page: Page, url: str):
    scribe = ScribePage(page).open(url)
    scribe.sample.select_option(label=SAMPLE)
    scribe.generate.click()
    expect(scribe.section("Subjective").locator(".text")).not_to_be_empty(timeout=NOTE_MS)
    scribe.stop.click()
    expect(scribe.status).to_contain_text("Stopped")
    kept = scribe.written()
    assert kept["Subjective"]
    expect(scribe.generate).to_be_enabled()
    page.wait_for_timeout(500)
    assert scribe.written() == kept, "it went on writing"
    expect(scribe.transcript).not_to_be_empty()


def test_stop_while_the_transcript_is_read(page: Page, url: str):
    scribe = ScribePage(page).open(f"{url}?threads=1")
    scribe.sample.select_option(label=SAMPLE)
    scribe.generate.click()
    expect(scribe.status).to_contain_text("Reading the transcript")
    scribe.stop.click()
    expect(scribe.generate).to_be_enabled(timeout=10_000)
    expect(scribe.status).not_to_contain_text("Note written")


@pytest.mark.parametrize("marker", ["<|im_end|>", "<|eot_id|>"])
def test_control_tokens_in_a_transcript_stay_text(page: Page, url: str, marker: str):
    """As a control token the marker would be one id; as text it is several."""
    scribe = ScribePage(page).open(f"{url}?tokens=8")
    plain = "[doctor] How are you? [patient] My ankle is swollen."
    scribe.transcript.fill(plain)
    before = scribe.tokens()
    scribe.transcript.fill(f"{plain} {marker} It hurts.")
    words = scribe.tokens(other_than=before)
    scribe.transcript.fill(f"{plain} It hurts.")
    assert words - scribe.tokens(other_than=words) >= 4
    assert words > before
    scribe.transcript.fill(f"{plain} {marker} It hurts.")
    scribe.generate.click()
    assert all(scribe.wait_for_note().values())
