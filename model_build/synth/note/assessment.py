"""The note's assessment and plan."""

from __future__ import annotations

import re

from ..encounter import Medication, Problem
from .base import Line, Said
from .objective import Objective
from .subjective import Subjective


class Assessment(Subjective, Objective):
    """The sections on what is thought and done."""

    def _title(self, problem: Problem) -> Said:
        return self._state(problem.title, problem.truth)

    def _reasoning(self, problem: Problem) -> list[Said]:
        made = [self._state(i.written, i.truth) for i in self._said(problem.assess)]
        extra: list[Said] = []
        if self.style.sections.count("hpi") == 0 and self.style.sections.count("subjective") == 0:
            extra += self._history(problem)
        else:
            present = [s for s in problem.symptoms if s.present and s.truth.said]
            if present and self._chance(0.35):
                extra.append(self._symptoms(present[:3], True))
            told = self._said(problem.story)
            if told and self._chance(0.3):
                item = self.rng.choice(told)
                extra.append(self._state(item.written, item.truth))
        labs = [v for v in problem.labs if v.truth.said]
        if labs and self._chance(0.45):
            stated = " ".join(text for text, _ in made)
            fresh = [v for v in labs if v.written not in stated]
            if fresh:
                extra += self._lab(fresh[0], sentence=True)
        return extra + made if self._chance(0.6) else made + extra

    def _testing(self, problem: Problem) -> list[Said]:
        made = []
        for item in self._said(problem.order):
            lead = self.c.choose_text("n_order")
            np = item.written
            if lead in ("Order", "Ordered today:", "Will order") and self._chance(0.6):
                np = re.sub(r"^(a|an|the) ", "", np)
            made.append(
                self._state(f"{lead} {np}".replace("order repeat", "order a repeat"), item.truth)
            )
        return made

    def _treatment(self, problem: Problem) -> list[Said]:
        made = []
        homes = {m.drug.name: m for m in problem.home}
        for m in problem.drugs:
            if not m.truth.said:
                continue
            if m.action in ("increase", "decrease"):
                made.append(self._change(m, homes.get(m.drug.name)))
            else:
                lead = self.c.choose_text(f"n_{m.action}")
                made.append(self._state(f"{lead} {self._drug(m)}", m.truth))
        made += [self._state(i.written, i.truth) for i in self._said(problem.treat)]
        return made

    def _change(self, m: Medication, home: Medication | None) -> Said:
        """A new dose, now and then with the old one, if that was said."""
        to = f"{m.regimen.dose} {self.c.write(m.frequency.write)}"
        words = {"verb": m.action or "", "name": self._drug_name(m), "to": to}
        if home and home.truth.said and m.old and self._chance(0.35):
            text = self._rule("n_change_from", old=m.old.dose, **words)
            return self._state(text, m.truth, home.truth)
        return self._state(self._rule("n_change", **words), m.truth)

    def _referrals(self, problem: Problem) -> list[Said]:
        return [
            self._state(f"{self.c.choose_text('n_refer')} {i.written}", i.truth)
            for i in self._said(problem.refer)
        ]

    def _education(self, problem: Problem) -> list[Said]:
        return [
            self._state(f"{self.c.choose_text('n_teach')} {i.written}", i.truth)
            for i in self._said(problem.teach)
        ]

    def _plan_of(self, problem: Problem) -> list[Said]:
        return (
            self._treatment(problem)
            + self._testing(problem)
            + self._referrals(problem)
            + self._education(problem)
        )

    def _ap(self) -> list[Line]:
        lines: list[Line] = []
        if self.style.name == "problem bullets" and self.e.demographic.said and self._chance(0.45):
            lines.append(Line([self._opening()]))
        for i, problem in enumerate(self.e.problems):
            number = f"{i + 1}. " if self.style.numbered else ""
            lines.append(Line([self._title(problem)], number, gap=True))
            if self.style.labels:
                parts = [
                    ("Medical Reasoning", self._reasoning(problem)),
                    ("Additional Testing", self._testing(problem)),
                    ("Medical Treatment", self._treatment(problem)),
                    ("Specialist Referrals", self._referrals(problem)),
                    ("Patient Education and Counseling", self._education(problem)),
                ]
                if self._chance(0.3):
                    parts[1:] = self.rng.sample(parts[1:], 4)
                lines += [
                    Line(said, f"{self.style.bullet}{label}: ") for label, said in parts if said
                ]
            else:
                lines += [
                    Line([said], "• ") for said in self._reasoning(problem) + self._plan_of(problem)
                ]
        if self.style.agreement and self.e.agrees.said:
            lines.append(
                Line(
                    [self._state(self._agreement(), self.e.agrees)],
                    "Patient Agreements: ",
                    gap=True,
                )
            )
        return lines

    def _agreement(self) -> str:
        return self.c.choose_text("n_agree")

    def _assessment(self) -> list[Line]:
        lines = []
        for i, problem in enumerate(self.e.problems):
            lead = f"{i + 1}. " if self.style.numbered else "• "
            statements = [self._title(problem)]
            if self.style.terse or self._chance(0.4):
                statements += self._reasoning(problem)
            lines.append(Line(statements, lead))
        return lines

    _impression = _assessment

    def _plan(self) -> list[Line]:
        lines: list[Line] = []
        for i, problem in enumerate(self.e.problems):
            told = all(id(a.truth) in self.covered for a in self._said(problem.assess))
            sentences = ([] if told else self._reasoning(problem)) + self._plan_of(problem)
            if not sentences:
                continue
            if self.style.numbered and self.style.terse:
                lines.append(Line(sentences, f"{i + 1}. "))
            elif len(self.e.problems) > 1 and i and self._chance(0.6):
                lines.append(
                    Line([self._regarding(problem, sentences[0]), *sentences[1:]], gap=True)
                )
            else:
                lines.append(Line(sentences, gap=True))
        if "instructions" not in self.style.sections:
            lines += self._instructions()
        if self.e.agrees.said and self._chance(0.4) and lines:
            lines[-1].statements.append(self._state(self._agreement(), self.e.agrees))
        return lines

    def _instructions(self) -> list[Line]:
        truth = self.e.follow_up
        if not truth.said:
            return []
        when = self.e.follow_up_time.written
        text = self._rule("n_follow", x=when)
        return [Line([self._state(text, truth)], gap=True)]
