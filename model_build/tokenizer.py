"""`tokenizer.json` from a GGUF vocabulary, with the very token ids that llama.cpp gives.

A GGUF file names its pre-tokenizer instead of describing it. For `smollm`, llama.cpp
(`llama-vocab.cpp`, `unicode.cpp`) cuts the text in two steps before it merges bytes: every single
number character of Unicode stands alone first, and only within the pieces between them does GPT-2's
pattern apply. Four things are easily lost in a rebuild, and each one changes ids:

* Without the first step, or with one that knows ASCII digits only (the `Digits` step of
  `@huggingface/tokenizers`), numbers merge, and blank space before a number is cut otherwise.
* Letters, numbers and blank space are those of Unicode 15.1 in llama.cpp. Every regex engine brings
  a table of its own age, so the classes are written out here as ranges; then no browser differs.
* A byte without a token of its own (SmolLM2 lacks 21: six control characters and bytes that no
  assigned character needs) is left out, but keeps its two neighbours from merging. Libraries that
  skip unknown characters before merging let the neighbours merge, so the text is split there.
* Control tokens such as `<|im_end|>` are added tokens only: a tokenizer that is built without them
  reads their names as text.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_CLASSES = Path(__file__).with_name("unicode_classes.json")

NORMAL, CONTROL = 1, 3
"""Kinds of tokens in a GGUF file (`tokenizer.ggml.token_type`)."""

_LLAMA3_CONTROLS = {
    0: "<|begin_of_text|>",
    1: "<|end_of_text|>",
    4: "<|finetune_right_pad_id|>",
    6: "<|start_header_id|>",
    7: "<|end_header_id|>",
    8: "<|eom_id|>",
    9: "<|eot_id|>",
    10: "<|python_tag|>",
}
_LLAMA3_CONTROL_COUNT = 256


class TokenizerError(Exception):
    """A vocabulary that cannot be written as `tokenizer.json`; the message is a sentence."""


@dataclass(frozen=True)
class Vocabulary:
    """A byte-level BPE vocabulary as a GGUF file holds it.

    `tokens` lists the tokens by id with bytes written as GPT-2's printable characters, `kinds`
    says of each whether it is NORMAL or CONTROL, and `merges` holds 'left right' by falling
    priority. `special` names roles by id: bos, eos, unk, pad.
    """

    tokens: list[str]
    kinds: list[int]
    merges: list[str]
    pre_tokenizer: str
    special: dict[str, int] = field(default_factory=dict)
    chat_template: str | None = None


def tokenizer_files(vocabulary: Vocabulary) -> dict[str, bytes]:
    """`tokenizer.json` and `tokenizer_config.json` for a vocabulary.

    Raises:
        TokenizerError: for a pre-tokenizer or a kind of token whose rules are not known here.
    """
    if vocabulary.pre_tokenizer != "smollm":
        raise TokenizerError(
            f"its pre-tokenizer is {vocabulary.pre_tokenizer!r}, and only 'smollm' is known"
        )
    if not set(vocabulary.kinds) <= {NORMAL, CONTROL}:
        raise TokenizerError("it has tokens that are neither normal nor control tokens")
    document = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            _added_token(index, token)
            for index, (token, kind) in enumerate(
                zip(vocabulary.tokens, vocabulary.kinds, strict=True)
            )
            if kind == CONTROL
        ],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": smollm_pre_tokenizers(set(vocabulary.tokens)),
        },
        "post_processor": None,
        "decoder": _BYTE_LEVEL,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: index for index, token in enumerate(vocabulary.tokens)},
            "merges": [merge.split(" ", 1) for merge in vocabulary.merges],
        },
    }
    names = {role: vocabulary.tokens[index] for role, index in vocabulary.special.items()}
    return {
        "tokenizer.json": _dump(document),
        "tokenizer_config.json": _dump(_config(names, vocabulary.chat_template)),
    }


def control_ids(tokenizer: dict[str, Any]) -> dict[str, int]:
    """Control tokens of a parsed `tokenizer.json` by name."""
    return {token["content"]: token["id"] for token in tokenizer["added_tokens"]}


def llama3_stand_in(files: dict[str, bytes], vocab: int) -> dict[str, bytes]:
    """Another model's tokenizer files with Llama 3's control tokens at their ids.

    For random weights in Llama 3's shape, whose own tokenizer is not at hand. The last 256 ids of
    the vocabulary are control tokens, as in Llama 3; ids in between get visible names.
    """
    document = json.loads(files["tokenizer.json"])
    known: dict[str, int] = document["model"]["vocab"]
    first = vocab - _LLAMA3_CONTROL_COUNT
    known.update({f"<|filler_{i}|>": i for i in range(len(known), first)})
    controls = [
        _LLAMA3_CONTROLS.get(i, f"<|reserved_special_token_{i}|>")
        for i in range(_LLAMA3_CONTROL_COUNT)
    ]
    document["added_tokens"] = [_added_token(first + i, name) for i, name in enumerate(controls)]
    names = {"bos": _LLAMA3_CONTROLS[0], "eos": _LLAMA3_CONTROLS[9], "pad": _LLAMA3_CONTROLS[4]}
    return {
        "tokenizer.json": _dump(document),
        "tokenizer_config.json": _dump(_config(names, None)),
    }


_BYTE_LEVEL = {
    "type": "ByteLevel",
    "add_prefix_space": False,
    "trim_offsets": False,
    "use_regex": False,
}


def smollm_pre_tokenizers(tokens: set[str]) -> list[dict[str, Any]]:
    """llama.cpp's `smollm` rules for a vocabulary, as steps of a pre-tokenizer sequence."""
    letter, number, space = (_ranges(name) for name in ("letter", "number", "whitespace"))
    words = "|".join(
        (
            "'s|'t|'re|'ve|'m|'ll|'d",
            f" ?[{letter}]+",
            f" ?[^{space}{letter}{number}]+",
            f"[{space}]+(?![^{space}])",
            f"[{space}]+",
        )
    )
    steps = [_split(f"[{number}]", "Isolated"), _split(words, "Isolated"), _BYTE_LEVEL]
    absent = "".join(rf"\x{{{ord(c):X}}}" for c in byte_characters() if c not in tokens)
    if absent:
        steps.append(_split(f"[{absent}]", "Removed"))
    return steps


@cache
def byte_characters() -> str:
    """GPT-2's printable character for each of the 256 bytes.

    Printable bytes of Latin-1 stand for themselves, the other 68 for U+0100 onwards.
    """
    moved = iter(range(0x100, 0x200))
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    return "".join(chr(b if b in printable else next(moved)) for b in range(256))


@cache
def _ranges(name: str) -> str:
    """A class of `unicode_classes.json` as the inside of a regex's square brackets."""
    spans = json.loads(_CLASSES.read_text(encoding="utf-8"))[name].split()
    return "".join("-".join(rf"\x{{{end}}}" for end in span.split("-")) for span in spans)


def _split(pattern: str, behavior: str) -> dict[str, Any]:
    return {
        "type": "Split",
        "pattern": {"Regex": pattern},
        "behavior": behavior,
        "invert": False,
    }


def _added_token(index: int, content: str) -> dict[str, Any]:
    return {
        "id": index,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _config(names: dict[str, str], chat_template: str | None) -> dict[str, Any]:
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": False,
        **{f"{role}_token": name for role, name in names.items()},
    }
    return config if chat_template is None else {**config, "chat_template": chat_template}


def _dump(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
