"""Visits are kept only on request, encrypted, and whatever happens to them is told."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.build import exported_site
from tests.support.scribe_page import ScribePage
from tests.support.server import ISOLATION, StaticServer

PASSPHRASE = "correct horse battery staple"
VISIT = "[patient] They found a zanzibarite nephrolith last year."
WAIT_MS = 60_000

CLOCKS = """(() => {
  const NativeDate = Date;
  const now = performance.now.bind(performance);
  globalThis.wallOffset = globalThis.monotonicOffset = 0;
  globalThis.Date = class extends NativeDate {
    constructor(...given) { super(...(given.length ? given : [Date.now()])); }
    static now() { return NativeDate.now() + wallOffset; }
  };
  performance.now = () => now() + monotonicOffset;
})()"""
"""Stands in for the page's clocks: `wallOffset` is what somebody has set them by."""

RECORDS = """async (change) => {
  const open = indexedDB.open('browser-scribe-visits');
  const database = await new Promise((done) => (open.onsuccess = () => done(open.result)));
  const records = database.transaction('records', 'readwrite').objectStore('records');
  const all = await new Promise((done) => {
    const request = records.getAll();
    request.onsuccess = () => done(request.result);
  });
  const chosen = change && all.filter(({ kind }) => kind === change.kind)[change.index];
  if (change?.remove) records.delete([chosen.kind, chosen.id]);
  else if (chosen) {
    chosen.data[30] ^= 1;
    records.put(chosen);
  }
  await new Promise((done) => (records.transaction.oncomplete = done));
  database.close();
  const text = JSON.stringify(all.map(({ data, iv, ...rest }) => rest)) +
    all.map(({ data }) => new TextDecoder('latin1').decode(data)).join('');
  return { count: all.length, text, tab: JSON.stringify({ ...sessionStorage }) };
}"""
"""Reads the stored records and changes or removes one of them, behind the page's back."""

FULL_DISK = """(full) => {
  globalThis.nativePut ??= IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = full
    ? function () { throw new DOMException('no space', 'QuotaExceededError'); }
    : nativePut;
}"""


@pytest.fixture(scope="module")
def site() -> Path:
    return exported_site("tiny")


@pytest.fixture
def server(site: Path) -> Iterator[StaticServer]:
    with StaticServer(site, headers=ISOLATION) as started:
        yield started


class Visits:
    """Drives the dialog of kept visits in one tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.scribe = ScribePage(page).open(url, ready=False)
        self.dialog = page.get_by_role("dialog", name="Visits")
        self.button = page.get_by_role("banner").get_by_role("button", name="Visits", exact=True)
        self.chip = page.locator(".visits-chip")
        self.rows = self.dialog.get_by_role("listitem")

    def show(self) -> Locator:
        """Opens the dialog."""
        if not self.dialog.is_visible():
            self.button.click()
            expect(self.dialog).to_be_visible()
        return self.dialog

    def close(self) -> None:
        """Closes the dialog."""
        self.press("Close")

    def press(self, name: str) -> None:
        """Presses a button of the dialog."""
        self.show().get_by_role("button", name=name, exact=True).click()

    def confirm(self, name: str, answer: str = "Delete") -> None:
        """Presses a button that asks in its place, and agrees."""
        self.press(name)
        self.dialog.get_by_role("group").get_by_role("button", name=answer).click()

    def begin(self) -> None:
        """Begins a new visit."""
        self.press("New visit")
        expect(self.dialog).to_be_hidden()
        expect(self.scribe.transcript).to_have_value("")

    def turn_on(self) -> None:
        """Turns keeping on."""
        self.show().get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
        self.dialog.get_by_label("The same passphrase again").fill(PASSPHRASE)
        self.press("Keep visits on this device")
        expect(self.dialog.get_by_role("button", name="Lock now")).to_be_visible(timeout=WAIT_MS)
        self.close()

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Types a passphrase and waits for the answer."""
        self.show().get_by_label("Passphrase", exact=True).fill(passphrase)
        self.press("Unlock")
        answer = self.dialog.get_by_role("button", name="Lock now").or_(
            self.dialog.get_by_text("not the right one")
        )
        expect(answer).to_be_visible(timeout=WAIT_MS)

    def lock(self) -> None:
        """Locks at once."""
        self.press("Lock now")
        expect(self.dialog.get_by_text("are locked")).to_be_visible(timeout=WAIT_MS)

    def saved(self) -> None:
        """Waits until the visit in the page is stored."""
        expect(self.chip).to_contain_text("Saved", timeout=WAIT_MS)

    def type(self, text: str) -> None:
        """Types a visit and waits until it is stored."""
        self.scribe.transcript.fill(text)
        expect(self.chip).to_contain_text("Saving", timeout=WAIT_MS)
        self.saved()


