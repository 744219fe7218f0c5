"""The turns of a visit while it is spoken, with marks in them.

Marks are kept in the text as MARK_OPEN ids MARK_BAR words MARK_CLOSE until the turns are finished;
an id is the place of a truth in `Script.truths`. What nobody says is never marked, and what is not
marked does not reach the note.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..encounter import Truth

MARK_OPEN, MARK_BAR, MARK_CLOSE = "\ue001", "\ue002", "\ue003"


@dataclass
class Script:
    """The turns, with marks, and the truths that the marks point at."""

    turns: list[tuple[str, str]] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def say(self, who: str, text: str) -> None:
        """A turn, or more of the last one if its speaker goes on."""
        text = sentence(text)
        if not text:
            return
        if self.turns and self.turns[-1][0] == who:
            self.turns[-1] = (who, f"{self.turns[-1][1]} {text}")
        else:
            self.turns.append((who, text))

    def mark(self, truths: Iterable[Truth], words: str) -> str:
        """The words, marked as stating the truths."""
        places = []
        for truth in truths:
            truth.said = True
            if truth not in self.truths:
                self.truths.append(truth)
            places.append(str(self.truths.index(truth)))
        return f"{MARK_OPEN}{','.join(places)}{MARK_BAR}{words.strip(' .?!,')}{MARK_CLOSE}"


def sentence(text: str) -> str:
    """The text with a mark of punctuation at its end."""
    text = text.strip().lstrip(",. ")
    return text if not text or text[-1] in ".?!:-" else f"{text}."
