"""What the GPU engine asks of WebGPU for each step, counted in the browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.build import exported_site
from tests.support.scribe_page import ScribePage
from tests.support.server import ISOLATION, Altered, StaticServer

WORKER = r"/assets/worker-[^/]*\.js$"
VISIT = "[doctor] What brings you in? [patient] My knee has been swollen for two weeks."
# Counts calls in the worker, and tells them to the page when asked.
COUNTER = """{
  const counts = { submit: 0, createBuffer: 0, createBindGroup: 0, readBytes: 0 };
  const count = (type, name) => {
    const call = type.prototype[name];
    type.prototype[name] = function (...args) { counts[name]++; return call.apply(this, args); };
  };
  count(GPUQueue, 'submit'); count(GPUDevice, 'createBuffer'); count(GPUDevice, 'createBindGroup');
  const mapped = GPUBuffer.prototype.getMappedRange;
  GPUBuffer.prototype.getMappedRange = function (...args) {
    const range = mapped.apply(this, args);
    if (this.usage & GPUBufferUsage.MAP_READ) counts.readBytes += range.byteLength;
    return range;
  };
  const channel = new BroadcastChannel('counts');
  channel.onmessage = () => channel.postMessage(counts);
}
"""
ASK = """() => new Promise((resolve) => {
  const channel = new BroadcastChannel('counts');
  channel.onmessage = ({ data }) => resolve(data);
  channel.postMessage(0);
})"""


@pytest.fixture
def server() -> Iterator[StaticServer]:
    counted = Altered(lambda body: COUNTER.encode() + body)
    with StaticServer(exported_site("tiny"), ISOLATION, faults={WORKER: counted}) as started:
        yield started


def counts_of_a_note(page: Page, url: str, tokens: int) -> dict[str, int]:
    """Calls for a note whose transcript stands in the cache already."""
    scribe = ScribePage(page).open(f"{url}?engine=gpu&tokens={tokens}")
    scribe.transcript.fill(VISIT)
    scribe.generate.click()
    scribe.wait_for_note()
    before = page.evaluate(ASK)
    scribe.generate.click()
    expect(scribe.status).not_to_contain_text("Note written")
    scribe.wait_for_note()
    return {name: n - before[name] for name, n in page.evaluate(ASK).items()}


def test_a_step_is_one_submission_and_brings_back_only_ids(page: Page, server: StaticServer):
    short, long = (counts_of_a_note(page, server.url, tokens) for tokens in (8, 24))
    more = {name: long[name] - short[name] for name in short}
    assert more["submit"] == 24 - 8
    assert more["createBuffer"] == 0
    assert more["createBindGroup"] == 0
    # An id and its log-probability for each of at most 16 sequences.
    assert 0 < more["readBytes"] <= (24 - 8) * 16 * 8
