"""Pairs → token ids, by the scribe's own command, kept on disk by what they were made from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..checkpoint import Checkpoint
from ..data import SOAP, Pair, pairs_digest, read_pairs
from ..data import sections as data_sections
from ..node import ROOT
from ..prompt import PROMPT, write_prompt
from ..scribe import Scribe, ScribeError
from . import targets
from .errors import TrainError

CACHE = Path("build/train-cache")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fork:
    """One section: the ids of its prompt, and of its text with the stop token."""

    key: str
    prompt: list[int]
    target: list[int]


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
        """Tokens that count."""
        return sum(len(fork.target) for fork in self.forks)

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

    def read(self, path: Path, progress: Progress | None = None) -> list[Example]:
        """The examples of a file, in its order.

        Raises:
            DataError: for a file that cannot be read.
            TrainError: for a pair that cannot be trained on, with its row.
        """
        pairs = read_pairs(path)
        kept = self.cache / f"{self._key(path, pairs)}.jsonl"
        if kept.is_file():
            return [_from_json(json.loads(line)) for line in kept.open(encoding="utf-8")]
        examples = self._encode(path, pairs, progress)
        self.cache.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{os.getpid()}.partial")
        lines = (json.dumps(asdict(e), separators=(",", ":")) for e in examples)
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        partial.replace(kept)
        return examples

    def _encode(self, path: Path, pairs: list[Pair], progress: Progress | None) -> list[Example]:
        examples = []
        with Scribe(self.folder) as scribe:
            for index, pair in enumerate(pairs):
                where = f"{path}, row {pair.row}"
                try:
                    examples.append(encode(scribe, pair, where))
                except (ScribeError, TrainError) as error:
                    raise TrainError(f"{where}: {error}") from None
                if progress:
                    progress(index + 1, len(pairs))
        return examples

    def _key(self, path: Path, pairs: list[Pair]) -> str:
        """A hash of all that the ids depend on: texts, rules, prompt, tokenizer and scribe."""
        digest = hashlib.sha256(f"{path}\n{pairs_digest(pairs)}\n".encode())
        sources = sorted((ROOT / "webui" / "src" / "scribe").glob("*.ts"))
        rules = [Path(module.__file__ or "") for module in (targets, data_sections)]
        files = [self.folder / PROMPT, self.folder / "tokenizer.json", Path(__file__)]
        for file in (*files, *rules, *sources):
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()[:24]


def encode(scribe: Scribe, pair: Pair, where: str) -> Example:
    """One pair's ids; its texts are tidied as the scribe tidies what it shows.

    Raises:
        ScribeError, TrainError: with what is wrong with the pair.
    """
    wanted = targets.section_targets(pair)
    shown = scribe.compose([{"shown": key, "text": text} for key, text in wanted.items()])
    texts = {part["key"]: part["text"] for part in shown["sections"] if part["key"] in wanted}
    encoded = scribe.ids(pair.transcript, texts)
    forks = tuple(
        Fork(section.key, section.ids, section.target)
        for section in encoded.sections
        if section.target is not None
    )
    if len(forks) != len(wanted):
        known = ", ".join(section.key for section in encoded.sections)
        raise TrainError(
            f"the prompt decodes the sections {known}; training needs {', '.join(SOAP)}."
        )
    return Example(pair.id, where, encoded.prefix, forks)


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
