"""The prompts are complete, need only control tokens that exist, and leave room for a visit."""

import json

import pytest
from tokenizers import Tokenizer

from model_build.checkpoint import RandomCheckpoint, open_checkpoint
from model_build.presets import PRESETS
from model_build.prompt import (
    PromptError,
    control_tokens,
    load_prompt,
    system_message,
    write_prompt,
)
from model_build.tokenizer import control_ids
from tests.model_build.toys import TOY, Toy

PREFIX = 4352  # tokens that the engine's cache has for instructions and transcript
TRANSCRIPT = 4096  # tokens of transcript that must fit


@pytest.mark.parametrize("chat", ["chatml", "llama3"])
def test_prompts_have_what_the_scribe_reads(chat):
    prompt = load_prompt(chat)
    assert (prompt["format"], prompt["chat"]) == (1, chat)
    assert sum("transcript" in part for part in prompt["prefix"]) == 1
    assert prompt["prefix"][-1] == {"transcript": True}
    keys = [section["key"] for section in prompt["sections"]]
    assert keys == ["subjective", "objective", "assessment", "plan"]
    for section in prompt["sections"]:
        assert (section["limit"], section["min_tokens"]) == (768, 1)
        assert section["title"] in section["prompt"][-1]["text"]
        controls = [part.get("control") for part in section["prompt"]]
        assert any(controls), "the assistant's turn begins with a control token"
        assert all("transcript" not in part for part in section["prompt"])
    texts = [part["text"] for part in prompt["prefix"] if "text" in part]
    assert any("use only what was said" in text for text in texts)
    assert "medical scribe" in system_message(chat)


@pytest.mark.parametrize("chat", ["chatml", "llama3"])
def test_no_text_part_carries_a_control_token(chat):
    assert "<|" not in json.dumps(
        [
            part["text"]
            for parts in (
                load_prompt(chat)["prefix"],
                *(section["prompt"] for section in load_prompt(chat)["sections"]),
            )
            for part in parts
            if "text" in part
        ]
    )


def test_llama3_begins_with_its_first_token():
    assert load_prompt("llama3")["prefix"][0] == {"control": "<|begin_of_text|>"}


@pytest.mark.parametrize("name", ["smollm2-135m", "llama-3.2-1b-2layer"])
def test_every_control_token_exists_and_a_long_visit_fits(tmp_path, name):
    config = PRESETS[name]
    checkpoint = open_checkpoint(name) if name == "smollm2-135m" else RandomCheckpoint(config)
    for file, content in checkpoint.tokenizer_files().items():
        (tmp_path / file).write_bytes(content)
    prompt = write_prompt(config, tmp_path)
    assert json.loads((tmp_path / "prompt.json").read_text(encoding="utf-8")) == prompt
    document = json.loads((tmp_path / "tokenizer.json").read_text(encoding="utf-8"))
    assert control_tokens(prompt) <= control_ids(document).keys()
    text = Tokenizer.from_str(json.dumps({**document, "added_tokens": []}))

    def tokens(parts: list[dict]) -> int:
        return sum(1 if "control" in p else len(text.encode(p.get("text", "")).ids) for p in parts)

    assert tokens(prompt["prefix"]) <= PREFIX - TRANSCRIPT
    assert all(tokens(section["prompt"]) <= 56 for section in prompt["sections"])


def test_stop_tokens_that_a_tokenizer_lacks_are_left_out(tmp_path):
    write_tokenizer(tmp_path, lambda name: name != "<|endoftext|>")
    assert write_prompt(TOY, tmp_path)["stop"] == ["<|im_end|>"]


def test_a_tokenizer_without_the_turns_tokens_is_refused(tmp_path):
    write_tokenizer(tmp_path, lambda name: name == "<|endoftext|>")
    with pytest.raises(PromptError, match=r"lacks the control tokens <\|im_end\|>, <\|im_start\|>"):
        write_prompt(TOY, tmp_path)


def write_tokenizer(folder, keep) -> None:
    document = json.loads(Toy().tokenizer_files()["tokenizer.json"])
    document["added_tokens"] = [t for t in document["added_tokens"] if keep(t["content"])]
    (folder / "tokenizer.json").write_text(json.dumps(document), encoding="utf-8")
