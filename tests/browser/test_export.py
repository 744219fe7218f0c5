"""A note is copied, saved, printed and signed, once its marked lines are decided on."""

import json
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.build import exported_site
from tests.support.scribe_page import ScribePage
from tests.support.serving import app_serve

WAIT_MS = 60_000
TRANSCRIPT = (
    "[doctor] How is the knee?\n"
    "[patient] It hurts when I climb stairs.\n"
    "[doctor] Take ibuprofen 400 mg twice a day and come back in two weeks."
)
SAID = "Ibuprofen 400 mg twice a day."
WRONG = "Ibuprofen 800 mg twice a day."
MARKUP = "<b>Knee</b> & 'stairs' *hurt*."
# Chromium tells of blocked scripts, styles and evaluations on its console alone.
CSP = "Content Security Policy"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with app_serve(exported_site("tiny")) as address:
        yield address


def write(page: Page, url: str, **lines: list[str]) -> ScribePage:
    """A visit whose note the clinician types."""
    scribe = ScribePage(page).open(url)
    scribe.transcript.fill(TRANSCRIPT)
    for section, texts in lines.items():
        for text in texts:
            page.get_by_role("button", name=f"Add a line to {section}").click()
            page.keyboard.insert_text(text)
            page.keyboard.press("Control+Enter")
            line = scribe.section(section).locator("[data-support]", has_text=text)
            expect(line).to_be_visible()
    return scribe


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def save(page: Page, label: str, folder: Path) -> Path:
    """Saves a file by the menu."""
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download(timeout=WAIT_MS) as download:
        dialog(page).get_by_role("button", name=label).click()
    expect(dialog(page)).to_be_hidden()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_every_format_is_saved(page: Page, url: str, tmp_path: Path):
    """Offline too: what each format needs was stored with the page."""
    blocked: list[str] = []
    page.on("console", lambda message: CSP in message.text and blocked.append(message.text))
    scribe = write(page, url, Subjective=[MARKUP], Plan=[SAID])
    scribe.wait_for_isolation()
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.context.set_offline(True)

    text = save(page, "Plain text", tmp_path)
    assert text.name.startswith("visit-note-20") and text.suffix == ".txt"
    assert f"SUBJECTIVE\n\n{MARKUP}" in text.read_text("utf-8")
    assert "Draft, not reviewed" in text.read_text("utf-8")
    expect(scribe.status).to_contain_text(text.name)

    markdown = save(page, "Markdown", tmp_path).read_text("utf-8")
    assert f"## Plan\n\n{SAID}" in markdown
    assert r"\<b\>Knee\</b\>" in markdown

    page.get_by_role("button", name="Export", exact=True).click()
    dialog(page).get_by_role("textbox", name="Title").fill("Knee / A. B.")
    dialog(page).get_by_role("button", name="Close").click()
    word = save(page, "Word document", tmp_path)
    assert word.name.startswith("Knee A. B")
    paragraphs = [paragraph.text for paragraph in docx.Document(str(word)).paragraphs]
    assert paragraphs[0] == "Knee / A. B."
    assert {MARKUP, SAID, "Subjective", "Plan"} <= set(paragraphs)

    fhir = save(page, "FHIR R4 document", tmp_path)
    assert fhir.name.endswith(".fhir.json")
    bundle = json.loads(fhir.read_text("utf-8"))
    assert bundle["entry"][0]["resource"]["status"] == "preliminary"
    assert blocked == []


