"""The scribe's Node command, called from Python: JSON lines in and out.

The page's own code turns a transcript into token ids and tokens into a note, so that training and
evaluation can never disagree with what ships. See webui/src/node/scribe-cli.ts for the requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from .node import ROOT, find_node
from .node_process import NodeError, NodeProcess

COMMAND = ROOT / "webui" / "src" / "node" / "scribe-cli.ts"


class ScribeError(NodeError):
    """A request that the scribe did not answer."""


@dataclass(frozen=True)
class EncodedSection:
    """Token ids of one section's prompt and, where one was given, of its text with its stop."""

    key: str
    ids: list[int]
    limit: int
    target: list[int] | None


@dataclass(frozen=True)
class Encoded:
    """Token ids of a transcript in its frame, of each section, and the ids that end one."""

    prefix: list[int]
    sections: list[EncodedSection]
    stop: list[int]


class Scribe(NodeProcess):
    """One scribe process on one model folder; a context manager, for one thread at a time.

    Args:
        model: a built model folder. Its weights are loaded by the first `generate`.
        threads: of the engine; None lets it choose.
        kernels: 'int16' (what ships) or 'int8'.
        timeout: seconds that one answer may take.
        command: the program and its arguments before the folder, for tests.
    """

    title: ClassVar[str] = "scribe"
    error: ClassVar[type[NodeError]] = ScribeError

    def __init__(
        self,
        model: Path,
        *,
        threads: int | None = None,
        kernels: str | None = None,
        timeout: float = 1800,
        command: Sequence[str] | None = None,
    ) -> None:
        self.model = model
        options = [] if threads is None else ["--threads", str(threads)]
        options += [] if kernels is None else ["--kernels", kernels]
        program = command or (find_node(), str(COMMAND))
        super().__init__([*program, str(model), *options], timeout)

    def ids(self, transcript: str, targets: Mapping[str, str] | None = None) -> Encoded:
        """Token ids of a transcript and the sections' prompts, and of the sections' texts."""
        answer = self.ask("ids", transcript=transcript, targets=dict(targets) if targets else None)
        sections = [
            EncodedSection(s["key"], s["ids"], s["limit"], s.get("target"))
            for s in answer["sections"]
        ]
        return Encoded(answer["prefix"], sections, answer["stop"])

    def encode(self, text: str) -> list[int]:
        """Token ids of a text alone."""
        return self.ask("encode", text=text)["ids"]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids."""
        return self.ask("decode", ids=list(ids))["text"]

    def compose(self, sections: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """The note as it is shown and scored, from texts with the place where each is shown."""
        return self.ask("compose", sections=[dict(section) for section in sections])

    def generate(self, transcript: str, **options: Any) -> dict[str, Any]:
        """A note: {sections: [{key, shown, text, state, tokens}], text, figures, parts}.

        A transcript beyond the model's room is read in several parts (`parts`: total and done),
        whose sections are joined.

        Args:
            transcript: as text; the scribe tidies line ends itself.
            options: limit, ignore_stop, greedy, temperature, top_p, seed; sections (shown keys)
                and instruction, to write some of them again.
        """
        return self.ask("generate", transcript=transcript, **options)
