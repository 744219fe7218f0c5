"""`prompt.json`: how a model is asked for a note, as data.

The texts stand in `prompts/`, one file for each chat format. Nothing in them depends on the date
or on the machine. The scribe tokenizes each part on its own.
"""

import json
from pathlib import Path
from typing import Any

from .presets import ChatFormat, LlamaConfig
from .tokenizer import control_ids

PROMPT = "prompt.json"

_FOLDER = Path(__file__).with_name("prompts")


class PromptError(Exception):
    """A prompt that a model's tokenizer cannot carry; the message is a sentence."""


def load_prompt(chat: ChatFormat) -> dict[str, Any]:
    """The prompt of a chat format: its prefix, sections and stop tokens."""
    return json.loads((_FOLDER / f"{chat}.json").read_text(encoding="utf-8"))


def system_message(chat: ChatFormat) -> str:
    """The system turn's text, without the role's name."""
    texts = (part["text"] for part in load_prompt(chat)["prefix"] if "text" in part)
    joined = next(t for t in texts if "scribe" in t)
    return joined.removeprefix("system").strip()


def control_tokens(prompt: dict[str, Any]) -> set[str]:
    """Names of all control tokens that a prompt uses."""
    parts = prompt["prefix"] + [p for section in prompt["sections"] for p in section["prompt"]]
    return {part["control"] for part in parts if "control" in part} | set(prompt["stop"])


def write_prompt(config: LlamaConfig, folder: Path) -> dict[str, Any]:
    """Write `prompt.json` for a model into its folder, beside its `tokenizer.json`.

    Stop tokens that the tokenizer does not have are left out, the usual one excepted.

    Raises:
        PromptError: where the tokenizer lacks a control token that the prompt needs.
    """
    known = control_ids(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")))
    prompt = load_prompt(config.chat)
    usual = prompt["stop"][0]
    prompt["stop"] = [name for name in prompt["stop"] if name in known or name == usual]
    missing = sorted(control_tokens(prompt) - set(known))
    if missing:
        raise PromptError(
            f"The tokenizer of {config.name} lacks the control tokens {', '.join(missing)} of the "
            f"chat format {config.chat}; use an instruction-tuned checkpoint."
        )
    text = json.dumps(prompt, ensure_ascii=False, indent=1)
    (folder / PROMPT).write_text(text + "\n", encoding="utf-8")
    return prompt
