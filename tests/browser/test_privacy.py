"""Nothing of a visit leaves the page or stays on the machine."""

from pathlib import Path

from playwright.sync_api import Playwright

from tests.support.browser import launch
from tests.support.build import exported_site
from tests.support.network import read_log
from tests.support.scribe_page import ScribePage
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
