"""Lines and statements of a note, and what its sections share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from ..encounter import SUBJECT, Encounter, Medication, Problem, SaidItem, SymptomHere, Truth
from ..grammar import fill, list_words
from .style import Style

_UPPER = {"hctz": "HCTZ", "ptu": "PTU", "ddavp": "DDAVP", "z-pak": "Z-Pak", "proair": "ProAir"}

Said = tuple[str, tuple[Truth, ...]]
"""A statement's text and what it states."""


@dataclass
class Line:
    """A line of the note."""

    statements: list[Said]
    lead: str = ""
    gap: bool = False
    """Whether an empty line goes before it."""


@dataclass
class Note:
    """The finished text and its statements with their truths, in order."""

    text: str
    statements: list[Said]
    style: str


class Writing:
    """A note while it is written."""

    def __init__(self, encounter: Encounter, rng: Random, style: Style) -> None:
        self.e, self.rng, self.style = encounter, rng, style
        self.c = encounter.context
        self.covered: set[int] = set()
        """The truths that a statement states, by identity."""

    def _state(self, text: str, *truths: Truth) -> Said:
        """A statement; its truths need no other one."""
        for truth in truths:
            self.covered.add(id(truth))
        return (text, truths)

    def _rule(self, name: str, /, **slots: str) -> str:
        """A rule's wording as it is written, with these words for slots."""
        return fill(self.c.write, self.c.choose(name), slots)

    def _chance(self, p: float) -> bool:
        return self.rng.random() < p

    def _said(self, items: Iterable[SaidItem]) -> list[SaidItem]:
        return [i for i in items if i.truth.said]

    def _drug(self, m: Medication) -> str:
        name = self._drug_name(m)
        if not m.with_dose:
            return name
        course = f" {m.course}" if m.course else ""
        return f"{name} {m.regimen.dose} {self.c.write(m.frequency.write)}{course}"

    def _drug_name(self, m: Medication) -> str:
        """A drug by the name that was said for it; brands have capitals."""
        name = m.called
        return name if name == m.drug.name else _UPPER.get(name, name.capitalize())

    def _symptoms(self, group: Sequence[SymptomHere], present: bool) -> Said:
        words = [self.c.write(s.symptom.np) for s in group]
        lead = self.c.choose_text("n_reports" if present else "n_denies")
        return self._state(
            f"{lead} {list_words(words, 'and' if present else 'or')}", *[s.truth for s in group]
        )

    def _finish(self, text: str, first: bool) -> str:
        """A statement with its subject named, a capital and a full stop."""
        rng = self.rng

        def subject(_: re.Match[str]) -> str:
            if self.style.terse and rng.random() < 0.5:
                return "Pt"
            if rng.random() < (0.5 if first else 0.22):
                return "The patient"
            return self.e.person.pronoun("she") or "the patient"

        text = re.sub(SUBJECT, subject, text).strip()
        text = text[0].upper() + text[1:]
        return text if text[-1] in ".:?!" else f"{text}."


def lower_title(problem: Problem) -> str:
    """A problem's title within a sentence: lower case unless it is a name or an abbreviation."""
    title = problem.title
    first = title.split()[0]
    if first.isupper() or "'" in first or any(ch.isupper() for ch in first[1:]):
        return title
    return title[0].lower() + title[1:]
