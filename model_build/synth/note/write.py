"""The whole note, and what no section of its style holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from ..encounter import SUBJECT, Encounter, SymptomHere, Truth
from .assessment import Assessment
from .base import Line, Note, Said
from .style import HEADINGS, Style


def write_note(encounter: Encounter, rng: Random, style: Style) -> Note:
    """The note of an encounter of which some was said."""
    return Writer(encounter, rng, style).note()


class Writer(Assessment):
    """Writes a note of an encounter of which some was said."""

    def note(self) -> Note:
        """The sections of the style, and what it has no section for."""
        style = self.style
        sections: list[tuple[str, list[Line]]] = []
        for key in style.sections:
            sections.append((key, getattr(self, f"_{key}")()))
        self._leftovers(sections)
        blocks: list[str] = []
        statements: list[Said] = []
        for key, lines in sections:
            lines = [line for line in lines if line.statements or line.lead]
            if not lines:
                continue
            heading = style.headings.get(key, HEADINGS[key])
            body = []
            for i, line in enumerate(lines):
                finished = [
                    self._finish(text, first=not j) for j, (text, _) in enumerate(line.statements)
                ]
                statements += [
                    (text, truths)
                    for text, (_, truths) in zip(finished, line.statements, strict=True)
                ]
                if line.gap and i:
                    body.append("")
                body.append((line.lead + " ".join(finished)).rstrip())
            colon = ":" if style.colon else ""
            blocks.append("\n".join((f"{heading}{colon}", "", *body)))
        return Note(re.sub(r"\n{3,}", "\n\n", "\n\n".join(blocks)).strip(), statements, style.name)

    def _leftovers(self, sections: list[tuple[str, list[Line]]]) -> None:
        """What was said and matters, but that the style has no place for: into the history."""
        made: list[Said] = []
        self._rest(made, self.e.demographic, self._who)
        for b in self.e.social:
            self._rest(made, b.truth, lambda b=b: f"{SUBJECT} {b.written}")
        for b in self.e.past:
            self._rest(made, b.truth, lambda b=b: f"{SUBJECT} has a history of {b.written}")
        for b in self.e.surgeries:
            self._rest(made, b.truth, lambda b=b: self._surgery_text(b))
        for b in self.e.family:
            self._rest(made, b.truth, lambda b=b: self._family_text(b))
        for b in self.e.allergies:
            self._rest(made, b.truth, lambda b=b: self._allergy_text(b))
        if self.e.no_allergies:
            self._rest(made, self.e.no_allergies, lambda: f"{SUBJECT} has no known drug allergies")
        for m in self.e.all_meds():
            self._rest(
                made, m.truth, lambda m=m: f"{self.c.choose_text('n_takes')} {self._drug(m)}"
            )
        present: list[SymptomHere] = []
        absent: list[SymptomHere] = []
        for s in [s for p in self.e.problems for s in p.symptoms] + self.e.denied:
            if s.truth.said and id(s.truth) not in self.covered:
                (present if s.present else absent).append(s)
        if present:
            made.append(self._symptoms(present, True))
        if absent:
            made.append(self._symptoms(absent, False))
        for p in self.e.problems:
            for item in p.story:
                self._rest(made, item.truth, lambda i=item: i.written)
        if not made:
            return
        for key, lines in sections:
            if key in ("hpi", "subjective", "past"):
                lines.append(Line(made, gap=True))
                return
        sections.insert(1, ("hpi", [Line(made)]))

    def _rest(self, made: list[Said], truth: Truth, text: Callable[[], str]) -> None:
        if truth.said and id(truth) not in self.covered:
            made.append(self._state(text(), truth))
