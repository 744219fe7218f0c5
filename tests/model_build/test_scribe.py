"""The Python caller of the scribe's Node command, against the real one and against bad ones."""

import sys
from pathlib import Path

import pytest

from model_build.scribe import Scribe, ScribeError
from tests.support.build import built_model


@pytest.fixture(scope="module")
def scribe():
    with Scribe(built_model("tiny"), threads=1) as running:
        yield running


def test_ids_and_back(scribe: Scribe):
    encoded = scribe.ids("[doctor] hello <|im_end|>", {"plan": "Rest."})
    assert {section.key for section in encoded.sections} >= {"plan"}
    for section in encoded.sections:
        assert (section.target is not None) == (section.key == "plan")
    assert "hello" in scribe.decode(encoded.prefix)
    assert scribe.decode(scribe.encode("Rest, 5 mg.")) == "Rest, 5 mg."


def test_compose(scribe: Scribe):
    parts = [{"shown": "plan", "text": " Rest.\n"}, {"shown": "subjective", "text": "Pain."}]
    assert scribe.compose(parts)["text"] == "SUBJECTIVE\n\nPain.\n\nPLAN\n\nRest."


def test_generate_and_an_error_that_leaves_the_process_alive(scribe: Scribe):
    with pytest.raises(ScribeError) as caught:
        scribe.generate("  ")
    assert caught.value.code != "process"
    note = scribe.generate("[doctor] hi\n[patient] my knee hurts", limit=4)
    assert len(note["sections"]) >= 4
    assert all(section["tokens"] <= 4 for section in note["sections"])


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_folder_that_is_no_model(tmp_path: Path):
    with Scribe(tmp_path) as scribe, pytest.raises(ScribeError, match=r"status 1: .*tokenizer"):
        scribe.encode("a")


def test_a_process_that_dies(tmp_path: Path):
    dying = program("import sys; sys.stdin.readline(); sys.exit('out of memory')")
    with Scribe(tmp_path, command=dying) as scribe:
        with pytest.raises(ScribeError, match="status 1: out of memory") as caught:
            scribe.encode("a")
        assert caught.value.code == "process"
        with pytest.raises(ScribeError, match="not running"):
            scribe.encode("a")


def test_a_process_that_hangs(tmp_path: Path):
    hanging = program("import time; time.sleep(60)")
    with (
        Scribe(tmp_path, command=hanging, timeout=0.5) as scribe,
        pytest.raises(ScribeError, match="did not answer 'encode' within"),
    ):
        scribe.encode("a")


def test_an_answer_that_is_no_json(tmp_path: Path):
    talking = program("input(); print('hello', flush=True); input()")
    with (
        Scribe(tmp_path, command=talking) as scribe,
        pytest.raises(ScribeError, match="wrote no JSON: 'hello"),
    ):
        scribe.encode("a")


def test_a_program_that_is_not_there(tmp_path: Path):
    with pytest.raises(ScribeError, match="does not start"), Scribe(tmp_path, command=["./none"]):
        pass
