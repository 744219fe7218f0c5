"""The note's form: its sections, repetition, what it copies, its length, how it was made."""

import re
from collections.abc import Sequence

from model_build.data import read_lines
from model_build.data.sections import has_headings, soap_bodies

from .base import Column, Item, Measure, Progress, Values

CHAIN = 8
_WORD = re.compile(r"[^\W_]+(?:['.,/-][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation around them."""
    return _WORD.findall(text.lower())


def repeated_chains(note: Sequence[str], length: int = CHAIN) -> tuple[int, int]:
    """Chains of at least `length` words that stood in the note before.

    Returns:
        How many there are, each as long as it can be, and how many words lie in them.
    """
    seen: set[tuple[str, ...]] = set()
    covered = [False] * len(note)
    chains, inside = 0, False
    for start in range(len(note) - length + 1):
        chain = tuple(note[start : start + length])
        repeated = chain in seen
        if repeated:
            covered[start : start + length] = [True] * length
            chains += not inside
        inside = repeated
        seen.add(chain)
    return chains, sum(covered)


def copied_share(note: Sequence[str], transcript: Sequence[str], length: int = CHAIN) -> float:
    """Share of the note's words in chains of `length` words that the transcript holds, 0-1."""
    if not note:
        return 0.0
    there = {tuple(transcript[i : i + length]) for i in range(len(transcript) - length + 1)}
    covered = [False] * len(note)
    for start in range(len(note) - length + 1):
        if tuple(note[start : start + length]) in there:
            covered[start : start + length] = [True] * length
    return sum(covered) / len(note)


def empty_headings(note: str) -> int:
    """Headings of known parts with nothing below them before the next heading."""
    empty, open_heading = 0, False
    for line in read_lines(note):
        if line.is_heading:
            empty += open_heading
            open_heading = True
        elif line.text.strip():
            open_heading = False
    return empty + open_heading


class Form(Measure):
    """Counts that need no model."""

    name = "form"

    def columns(self) -> dict[str, Column]:
        """See the labels."""
        return {
            "sections_present": Column("Sections with text (of S, O, A, P)", "higher", "count"),
            "sections_missing": Column("Sections only the reference has", "lower", "count"),
            "without_headings": Column("Notes without any heading", "lower", "share"),
            "headings_empty": Column("Headings with nothing below", "lower", "count"),
            "sections_cut": Column("Sections cut by the length limit", "lower", "count"),
            "repeated_chains": Column(f"Repeated {CHAIN}-word chains", "lower", "count"),
            "repeated_share": Column("Words in repeated chains", "lower", "share"),
            "copy_rate": Column(f"Words in {CHAIN}-word chains of the transcript", None, "share"),
            "length_ratio": Column("Words against the reference", None, "ratio"),
            "empty": Column("Notes that are empty", "lower", "share"),
            "seconds": Column("Seconds to write the note", "lower", "seconds"),
        }

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Counts per note, shares from 0 to 1."""
        scored = []
        for item in items:
            scored.append(_form(item))
            progress(1)
        return scored


def _form(item: Item) -> Values:
    prediction = item.prediction
    note = words(prediction.note)
    headed = has_headings(prediction.note)
    parts = {name for name, text in soap_bodies(prediction.note).items() if text and headed}
    wanted = {name for name, text in soap_bodies(item.pair.note).items() if text}
    comparable = item.pair.section is None and has_headings(item.pair.note)
    chains, repeated = repeated_chains(note)
    states = prediction.states
    return {
        "sections_present": len(parts),
        "sections_missing": len(wanted - parts) if comparable else None,
        "without_headings": float(not headed),
        "headings_empty": empty_headings(prediction.note),
        "sections_cut": sum(s == "limit" for s in states.values()) if states else None,
        "repeated_chains": chains,
        "repeated_share": repeated / len(note) if note else 0.0,
        "copy_rate": copied_share(note, words(item.pair.transcript)),
        "length_ratio": len(note) / max(1, len(words(item.pair.note))),
        "empty": float(not note),
        "seconds": prediction.seconds,
    }
