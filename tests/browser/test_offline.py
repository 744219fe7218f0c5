"""The page without a network, its versions, and its stored files under attack."""

import json
import shutil
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, expect

from app.export import WEBUI, export_site
from tests.support.browser import launch_profile
from tests.support.build import built_model
from tests.support.scribe_page import READY_MS, ScribePage
from tests.support.server import ISOLATION, StaticServer

VISIT = "[doctor] What brings you in? [patient] My knee has been swollen for two weeks."
OTHER = "[doctor] And how are you? [patient] My ankle is better."
# Puts other bytes in the place of a stored file of the page.
TAMPER = """async ([part, body]) => {
  for (const name of (await caches.keys()).filter((name) => name.startsWith('scribe-shell-'))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!new RegExp(part).test(request.url)) continue;
      const { headers } = await cache.match(request);
      await cache.put(request, new Response(body, { headers }));
    }
  }
}"""
UPDATE = "() => navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true)"


def wait_until_stored(page: Page) -> None:
    """Waits until page and model can do without a network."""
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.ready).active.state === 'activated'"
        " && navigator.serviceWorker.controller !== null",
        timeout=READY_MS,
    )


def test_flight_mode_after_the_browser_was_started_again(
    playwright: Playwright, tiny: Path, tmp_path: Path
):
    """No server, a new browser process: the page opens, reloads and writes a note."""
    with StaticServer(tiny) as server:
        with launch_profile(playwright, tmp_path / "profile") as context:
            scribe = ScribePage(context.new_page()).open(f"{server.url}?tokens=8", ready=False)
            scribe.wait_for_isolation()
            wait_until_stored(scribe.page)
        url = server.url
        server.stop()
        with launch_profile(playwright, tmp_path / "profile") as context:
            scribe = ScribePage(context.new_page()).open(f"{url}?tokens=8")
            scribe.page.reload()
            scribe.wait_until_ready()
            assert scribe.page.evaluate("crossOriginIsolated"), "threads are lost offline"
            scribe.transcript.fill(VISIT)
            scribe.generate.click()
            scribe.wait_for_note()


def next_version(site: Path, scratch: Path) -> None:
    """Puts another version of the site in the place of the one that is served."""
    webui = scratch / "webui"
    shutil.copytree(WEBUI, webui)
    shell = json.loads((webui / "shell.json").read_text())
    (webui / "shell.json").write_text(json.dumps(shell | {"title": "Next version"}))
    export_site(site, [built_model("tiny")], webui)


def test_an_update_waits_for_the_clinician_and_loses_nothing(
    context: BrowserContext, tmp_path: Path
):
    """It comes in mid-visit; one tab asks for it, another goes on until it is loaded again."""
    site = export_site(tmp_path / "site", [built_model("tiny")], WEBUI).out
    with StaticServer(site, headers=ISOLATION) as server:
        first, second = (
            ScribePage(context.new_page()).open(f"{server.url}?tokens=64") for _ in range(2)
        )
        wait_until_stored(first.page)
        first.transcript.fill(VISIT)
        second.transcript.fill(OTHER)
        first.generate.click()
        next_version(site, tmp_path)
        first.page.evaluate(UPDATE)
        expect(first.page.get_by_text("A new version of this page is ready")).to_be_visible(
            timeout=READY_MS
        )
        first.wait_for_note()  # the update did not end it
        assert first.page.title() != "Next version"
        first.press("Update now")
        first.page.wait_for_function("() => document.title === 'Next version'", timeout=READY_MS)
        first.wait_until_ready()
        assert first.transcript.input_value() == VISIT
        expect(second.page.get_by_text("updated in another tab")).to_be_visible(timeout=READY_MS)
        assert second.page.title() != "Next version"
        assert second.transcript.input_value() == OTHER
        second.generate.click()
        second.wait_for_note()
        second.press("Load again")
        second.page.wait_for_function("() => document.title === 'Next version'", timeout=READY_MS)
        expect(second.transcript).to_have_value(OTHER, timeout=READY_MS)


def test_a_tampered_page_is_never_used(page: Page, server: StaticServer):
    """Online it is repaired and told; offline the page says which file is damaged."""
    scribe = ScribePage(page).open(server.url)
    wait_until_stored(page)
    page.reload()
    scribe.wait_until_ready()
    scribe.transcript.fill(VISIT)
    page.evaluate(TAMPER, [r"/assets/page-.*\.js$", "window.evil = true;"])
    page.reload()
    expect(page.get_by_text("Stored files of this page were damaged")).to_contain_text(
        "assets/page-", timeout=READY_MS
    )
    scribe.wait_until_ready()
    assert not page.evaluate("window.evil")
    assert scribe.transcript.input_value() == VISIT
    page.evaluate(TAMPER, [r"/assets/page-.*\.js$", "window.evil = true;"])
    server.stop()
    page.reload()
    expect(page.get_by_role("heading", name="This page cannot be opened")).to_be_visible()
    expect(page.get_by_role("listitem")).to_contain_text("assets/page-")
    assert not page.evaluate("window.evil")


def test_the_page_can_be_installed(page: Page, server: StaticServer):
    ScribePage(page).open(server.url)
    wait_until_stored(page)
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        if icon["type"] != "image/png":
            continue
        size = page.evaluate(
            """async (source) => {
              const image = new Image();
              image.src = source;
              await image.decode();
              return `${image.naturalWidth}x${image.naturalHeight}`;
            }""",
            icon["src"],
        )
        assert size == icon["sizes"]
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
