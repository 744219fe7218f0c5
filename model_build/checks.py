"""The clinical checks' Node command, called from Python: JSON lines in and out.

The checks that mark statements in the page judge notes here too. See webui/src/node/checks-cli.ts
for the requests.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from .data import Turn
from .node import ROOT, find_node
from .node_process import NodeError, NodeProcess

COMMAND = ROOT / "webui" / "src" / "node" / "checks-cli.ts"
SOURCES = ROOT / "webui" / "src" / "scribe"
VOCABULARIES = tuple(SOURCES / "vocabulary" / f"{name}.json" for name in ("drugs", "conditions"))


class ChecksError(NodeError):
    """A request that the checks did not answer."""


class Checks(NodeProcess):
    """One process of the checks; a context manager, for one thread at a time.

    Args:
        timeout: seconds that one answer may take.
        command: the program and its arguments, for tests.
    """

    title: ClassVar[str] = "clinical checks"
    error: ClassVar[type[NodeError]] = ChecksError

    def __init__(self, *, timeout: float = 120, command: Sequence[str] | None = None) -> None:
        super().__init__([*(command or (find_node(), str(COMMAND)))], timeout)

    def statements(self, note: str) -> list[dict[str, Any]]:
        """The note's statements: {text, start, end, section}, with UTF-16 offsets."""
        return self.ask("statements", note=note)["statements"]

    def check(
        self, dialogue: Sequence[Turn], note: str | Sequence[str], reference: str | None = None
    ) -> dict[str, Any]:
        """Every statement's verdict, and what the note leaves out.

        Args:
            dialogue: the visit.
            note: a note, or its statements alone.
            reference: another note of the visit; omissions are then what both it and the visit
                hold. Without, they are what was said.

        Returns:
            {statements: [{text, start, end, section, verdict, severity, kind, reason, turns,
            contradicting, claims}], omissions: [{kind, text, turns}]}
        """
        turns = [asdict(turn) for turn in dialogue]
        given = note if isinstance(note, str) else [*note]
        return self.ask("check", dialogue=turns, note=given, reference=reference)

    def links(
        self, dialogue: Sequence[Turn], note: str, weights: Mapping[str, float]
    ) -> list[dict[str, Any]]:
        """What the links of a note's statements are chosen by.

        Args:
            dialogue: the visit.
            note: its note.
            weights: of the features, for the one that depends on them.

        Returns:
            [{start, end, turns: [{feature: value}]}], with UTF-16 offsets
        """
        turns = [asdict(turn) for turn in dialogue]
        return self.ask("links", dialogue=turns, note=note, weights=dict(weights))["statements"]


def missing() -> str | None:
    """What the checks lack here to run, as a sentence; None when nothing."""
    if not COMMAND.exists():
        return f"There is no {COMMAND.relative_to(ROOT)}."
    if not all(path.exists() for path in VOCABULARIES):
        return "Their word lists are not made yet; `python -m model_build vocabulary` does it."
    return None


def checks_digest() -> str:
    """SHA-256 over the checks' sources and word lists: what decides their verdicts."""
    digest = hashlib.sha256()
    files = [*SOURCES.glob("checks/**/*"), *VOCABULARIES, SOURCES / "transcript.ts"]
    for path in sorted(path for path in files if path.is_file()):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\n")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def utf16_length(text: str) -> int:
    """How many UTF-16 units a text has, as the checks' offsets count."""
    return len(text.encode("utf-16-le")) // 2