@pytest.fixture
def url(server: StaticServer) -> str:
    """The page without a model: most of what visits do needs none."""
    return f"{server.url}?model=none"


@pytest.fixture
def visits(page: Page, url: str) -> Visits:
    return Visits(page, url)


def test_nothing_is_kept_unless_it_is_turned_on(visits: Visits):
    visits.scribe.transcript.fill(VISIT)
    expect(visits.show()).to_contain_text("Visits are not kept")
    turn_on = visits.dialog.get_by_role("button", name="Keep visits on this device")
    visits.dialog.get_by_label("Passphrase", exact=True).fill("too short")
    expect(visits.dialog).to_contain_text("at least 12 characters")
    expect(turn_on).to_be_disabled()
    visits.dialog.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    visits.dialog.get_by_label("The same passphrase again").fill("another one, by mistake")
    expect(visits.dialog).to_contain_text("not the same")
    expect(turn_on).to_be_disabled()
    assert visits.page.evaluate("async () => (await indexedDB.databases()).length") == 0


def test_a_visit_is_kept_encrypted_and_comes_back_with_its_passphrase(visits: Visits):
    visits.turn_on()
    visits.show().get_by_label("Title of the visit in the page").fill("AB, kidney stone")
    visits.close()
    visits.type(VISIT)
    stored = visits.page.evaluate(RECORDS)
    assert stored["count"] > 2
    for word in ("nephrolith", "kidney", "patient", "2026", "saved"):
        assert word not in stored["text"] + stored["tab"]

    visits.page.reload()
    expect(visits.page.get_by_text("This tab's visit is encrypted")).to_be_visible()
    assert visits.scribe.transcript.input_value() == ""
    visits.unlock("not the passphrase")
    expect(visits.dialog).to_contain_text("not the right one")
    visits.unlock()
    assert visits.scribe.transcript.input_value() == VISIT
    search = visits.dialog.get_by_role("searchbox")
    search.fill("NEPHROLITH kidney")
    expect(visits.rows).to_have_count(1)
    search.fill("hip")
    expect(visits.rows).to_have_count(0)
    search.fill("")

    visits.lock()
    assert visits.scribe.transcript.input_value() == ""
    assert visits.page.evaluate("sessionStorage.getItem('draft-sealed')") is None
    visits.unlock()
    visits.begin()
    visits.press("Open AB, kidney stone")
    expect(visits.scribe.transcript).to_have_value(f"{VISIT}")
    visits.show()
    visits.confirm("Delete AB, kidney stone")
    expect(visits.rows).to_have_count(0)
    assert visits.scribe.transcript.input_value() == ""


def test_a_tampered_visit_and_log_are_named_and_the_rest_stays(visits: Visits):
    visits.turn_on()
    for text in ("[patient] First.", "[patient] Second."):
        visits.type(text)
        visits.begin()
    visits.show()
    visits.lock()
    visits.page.evaluate(RECORDS, {"kind": "visit", "index": 0})
    visits.page.evaluate(RECORDS, {"kind": "audit", "index": 1, "remove": True})
    visits.unlock()
    damaged = visits.dialog.get_by_role("region", name="Damaged, and not used")
    expect(damaged).to_contain_text("was changed outside this page")
    expect(visits.dialog.get_by_role("button", name="Open")).to_have_count(1)
    visits.dialog.get_by_role("button", name="Audit log (damaged)").click()
    expect(visits.dialog).to_contain_text("entry 2 is missing")


def test_two_tabs_lock_delete_and_keep_both_states(
    context: BrowserContext, visits: Visits, url: str
):
    visits.turn_on()
    visits.type("[patient] In both tabs.")
    other = Visits(context.new_page(), url)
    other.unlock()
    other.press("Open In both tabs.")
    # Both change it before either is stored.
    visits.page.evaluate(FULL_DISK, True)
    visits.scribe.transcript.fill("[patient] Changed in the first tab.")
    expect(visits.chip).to_contain_text("Not saved", timeout=WAIT_MS)
    expect(visits.page.get_by_text("The disk is full")).to_be_visible()
    other.type("[patient] Changed in the second tab.")
    visits.page.evaluate(FULL_DISK, False)
    visits.scribe.transcript.fill("[patient] Changed in the first tab, too.")
    expect(visits.page.get_by_text("Both are kept")).to_be_visible(timeout=WAIT_MS)
    expect(visits.scribe.transcript).to_have_value("[patient] Changed in the first tab, too.")
    expect(other.show().get_by_role("listitem")).to_have_count(2)
    # A deletion reaches the other tab.
    visits.confirm("Delete Copy")
    expect(other.rows).to_have_count(1)
    # So does a lock, and what was typed there a moment ago is stored first.
    other.close()
    other.scribe.transcript.fill("[patient] Typed just now.")
    visits.lock()
    expect(other.chip).to_contain_text("locked", timeout=WAIT_MS)
    assert other.scribe.transcript.input_value() == ""
    other.unlock()
    expect(other.scribe.transcript).to_have_value("[patient] Typed just now.")


