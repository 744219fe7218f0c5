"""A visit's transcript as turns, and back to text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# The same labels that the scribe takes for speakers: `[doctor] …`, or `Doctor: …` with at most
# three words.
_SPEAKER = re.compile(
    r"[ \t]*(?:\[(?P<tag>[^\]\n]{1,40})\]"
    r"|(?P<name>[A-Za-z][\w.'-]*(?: [\w.'-]+){0,2}):(?=\s|$))[ \t]*"
)


@dataclass(frozen=True)
class Turn:
    """What one person said: `speaker` in lower case ('doctor', 'patient', …), '' if unnamed."""

    speaker: str
    text: str


def split_turns(transcript: str) -> list[Turn]:
    """The turns of a transcript, in order; nothing that was said is lost.

    A line that names a speaker begins a turn, and lines without a name after it belong to it.
    Where no line names one, every line is a turn. Blank lines go.
    """
    lines = [line.rstrip() for line in re.split(r"\r\n?|\n", transcript) if line.strip()]
    labels = [_SPEAKER.match(line) for line in lines]
    named = any(labels)
    turns: list[Turn] = []
    for line, label in zip(lines, labels, strict=True):
        if label:
            speaker = (label["tag"] or label["name"]).strip().lower()
            turns.append(Turn(speaker, line[label.end() :]))
        elif named and turns:
            last = turns.pop()
            turns.append(Turn(last.speaker, f"{last.text}\n{line}" if last.text else line))
        else:
            turns.append(Turn("", line.strip()))
    return turns


def join_turns(turns: Iterable[Turn]) -> str:
    """The transcript in ACI-Bench's form: a line `[speaker] text` for each turn."""
    return "\n".join(f"[{t.speaker}] {t.text}".rstrip() if t.speaker else t.text for t in turns)
