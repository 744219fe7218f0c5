"""A visit comes from files, from the clipboard and from speech; it is text, whatever it holds."""

import base64
import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.support.browser import launch
from tests.support.build import exported_site
from tests.support.scribe_page import ScribePage
from tests.support.server import ISOLATION, StaticServer

WAIT_MS = 60_000
TOLD = "[doctor] How is the knee?\n[patient] It still hurts."


def word_document(*paragraphs: str) -> bytes:
    """A `.docx` file with nothing but paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>"
        )
    return packed.getvalue()


FILES = {
    "visit.txt": b"Doctor: How is the knee?\nPatient: It still hurts.",
    "visit.md": b"# Visit\n\n**Doctor:** How is the knee?\n\n**Patient:** It still hurts.",
    "visit.vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Doctor>How is the knee?</v>\n\n"
    b"00:02.000 --> 00:04.000\n<v Patient>It still hurts.</v>\n",
    "visit.srt": b"1\n00:00:00,000 --> 00:00:02,000\nDoctor: How is the knee?\n\n"
    b"2\n00:00:02,000 --> 00:00:04,000\nPatient: It still hurts.\n",
    "visit.json": json.dumps(
        {
            "segments": [
                {"speaker": "SPEAKER_00", "text": "How is the knee?"},
                {"speaker": "SPEAKER_01", "text": "It still hurts."},
            ]
        }
    ).encode(),
    "visit.docx": word_document("Doctor: How is the knee?", "Patient: It still hurts."),
}

DROP = """([name, content]) => {
  const bytes = typeof content === 'number'
    ? new Uint8Array(content)
    : Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const pane = document.querySelector('#transcript');
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  const event = (type) => new DragEvent(type, options);
  pane.dispatchEvent(event('dragenter'));
  const over = event('dragover');
  pane.dispatchEvent(over);
  pane.dispatchEvent(event('drop'));
  return over.defaultPrevented;
}"""

PASTE = """(text) => {
  const area = document.querySelector('#transcript');
  const data = new DataTransfer();
  data.setData('text/plain', text);
  area.focus();
  const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
  if (area.dispatchEvent(event)) document.execCommand('insertText', false, text);
}"""

NO_SPEECH = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition;"
FAKE_SPEECH = """
  class FakeRecognition extends EventTarget {
    static available = async ({ processLocally }) => (processLocally ? 'available' : 'unavailable');
    #local = false;
    get processLocally() { return this.#local; }
    set processLocally(value) { this.#local = value; }
    start() {
      if (!this.#local) throw new Error('this would leave the device');
      window.recognition = this;
      this.dispatchEvent(new Event('start'));
    }
    stop() { this.dispatchEvent(new Event('end')); }
    abort() {}
    say(transcript, isFinal) {
      const results = [{ isFinal, 0: { transcript } }];
      this.dispatchEvent(Object.assign(new Event('result'), { resultIndex: 0, results }));
    }
  }
  window.SpeechRecognition = FakeRecognition;
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with StaticServer(exported_site("tiny"), headers=ISOLATION) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with launch(playwright) as running:
        yield running


@pytest.fixture
def scribe(browser: Browser, url: str) -> Iterator[ScribePage]:
    context = browser.new_context()
    yield opened(context.new_page(), url)
    context.close()


def opened(page: Page, url: str, script: str | None = None) -> ScribePage:
    """The page once it takes what is done to it."""
    if script:
        page.add_init_script(script)
    scribe = ScribePage(page).open(url, ready=False)
    expect(scribe.sample.locator("option").nth(1)).to_be_attached(timeout=WAIT_MS)
    return scribe


def open_file(scribe: ScribePage, name: str, content: bytes) -> None:
    with scribe.page.expect_file_chooser() as chooser:
        scribe.press("Open file")
    chooser.value.set_files({"name": name, "mimeType": "", "buffer": content})


def speakers(scribe: ScribePage) -> Locator:
    return scribe.page.get_by_role("group", name="Speakers")


def test_files_of_every_kind_are_opened_and_dropped(scribe: ScribePage):
    for name, content in FILES.items():
        scribe.transcript.fill("what was there")
        open_file(scribe, name, content)
        expect(scribe.transcript).to_have_value(TOLD, timeout=WAIT_MS)
        scribe.press("Bring back the earlier text")
        expect(scribe.transcript).to_have_value("what was there")
        packed = base64.b64encode(content).decode()
        assert scribe.page.evaluate(DROP, [name, packed]), "the browser would leave the page"
        expect(scribe.transcript).to_have_value(TOLD, timeout=WAIT_MS)
    expect(scribe.page.get_by_text("visit.docx was opened: 2 turns.")).to_be_visible()


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(scribe: ScribePage):
    scribe.transcript.fill("[doctor] hello")
    open_file(scribe, "photo.png", b"\x89PNG")
    scribe.wait_for_alert("photo.png cannot be read here")
    open_file(scribe, "weather.json", b'{"wind": 3, "days": []}')
    scribe.wait_for_alert("which holds {wind, days}")
    scribe.page.evaluate(DROP, ["big.txt", 5_000_001])
    scribe.wait_for_alert("at most 5 MB")
    expect(scribe.transcript).to_have_value("[doctor] hello")


def test_a_recorders_text_is_turned_into_turns_when_it_is_pasted(scribe: ScribePage):
    text = FILES["visit.vtt"].decode()
    scribe.page.evaluate(PASTE, text)
    expect(scribe.transcript).to_have_value(TOLD)
    scribe.press("Bring back the earlier text")
    expect(scribe.transcript).to_have_value(text)


def test_speakers_are_guessed_swapped_and_renamed(scribe: ScribePage):
    lines = [
        ("good morning , what brings you in today ?", "my knee has been hurting ."),
        ("did you fall on it ?", "no , i was just gardening ."),
        ("okay , let me examine your knee .", "ow , that hurts ."),
        ("i'd like to get an x-ray of your knee .", "thank you , doctor ."),
    ]
    text = "\n".join(f"Speaker 2: {ask}\nSpeaker 1: {answer}" for ask, answer in lines)
    open_file(scribe, "visit.txt", text.encode())
    told = "\n".join(f"[doctor] {ask}\n[patient] {answer}" for ask, answer in lines)
    expect(scribe.transcript).to_have_value(told)
    bar = speakers(scribe)
    expect(bar).to_contain_text("Guessed: please check")
    expect(scribe.page.get_by_text("'speaker 2' is the doctor")).to_be_visible()
    scribe.press("Swap doctor and patient")
    expect(scribe.transcript).to_have_value(
        told.replace("[doctor]", "[x]").replace("[patient]", "[doctor]").replace("[x]", "[patient]")
    )
    expect(bar).not_to_contain_text("Guessed")
    scribe.press("Swap doctor and patient")
    name = bar.get_by_role("combobox", name="Name of the speaker 'patient', 4 turns")
    name.fill("Wife")
    name.press("Enter")
    expect(scribe.transcript).to_have_value(told.replace("[patient]", "[wife]"))
    scribe.transcript.fill("\n".join(f"{ask}\n{answer}" for ask, answer in lines))
    scribe.press("Guess doctor and patient")
    expect(scribe.transcript).to_have_value(told)


def test_markup_in_a_transcript_stays_text(scribe: ScribePage):
    said = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
    label = "<b onmouseover=alert(1)>x</b>"
    open_file(scribe, "visit.json", json.dumps([{"speaker": label, "text": said}] * 2).encode())
    expect(scribe.transcript).to_have_value(f"[{label}] {said} {said}")
    open_file(scribe, "visit.txt", f"Doctor: {said}\nPatient: <i>hello</i>".encode())
    expect(scribe.transcript).to_have_value(f"[doctor] {said}\n[patient] <i>hello</i>")
    assert scribe.page.evaluate("window.hacked") is None
    assert scribe.page.locator("main img, main script, main b, main i").count() == 0


def test_what_is_masked_is_shown(scribe: ScribePage):
    scribe.transcript.fill("[doctor] Hi, Brian, I'm Dr. Smith. You called on March 3rd, 2024.")
    switch = scribe.page.get_by_role("switch", name="Mask names")
    switch.check()
    expect(scribe.page.get_by_role("button", name="What is masked")).to_be_visible(timeout=WAIT_MS)
    scribe.press("What is masked")
    dialog = scribe.page.get_by_role("dialog", name="What is masked")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    for stand_in, value in (
        ("NAME-1", "Brian"),
        ("NAME-2", "Smith"),
        ("DATE-1", "March 3rd, 2024"),
    ):
        expect(dialog.get_by_role("listitem").filter(has_text=stand_in)).to_contain_text(value)
    dialog.get_by_role("button", name="Close").click()
    switch.uncheck()
    expect(scribe.page.get_by_role("button", name="What is masked")).to_have_count(0)


def test_without_recognition_on_the_device_there_is_no_dictation(browser: Browser, url: str):
    context = browser.new_context()
    scribe = opened(context.new_page(), url, NO_SPEECH)
    scribe.press("Dictate")
    dialog = scribe.page.get_by_role("dialog", name="Dictation")
    expect(dialog).to_contain_text("never sends speech to a cloud service", timeout=WAIT_MS)
    expect(dialog.get_by_role("button", name="Begin dictation")).to_have_count(0)
    context.close()


def test_a_dictation_loses_nothing(browser: Browser, url: str):
    """Consent comes first; pause, a word still open and the browser's own end keep every word."""
    context = browser.new_context()
    scribe = opened(context.new_page(), url, FAKE_SPEECH)
    page = scribe.page
    say = "([text, settled]) => window.recognition.say(text, settled)"
    scribe.press("Dictate")
    dialog = page.get_by_role("dialog", name="Dictation")
    begin = dialog.get_by_role("button", name="Begin dictation")
    expect(begin).to_be_disabled(timeout=WAIT_MS)
    dialog.get_by_role("checkbox", name="agrees").check()
    begin.click()
    recorder = page.get_by_role("group", name="Dictation")
    expect(recorder).to_contain_text("Listening")
    page.evaluate(say, ["what brings you in today ?", True])
    page.evaluate(say, ["my knee hurts", False])
    expect(recorder).to_contain_text("my knee hurts")
    recorder.get_by_role("button", name="Pause").click()
    lines = "[speaker] what brings you in today ?\n[speaker] my knee hurts"
    expect(scribe.transcript).to_have_value(lines)
    recorder.get_by_role("combobox", name="Speaking").select_option(label="Doctor")
    recorder.get_by_role("button", name="Resume").click()
    page.evaluate(say, ["we will get an x-ray", True])
    page.evaluate("() => window.recognition.dispatchEvent(new Event('end'))")
    page.evaluate(say, ["and rest", False])
    recorder.get_by_role("button", name="Finish").click()
    expect(scribe.transcript).to_have_value(
        "[doctor] what brings you in today ?\n[patient] my knee hurts\n"
        "[doctor] we will get an x-ray and rest"
    )
    expect(recorder).to_have_count(0)
    scribe.press("Bring back the earlier text")
    expect(scribe.transcript).to_have_value(
        f"{lines}\n[doctor] we will get an x-ray\n[doctor] and rest"
    )
    context.close()


def test_the_page_alone_may_listen():
    from app.headers import SECURITY_HEADERS

    policy = SECURITY_HEADERS["Permissions-Policy"]
    assert "microphone=(self)" in policy
    assert "on-device-speech-recognition=(self)" in policy
    assert "camera=()" in policy