def test_a_clock_that_was_set_neither_extends_nor_loses_anything(page: Page, url: str):
    page.add_init_script(CLOCKS)
    visits = Visits(page, url)
    visits.turn_on()
    visits.type(VISIT)
    visits.press("Settings")
    visits.dialog.get_by_label("Delete a visit").select_option("1 day")
    expect(visits.dialog).to_contain_text("The settings are saved.")
    visits.dialog.get_by_label("Lock after").select_option("1 minute")

    for hours in (-1000, -990, 11):
        visits.lock()
        page.evaluate("(hours) => void (wallOffset = hours * 3600_000)", hours)
        visits.unlock()
        expect(visits.rows).to_have_count(1)
    visits.close()
    # Locking for idleness, with the wall clock set back meanwhile.
    page.evaluate("() => { wallOffset = -5000 * 3600_000; monotonicOffset = 61_000; }")
    expect(visits.chip).to_contain_text("locked", timeout=WAIT_MS)
    expect(page.get_by_text("nothing was done for a while")).to_be_visible()
    assert visits.scribe.transcript.input_value() == ""
    page.evaluate("() => void (wallOffset = 25 * 3600_000)")
    visits.unlock()
    expect(visits.dialog).to_contain_text("One visit had reached its age and was deleted.")
    expect(visits.rows).to_have_count(0)


def test_a_backup_opens_in_another_browser_and_the_log_leaves_as_a_table(
    visits: Visits, browser: Browser, url: str, tmp_path: Path
):
    visits.turn_on()
    visits.type(VISIT)
    visits.press("Settings")
    with visits.page.expect_download() as saved:
        visits.press("Save an encrypted backup")
    backup = tmp_path / "backup.json"
    saved.value.save_as(backup)
    assert "nephrolith" not in backup.read_text()
    visits.press("Save all visits unencrypted")
    with visits.page.expect_download() as saved:
        visits.dialog.get_by_role("group").get_by_role("button", name="Save").click()
    assert json.loads(saved.value.path().read_text())[0]["transcript"].strip() == VISIT
    visits.press("Audit log")
    expect(visits.dialog).to_contain_text("The log is whole.")
    with visits.page.expect_download() as saved:
        visits.press("Save as a table (CSV)")
    events = [row["event"] for row in csv.DictReader(io.StringIO(saved.value.path().read_text()))]
    assert events == ["created", "saved", "backup", "backup"]

    with browser.new_context() as fresh:
        other = Visits(fresh.new_page(), url)
        other.turn_on()
        other.press("Settings")
        other.dialog.get_by_text("Import a backup").click()
        other.dialog.get_by_label("Backup file").set_input_files(backup)
        other.dialog.get_by_label("The backup's passphrase").fill(PASSPHRASE)
        other.press("Import")
        expect(other.dialog).to_contain_text("1 visit imported.", timeout=WAIT_MS)


def test_without_storage_the_page_says_so_and_works(page: Page, url: str):
    page.add_init_script(
        "indexedDB.constructor.prototype.open = () => {"
        " throw new DOMException('denied', 'SecurityError'); };"
        "indexedDB.constructor.prototype.databases = undefined;"
    )
    visits = Visits(page, url)
    expect(visits.show()).to_contain_text("gives the page no storage")
    visits.close()
    visits.scribe.transcript.fill(VISIT)
    visits.page.reload()
    assert visits.scribe.transcript.input_value() == VISIT


@pytest.mark.parametrize("kept", [False, True])
def test_a_reload_while_the_note_is_written_loses_nothing(
    page: Page, server: StaticServer, kept: bool
):
    visits = Visits(page, f"{server.url}?tokens=768")
    visits.scribe.wait_until_ready()
    if kept:
        visits.turn_on()
    visits.scribe.transcript.fill(VISIT)
    visits.scribe.generate.click()
    expect(visits.scribe.status).to_contain_text("Writing", timeout=WAIT_MS)
    page.reload()
    if kept:
        visits.unlock()
    expect(visits.scribe.transcript).to_have_value(VISIT)
