"""The page as a clinician sees it: found by accessible names, never by markup."""

import re

from playwright.sync_api import Locator, Page, expect

SECTIONS = ("Subjective", "Objective", "Assessment", "Plan")
READY_MS = 120_000
NOTE_MS = 240_000
MOST_LINES = 200
COUNTS = re.compile(r"^[\d,]+ / [\d,]+$")


class ScribePage:
    """Drives one open page of the site."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.transcript = page.get_by_role("textbox", name="Transcript")
        self.generate = page.get_by_role("button", name="Generate note")
        self.stop = page.get_by_role("button", name="Stop")
        self.copy = page.get_by_role("button", name="Copy note")
        self.status = page.get_by_role("status")
        self.alert = page.get_by_role("alert")
        self.sample = page.get_by_role("combobox", name="Sample visit")

    def open(self, url: str, *, ready: bool = True) -> "ScribePage":
        """Opens an address and, unless told otherwise, waits until a model runs."""
        self.page.goto(url)
        if ready:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        """Waits until the status names an engine."""
        expect(self.status).to_contain_text(re.compile("Ready|Bereit"), timeout=READY_MS)

    def wait_for_isolation(self) -> None:
        """Waits until the page is cross-origin isolated, after a reload by itself if need be."""
        self.page.wait_for_function("() => window.crossOriginIsolated", timeout=READY_MS)
        self.wait_until_ready()

    def section(self, name: str) -> Locator:
        """The region of one section."""
        return self.page.get_by_role("region", name=name, exact=True)

    def written(self) -> dict[str, str]:
        """What the model has written in each section so far, lines set apart by the checks too."""
        own = ".text, .apart .words"
        return {
            name: " ".join(self.section(name).locator(own).all_inner_texts()).strip()
            for name in SECTIONS
        }

    def wait_for_note(self) -> dict[str, str]:
        """Waits for the whole note and returns its sections."""
        expect(self.status).to_contain_text("Note written", timeout=NOTE_MS)
        return self.written()

    def wait_for_alert(self, text: str, timeout: float = READY_MS) -> str:
        """Waits for an alert that holds a text and returns all of it."""
        expect(self.alert).to_contain_text(text, timeout=timeout)
        return self.alert.locator("p").inner_text()

    def copy_note(self) -> None:
        """Copies the note; marked lines that are asked about first are kept as they are."""
        self.copy.click()
        dialog = self.page.get_by_role("dialog")
        go_on = dialog.get_by_role("button", name=re.compile("^(Keep as it is|Copy now)$"))
        copied = self.status.filter(has_text="clipboard")
        for _ in range(MOST_LINES):
            expect(go_on.or_(copied)).to_be_visible(timeout=READY_MS)
            if copied.is_visible():
                return
            go_on.click()
        raise AssertionError("the review of marked lines does not end")

    def press(self, name: str) -> None:
        """Presses a button by its name."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def tokens(self, other_than: int | None = None) -> int:
        """Tokens of the transcript with the prompt's frame, as the room gauge tells them.

        Args:
            other_than: the figure before the text changed, which stands until it is counted anew.
        """
        gauge = self.page.get_by_role("progressbar", name="Share of the model's room")
        expect(gauge).to_have_attribute("title", COUNTS)
        if other_than is not None:
            before = re.compile(rf"^{other_than:,} /")
            expect(gauge).not_to_have_attribute("title", before, timeout=READY_MS)
        return int(gauge.get_attribute("title").split("/")[0].replace(",", ""))
