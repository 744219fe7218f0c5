"""What goes wrong is told in one sentence with a way out, and the transcript stays."""

import re

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.support.browser import NO_WEBGPU, launch
from tests.support.scribe_page import ScribePage
from tests.support.server import Altered, Interrupted, Missing, StaticServer

VISIT = "[doctor] What brings you in? [patient] My knee has been swollen for two weeks."
SHARD = r"/models/tiny/params_shard_1\.bin$"
WORKER = r"/assets/worker-[^/]*\.js$"
HELPER = r"/assets/thread-worker-[^/]*\.js$"


def before(script: str) -> Altered:
    """Runs a line of JavaScript ahead of a script, to stand in for another machine or browser."""
    return Altered(lambda body: f"{script}\n".encode() + body)


def open_with_visit(page: Page, url: str) -> ScribePage:
    """Opens the page and types a visit at once, as an impatient clinician would."""
    scribe = ScribePage(page).open(url, ready=False)
    scribe.transcript.fill(VISIT)
    return scribe


def assert_kept(scribe: ScribePage) -> None:
    """The typed transcript must stand."""
    assert scribe.transcript.input_value() == VISIT


def assert_writes(scribe: ScribePage) -> None:
    """The page must be able to write a note now."""
    scribe.wait_until_ready()
    scribe.generate.click()
    assert all(scribe.wait_for_note().values())


def test_a_missing_shard(page: Page, server: StaticServer):
    server.faults[SHARD] = Missing()
    scribe = open_with_visit(page, f"{server.url}?tokens=8")
    assert "missing" in scribe.wait_for_alert("params_shard_1.bin")
    assert_kept(scribe)
    server.faults.clear()
    scribe.press("Try again")
    assert_writes(scribe)


def test_an_altered_shard_is_neither_used_nor_stored(page: Page, server: StaticServer):
    server.faults[SHARD] = Altered(lambda body: bytes([body[0] ^ 1]) + body[1:])
    scribe = open_with_visit(page, f"{server.url}?tokens=8")
    assert "damaged" in scribe.wait_for_alert("params_shard_1.bin")
    assert_kept(scribe)
    stored = page.evaluate(
        """async () => {
          const urls = [];
          for (const name of await caches.keys())
            urls.push(...(await (await caches.open(name)).keys()).map(({ url }) => url));
          return urls;
        }"""
    )
    assert any("params_shard_0.bin" in url for url in stored)
    assert not any("params_shard_1.bin" in url for url in stored)
    server.faults.clear()
    scribe.press("Try again")
    assert_writes(scribe)


def test_an_interrupted_download_goes_on_where_it_stopped(page: Page, server: StaticServer):
    server.faults[SHARD] = Interrupted()
    scribe = open_with_visit(page, f"{server.url}?tokens=8")
    assert "connection" in scribe.wait_for_alert("interrupted")
    assert_kept(scribe)
    server.faults.clear()
    server.paths.clear()
    scribe.press("Try again")
    assert_writes(scribe)
    fetched = [path for path in server.paths if "params_shard" in path]
    assert any("params_shard_1.bin" in path for path in fetched)
    assert not any("params_shard_0.bin" in path for path in fetched), "it began anew"


@pytest.mark.parametrize("phase", ["ready", "writing"])
def test_a_killed_worker(page: Page, server: StaticServer, phase: str):
    scribe = ScribePage(page).open(f"{server.url}?tokens=768")
    scribe.transcript.fill(VISIT)
    if phase == "writing":
        scribe.generate.click()
        expect(scribe.status).to_contain_text("Writing", timeout=30_000)
    worker = next(w for w in page.workers if re.search(WORKER, w.url))
    worker.evaluate("() => void setTimeout(() => self.close())")
    assert "still here" in scribe.wait_for_alert("ended unexpectedly")
    assert_kept(scribe)
    scribe.press("Restart")
    scribe.wait_until_ready()
    scribe.generate.click()
    expect(scribe.section("Plan").locator(".text")).not_to_be_empty(timeout=60_000)


@pytest.mark.parametrize(
    "end",
    [
        "throw new Error('killed')",
        # Silence is told from slowness by patience, so this takes its time.
        pytest.param("for (;;) wait(...a, Infinity)", marks=pytest.mark.full),
    ],
)
def test_a_computing_thread_that_dies(page: Page, server: StaticServer, end: str):
    """The helper ends as it wakes up for the first work."""
    server.faults[HELPER] = before(
        f"{{ const wait = Atomics.wait; Atomics.wait = (...a) => {{ wait(...a); {end}; }}; }}"
    )
    scribe = ScribePage(page).open(f"{server.url}?engine=cpu&threads=2")
    scribe.transcript.fill(VISIT)
    scribe.generate.click()
    assert "stopped" in scribe.wait_for_alert("thread")
    assert_kept(scribe)
    server.faults.clear()
    scribe.press("Restart")
    scribe.wait_until_ready()


def test_a_helper_thread_that_cannot_be_loaded(page: Page, server: StaticServer):
    server.faults[HELPER] = Missing()
    scribe = open_with_visit(page, f"{server.url}?threads=2")
    scribe.wait_for_alert("thread")
    assert_kept(scribe)


