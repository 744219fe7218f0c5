"""Pairs → token ids, by the scribe's own command, kept on disk by what they were made from."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..checkpoint import Checkpoint
from ..data import SOAP, Pair, load_pairs, pairs_digest
from ..data import sections as data_sections
from ..data.sections import Soap
from ..node import ROOT
from ..prompt import PROMPT, write_prompt
from ..scribe import Scribe, ScribeError
from . import targets
from .errors import TrainError

CACHE = Path("build/train-cache")

Progress = Callable[[int, int], None]
Losers = Callable[[Pair], list[tuple[Soap, str]]]
"""Texts of sections that should not be written for a pair."""


@dataclass(frozen=True)
class Fork:
    """One section: the ids of its prompt, and of its text with the stop token.

    `parts_at` marks a text that should not be written: the token at which it parts from the
    section's right one.
    """

    key: str
    prompt: list[int]
    target: list[int]
    parts_at: int | None = None


@dataclass(frozen=True)
class Example:
    """One transcript with the sections that are to be written from it."""

    id: str
    where: str
    """Its file and row, for messages."""
    prefix: list[int]
    forks: tuple[Fork, ...]

    @property
    def tokens(self) -> int:
        """Tokens that a row needs for it."""
        return len(self.prefix) + sum(len(f.prompt) + len(f.target) - 1 for f in self.forks)

    @property
    def losses(self) -> int:
        """Tokens of the texts that should be written."""
        return sum(len(fork.target) for fork in self.forks if fork.parts_at is None)

    @property
    def rejected(self) -> list[Fork]:
        """The texts that should not be written."""
        return [fork for fork in self.forks if fork.parts_at is not None]

    def offer(self, visit: int, count: int) -> Example:
        """The example with `count` of its rejected texts, others at every visit of the run."""
        every = self.rejected
        count = min(count, len(every))
        chosen = [every[(visit * count + i) % len(every)] for i in range(count)]
        right = [fork for fork in self.forks if fork.parts_at is None]
        return replace(self, forks=(*right, *chosen))

    @property
    def positions(self) -> int:
        """Places in the model's context that its longest section reaches."""
        return len(self.prefix) + max(len(f.prompt) + len(f.target) for f in self.forks)


class ExampleReader:
    """Reads files of pairs for one base model.

    Args:
        checkpoint: whose tokenizer and prompt count.
        folder: where `tokenizer.json` and `prompt.json` are written for the scribe.
        cache: where examples are kept.
    """

    def __init__(self, checkpoint: Checkpoint, folder: Path, cache: Path = CACHE) -> None:
        self.folder, self.cache = folder, cache
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in checkpoint.tokenizer_files().items():
            (folder / name).write_bytes(content)
        write_prompt(checkpoint.config, folder)

    def read(
        self, path: Path, losers: Losers | None = None, progress: Progress | None = None
    ) -> list[Example]:
        """The examples of a file, in its order, with rejected texts where `losers` gives them.

        Raises:
            DataError: for a file that cannot be read.
            TrainError: for a pair that cannot be trained on, with its row.
        """
        pairs = load_pairs(path)
        texts = [losers(pair) if losers else [] for pair in pairs]
        kept = self.cache / f"{self._key(path, pairs, texts)}.jsonl"
        if kept.is_file():
            return [_from_json(json.loads(line)) for line in kept.open(encoding="utf-8")]
        examples = []
        with Scribe(self.folder) as scribe:
            for pair, rejected in zip(pairs, texts, strict=True):
                where = f"{path}, " + (f"row {pair.row}" if pair.row else pair.id)
                try:
                    examples.append(encode(scribe, pair, where, rejected))
                except (ScribeError, TrainError) as error:
                    raise TrainError(f"{where}: {error}") from None
                if progress:
                    progress(len(examples), len(pairs))
        self.cache.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.partial")
        lines = (json.dumps(asdict(e), separators=(",", ":")) for e in examples)
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        partial.replace(kept)
        return examples

    def _key(self, path: Path, pairs: list[Pair], texts: list[list[tuple[Soap, str]]]) -> str:
        """A hash of all that the ids depend on: texts, rules, prompt, tokenizer and scribe."""
        digest = hashlib.sha256(f"{path}\n{pairs_digest(pairs)}\n{json.dumps(texts)}".encode())
        sources = sorted((ROOT / "webui" / "src" / "scribe").glob("*.ts"))
        rules = [Path(module.__file__ or "") for module in (targets, data_sections)]
        files = [self.folder / PROMPT, self.folder / "tokenizer.json", Path(__file__)]
        for file in (*files, *rules, *sources):
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()[:24]


def encode(
    scribe: Scribe, pair: Pair, where: str, losers: Sequence[tuple[Soap, str]] = ()
) -> Example:
    """One pair's ids; its texts are tidied as the scribe tidies what it shows.

    Raises:
        ScribeError, TrainError: with what is wrong with the pair.
    """
    wanted = targets.section_targets(pair)
    encoded = scribe.ids(pair.transcript, _tidied(scribe, wanted))
    right = {
        section.key: Fork(section.key, section.ids, section.target)
        for section in encoded.sections
        if section.target is not None
    }
    if right.keys() != wanted.keys():
        known = ", ".join(section.key for section in encoded.sections)
        raise TrainError(
            f"the prompt decodes the sections {known}; training needs {', '.join(SOAP)}."
        )
    rejected = []
    for key, text in losers:
        if key not in right:
            raise TrainError(f"the note has no section {key}, of which a text is to be rejected.")
        sections = scribe.ids(pair.transcript, _tidied(scribe, {key: text})).sections
        target = next(s.target for s in sections if s.key == key) or []
        if target != right[key].target:
            same = (a == b for a, b in zip(target, right[key].target, strict=False))
            parts_at = sum(1 for _ in itertools.takewhile(bool, same))
            rejected.append(Fork(key, right[key].prompt, target, parts_at))
    return Example(pair.id, where, encoded.prefix, (*right.values(), *rejected))


def _tidied(scribe: Scribe, texts: Mapping[Soap, str]) -> dict[str, str]:
    shown = scribe.compose([{"shown": key, "text": text} for key, text in texts.items()])
    return {part["key"]: part["text"] for part in shown["sections"] if part["key"] in texts}


def require_room(examples: Iterable[Example], context: int) -> None:
    """Refuse an example that the model could not see whole.

    Raises:
        TrainError: naming its row.
    """
    for example in examples:
        if example.positions > context:
            raise TrainError(
                f"{example.where}: the transcript and its longest section need "
                f"{example.positions} tokens, and the model sees {context}. Shorten the pair, or "
                "leave long ones out with --max-tokens."
            )


def _from_json(value: dict) -> Example:
    forks = tuple(Fork(**fork) for fork in value["forks"])
    return Example(value["id"], value["where"], value["prefix"], forks)