def test_marked_lines_are_decided_on_before_the_note_is_copied(page: Page, url: str):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    scribe = write(page, url, Plan=[WRONG, SAID, WRONG.replace("800", "900")])
    marked = page.locator("[data-support=unsupported]")
    expect(marked).to_have_count(2, timeout=WAIT_MS)
    page.evaluate("navigator.clipboard.writeText('nothing')")

    scribe.copy.click()
    review = dialog(page)
    expect(review).to_contain_text("2 lines left")
    expect(review.get_by_role("group")).to_be_focused()
    expect(review).to_contain_text(WRONG)
    expect(review).to_contain_text("800 mg")
    expect(review).to_contain_text("Take ibuprofen 400 mg twice a day")
    for _ in range(8):  # the focus stays within
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') || !document.hasFocus()")
    page.keyboard.press("Escape")
    expect(review).to_be_hidden()
    expect(scribe.copy).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == "nothing"

    scribe.copy.click()
    review.get_by_role("button", name="Keep as it is").click()
    expect(review).to_contain_text("1 line left", timeout=WAIT_MS)
    review.get_by_role("button", name="Correct").click()
    correction = review.get_by_role("textbox")
    correction.fill("Ibuprofen 700 mg twice a day.")
    correction.press("Control+Enter")
    expect(review).to_contain_text("700 mg", timeout=WAIT_MS)  # wrong again, so it is asked again
    expect(review).to_contain_text("1 line left")
    assert page.evaluate("navigator.clipboard.readText()") == "nothing"
    review.get_by_role("button", name="Remove").click()
    expect(review).to_be_hidden(timeout=WAIT_MS)
    expect(scribe.status).to_contain_text("clipboard")
    expect(scribe.copy).to_be_focused()
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert copied.startswith(f"PLAN\n\n{WRONG}\n{SAID}\n\nDraft, not reviewed")
    html = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          return (await item.getType('text/html')).text();
        }"""
    )
    assert "<h2" in html and SAID in html

    page.get_by_role("button", name="Copy Plan").click()  # nothing of it is left to decide
    page.wait_for_function(  # the clipboard is written a moment after the press
        "async () => !(await navigator.clipboard.readText()).startsWith('PLAN')", timeout=WAIT_MS
    )
    expect(review).to_be_hidden()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(WRONG)


def test_copying_works_on_plain_http(page: Page, url: str):
    scribe = write(page, url.replace("127.0.0.1", "scribe.test"), Plan=[SAID])
    assert not page.evaluate("isSecureContext")
    page.get_by_role("button", name="Copy Plan").click()
    expect(scribe.status).to_contain_text("clipboard")
    page.get_by_role("button", name="Export", exact=True).click()
    title = dialog(page).get_by_role("textbox", name="Title")
    title.focus()
    page.keyboard.press("Control+V")
    expect(title).to_have_value(
        f"{SAID}  Draft, not reviewed: a clinician must review and correct it before use."
    )


def test_signing_locks_the_note(page: Page, url: str, tmp_path: Path):
    scribe = write(page, url, Plan=[SAID, WRONG])
    expect(page.locator("[data-support=unsupported]")).to_have_count(1, timeout=WAIT_MS)
    sign = page.get_by_role("button", name="Sign", exact=True)
    sign.click()
    dialog(page).get_by_role("button", name="Remove").click()
    expect(dialog(page)).to_contain_text("Sign the note", timeout=WAIT_MS)
    dialog(page).get_by_role("button", name="Sign and lock").click()
    name = dialog(page).get_by_role("textbox", name="Your name")
    expect(name).to_be_focused()
    expect(dialog(page).get_by_role("alert")).to_contain_text("Type your name")
    name.fill("Dr. A. Example")
    name.press("Enter")
    expect(dialog(page)).to_be_hidden()
    expect(page.get_by_text("Signed by Dr. A. Example")).to_be_visible()
    expect(page.get_by_role("button", name="Add a line to Plan")).to_have_count(0)
    expect(scribe.section("Plan").get_by_role("button", name="Edit")).to_have_count(0)
    expect(sign).to_have_count(0)

    text = save(page, "Plain text", tmp_path).read_text("utf-8")
    assert "Reviewed and signed by Dr. A. Example on " in text
    assert "Draft" not in text
    bundle = json.loads(save(page, "FHIR R4 document", tmp_path).read_text("utf-8"))
    composition = bundle["entry"][0]["resource"]
    assert composition["status"] == "final"
    assert composition["attester"][0]["party"]["display"] == "Dr. A. Example"

    page.get_by_role("button", name="Take the signature off").click()
    expect(page.get_by_role("button", name="Add a line to Plan")).to_be_visible()
    sign.click()
    expect(dialog(page).get_by_role("textbox", name="Your name")).to_have_value("Dr. A. Example")


def test_paper_holds_the_note_alone(page: Page, url: str):
    write(page, url, Subjective=[MARKUP], Plan=[SAID])
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = page.locator("body").inner_text()
    assert MARKUP in shown and SAID in shown
    assert shown.startswith("Draft, not reviewed")
    assert "Reviewed and signed by" in shown
    assert "climb stairs" not in shown and "Generate" not in shown
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    expect(page.get_by_role("button", name="Generate note")).to_be_visible()