def test_an_empty_transcript(page: Page, server: StaticServer):
    scribe = ScribePage(page).open(server.url)
    scribe.generate.click()
    scribe.wait_for_alert("transcript")
    scribe.transcript.fill(VISIT)
    expect(scribe.alert.locator("p")).to_have_count(0)


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_transcript_that_is_too_long(page: Page, server: StaticServer, side: str):
    """It is read in parts; where the clinician wants less, either end can be kept alone."""
    scribe = ScribePage(page).open(f"{server.url}?tokens=8")
    turns = [f"[patient] Turn number {n} says that nothing much has changed." for n in range(800)]
    long = "\n".join(turns)
    scribe.transcript.fill(long)
    in_parts = re.compile(r"read in \d+ parts")
    expect(page.locator("#size")).to_contain_text(in_parts, timeout=60_000)
    scribe.press(f"Use only its {side}")
    expect(page.locator("#size")).not_to_contain_text("parts")
    kept = scribe.transcript.input_value()
    assert len(long) * 0.3 < len(kept) < len(long)
    assert long.startswith(kept) if side == "start" else long.endswith(kept)
    scribe.press("Bring back the earlier text")
    assert scribe.transcript.input_value() == long
    scribe.press(f"Use only its {side}")
    expect(page.locator("#size")).to_contain_text("of what fits", timeout=60_000)
    assert_writes(scribe)


def test_the_gpu_is_asked_for_where_there_is_none(playwright: Playwright, server: StaticServer):
    with launch(playwright, extra=NO_WEBGPU) as browser:
        page = browser.new_page()
        scribe = open_with_visit(page, f"{server.url}?engine=gpu&tokens=8")
        assert "GPU" in scribe.wait_for_alert("CPU")
        assert_kept(scribe)
        scribe.press("Use the CPU")
        assert_writes(scribe)
        expect(scribe.status).to_contain_text("CPU")


def test_software_webgpu_runs_only_when_asked_for(page: Page, server: StaticServer):
    scribe = ScribePage(page).open(f"{server.url}?tokens=8")
    expect(scribe.status).to_contain_text("CPU")
    scribe.open(f"{server.url}?engine=gpu&tokens=8")
    expect(scribe.status).to_contain_text("GPU (software)")
    scribe.transcript.fill(VISIT)
    assert_writes(scribe)


def test_a_gpu_whose_limits_are_too_small(page: Page, server: StaticServer):
    server.faults[WORKER] = before(
        "Object.defineProperty(GPUAdapter.prototype, 'limits', { get: () => new Proxy({}, {"
        " get: (_, name) => name === 'maxBufferSize' ? 1024 : 2 ** 31 }) });"
    )
    scribe = open_with_visit(page, f"{server.url}?engine=gpu")
    assert "too small" in scribe.wait_for_alert("maxBufferSize")
    assert_kept(scribe)


def test_a_lost_device(page: Page, server: StaticServer):
    server.faults[WORKER] = before(
        "{ const request = GPUAdapter.prototype.requestDevice, submit = GPUQueue.prototype.submit;"
        " let device, n = 0;"
        " GPUAdapter.prototype.requestDevice = async function (...a) {"
        "  return (device = await request.apply(this, a)); };"
        " GPUQueue.prototype.submit = function (...a) {"
        "  submit.apply(this, a); if (++n === 5) device.destroy(); }; }"
    )
    scribe = open_with_visit(page, f"{server.url}?engine=gpu&tokens=64")
    scribe.generate.click()
    assert "GPU" in scribe.wait_for_alert("lost")
    assert_kept(scribe)
    server.faults.clear()
    scribe.press("Use the CPU")
    expect(scribe.status).to_contain_text("CPU", timeout=30_000)
    assert_writes(scribe)


def test_too_little_memory(page: Page, server: StaticServer):
    server.faults[WORKER] = before(
        "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };"
    )
    scribe = open_with_visit(page, server.url)
    assert "close other tabs" in scribe.wait_for_alert("not enough memory")
    assert_kept(scribe)


def test_a_browser_without_simd(page: Page, server: StaticServer):
    server.faults[WORKER] = before("WebAssembly.validate = () => false;")
    scribe = open_with_visit(page, server.url)
    scribe.wait_for_alert("browser")
    assert_kept(scribe)


def test_a_manifest_of_another_format(page: Page, server: StaticServer):
    server.faults[r"/manifest\.json$"] = Altered(
        lambda body: body.replace(b'"format": 1', b'"format": 2', 1)
    )
    scribe = open_with_visit(page, server.url)
    assert "format" in scribe.wait_for_alert("manifest.json")
    assert_kept(scribe)


def test_a_site_without_its_list_of_models(browser: Browser, server: StaticServer):
    server.faults[r"/site\.json$"] = Missing()
    with browser.new_context(service_workers="block") as context:
        scribe = open_with_visit(context.new_page(), server.url)
        scribe.wait_for_alert("site.json")
        assert_kept(scribe)
        server.faults.clear()
        scribe.press("Try again")
        scribe.wait_until_ready()
