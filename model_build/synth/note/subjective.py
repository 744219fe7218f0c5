"""The note's history: complaint, story, past, drugs, allergies, review of systems."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..encounter import SUBJECT, Background, Medication, Problem
from ..grammar import list_words
from .base import Line, Said, Writing, lower_title

_ROS_ORDER = (
    "Constitutional", "Eyes", "Ears, Nose, Mouth and Throat", "Cardiovascular", "Respiratory",
    "Gastrointestinal", "Genitourinary", "Musculoskeletal", "Integumentary", "Neurological",
    "Psychiatric", "Endocrine", "Hematologic",
)  # fmt: skip


class Subjective(Writing):
    """The subjective sections."""

    def _cc(self) -> list[Line]:
        e = self.e
        truth = e.complaint
        np = (
            re.sub(r"^(evaluation of|concern for) ", "", e.complaint_np)
            if self._chance(0.5)
            else e.complaint_np
        )
        return [Line([self._state(np, truth)])]

    def _opening(self) -> Said:
        """Who the patient is, with what history, and why they come, as far as it was said."""
        e, d = self.e, self.e.demographic
        known = [p for p in e.problems[1:] if p.truth.said] if self._chance(0.7) else []
        past = [b for b in e.past if b.truth.said] if known or self._chance(0.5) else []
        if not self.style.history_in_hpi and self._chance(0.7):
            past = []
        names = [lower_title(p) for p in known] + [b.written for b in past]
        truths = [*(p.truth for p in known), *(b.truth for b in past), e.complaint]
        history = self._rule("n_history", x=list_words(names, "and")) if names else ""
        np = e.complaint_np
        # 'presents for a follow-up', never 'with' one
        checkup = re.search(r"follow-up|evaluation|check|visit|physical", np)
        if not d.said:
            verb = self._rule("n_comes")
            join = "for" if checkup else self.rng.choice(("for", "with", "for evaluation of"))
            return self._state(_one_space(f"The patient {history} {verb} {join} {np}"), *truths)
        name = d.value.get("name", "")
        who = name if name and self._chance(0.75) else "The patient"
        age = d.value["age"]
        if "sex" not in d.value:
            middle = f"{history}, and" if history else "and"
            text = f"{who} is {age} years old {middle} presents today for {np}"
            return self._state(text, d, *truths)
        presents = self._rule("n_presents")
        if checkup:
            presents = re.sub(r"(with|for evaluation of)$", "for", presents)
        comma = "," if history and self._chance(0.5) else ""
        noun = d.text.split()[-1]
        text = f"{who} is {article(age)} {age}-year-old {noun} {history}{comma} {presents} {np}"
        return self._state(_one_space(text), d, *truths)

    def _who(self) -> str:
        d = self.e.demographic
        if "sex" not in d.value:
            return f"{SUBJECT} is {d.text}"
        return (
            f"{SUBJECT} is {article(d.value['age'])} {d.value['age']}-year-old {d.text.split()[-1]}"
        )

    def _history(self, problem: Problem) -> list[Said]:
        """What the patient says of a problem, as sentences."""
        story = [self._state(i.written, i.truth) for i in self._said(problem.story)]
        present = [s for s in problem.symptoms if s.present and s.truth.said]
        absent = [s for s in problem.symptoms if not s.present and s.truth.said]
        made = list(story[:2]) if self._chance(0.6) else []
        rest = story[len(made) :]
        while present:
            group, present = present[:3], present[3:]
            if len(group) > 1 and self._chance(0.35):
                present = group[1:] + present
                group = group[:1]
            made.append(self._symptoms(group, True))
        made += rest
        if absent:
            made.append(self._symptoms(absent, False))
        return made

    def _takes(self, meds: Sequence[Medication]) -> list[Said]:
        said = [m for m in meds if m.truth.said]
        if not said:
            return []
        drugs = list_words([self._drug(m) for m in said], "and")
        text = f"{self.c.choose_text('n_takes')} {drugs}"
        return [self._state(text, *[m.truth for m in said])]

    def _hpi(self) -> list[Line]:
        e = self.e
        lines = [Line([self._opening()])]
        for problem in e.problems:
            sentences = self._history(problem)
            if "medications" not in self.style.sections or self._chance(0.4):
                takes = self._takes(problem.home)
                at = self.rng.choice((len(sentences), len(sentences) // 2))
                sentences[at:at] = takes
            if not problem.primary and sentences:
                sentences[0] = self._regarding(problem, sentences[0])
            if sentences:
                gap = not (problem.primary and self._chance(0.3))
                if gap:
                    lines.append(Line(sentences, gap=True))
                else:
                    lines[-1].statements += sentences
        return lines

    def _regarding(self, problem: Problem, said: Said) -> Said:
        text, truths = said
        if SUBJECT not in text or text.index(SUBJECT) > 0:
            return said
        lead = self.c.choose_text("n_regarding")
        extra = (problem.truth,) if problem.truth.said else ()
        self.covered.add(id(problem.truth))
        told = text.replace(SUBJECT, self.e.person.pronoun("she") or "", 1)
        return (f"{lead} {lower_title(problem)}, {told}", truths + extra)

    def _subjective(self) -> list[Line]:
        made = self._hpi()
        lines = [Line([said for line in made for said in line.statements])]
        e = self.e
        past = [b for b in e.past if b.truth.said and id(b.truth) not in self.covered]
        if past:
            lines.append(
                Line(
                    [
                        self._state(
                            list_words([b.written for b in past], "and"), *[b.truth for b in past]
                        )
                    ],
                    "PMH: ",
                )
            )
        surgeries = [b for b in e.surgeries if b.truth.said]
        if surgeries:
            lines.append(
                Line([self._state(self._with_date(b), b.truth) for b in surgeries], "PSH: ")
            )
        meds = [m for m in e.all_meds() if m.truth.said and id(m.truth) not in self.covered]
        if meds:
            lines.append(Line([self._state(self._drug(m), m.truth) for m in meds], "Medications: "))
        lines += self._allergies("Allergies: ")
        return lines

    def _with_date(self, b: Background) -> str:
        when = b.truth.value.get("date", "")
        return f"{b.written} {when}".strip()

    def _past(self) -> list[Line]:
        e = self.e
        past = [b for b in e.past if b.truth.said]
        known = [
            p for p in e.problems if p.condition.chronic and p.truth.said and self._chance(0.6)
        ]
        if self.style.name == "past history":
            lines = [Line([self._state(b.written, b.truth)]) for b in past]
            lines += [Line([self._state(lower_title(p), p.truth)]) for p in known]
            if lines:
                lines.insert(0, Line([], "Medical:"))
            surgeries = [b for b in e.surgeries if b.truth.said]
            if surgeries:
                lines.append(Line([], "Surgical:", gap=bool(lines)))
                lines += [Line([self._state(self._with_date(b), b.truth)]) for b in surgeries]
            return lines
        names = [(b.written, b.truth) for b in past] + [(lower_title(p), p.truth) for p in known]
        if not names:
            return []
        if self.style.name == "section list":
            text = f"Patient reports history of {list_words([n for n, _ in names], 'and')}"
            return [Line([self._state(text, *[t for _, t in names])])]
        if self.style.name in ("clinic", "short letters"):
            return [Line([self._state(n, t)], self.style.bullet) for n, t in names]
        return [
            Line(
                [
                    self._state(
                        f"{SUBJECT} has a history of {list_words([n for n, _ in names], 'and')}",
                        *[t for _, t in names],
                    )
                ]
            )
        ]

    def _surgical(self) -> list[Line]:
        said = [b for b in self.e.surgeries if b.truth.said]
        if not said:
            return []
        if self.style.name == "clinic":
            return [
                Line([self._state(self._with_date(b), b.truth)], self.style.bullet) for b in said
            ]
        text = f"Patient reports history of {list_words([self._with_date(b) for b in said], 'and')}"
        return [Line([self._state(text, *[b.truth for b in said])])]

    def _surgery_text(self, b: Background) -> str:
        return self._rule("n_surgery", x=self._with_date(b))

    def _social(self) -> list[Line]:
        said = [b for b in self.e.social if b.truth.said]
        if not said:
            return []
        if self.style.name == "past history":
            return [Line([self._state(f"{b.written}", b.truth)]) for b in said]
        return [Line([self._state(f"{SUBJECT} {b.written}", b.truth) for b in said])]

    def _family(self) -> list[Line]:
        said = [b for b in self.e.family if b.truth.said]
        if self.style.name == "past history":
            return [Line([self._state(self._family_text(b), b.truth)]) for b in said]
        return [Line([self._state(self._family_text(b), b.truth) for b in said])] if said else []

    def _family_text(self, b: Background) -> str:
        rule = "n_family_event" if b.ask == "v" else "n_family"
        return self._rule(rule, person=b.detail.partition("~")[0], x=b.written)

    def _medications(self) -> list[Line]:
        said = [m for m in self.e.all_meds() if m.truth.said]
        if not said:
            return []
        if self.style.name == "section list" or (
            self.style.name == "prose plan" and self._chance(0.5)
        ):
            text = f"Patient reports taking {list_words([self._drug(m) for m in said], 'and')}"
            return [Line([self._state(text, *[m.truth for m in said])])]
        bullet = self.style.bullet if self.style.name in ("clinic", "short letters") else ""
        return [Line([self._state(self._drug(m), m.truth)], bullet) for m in said]

    def _allergies(self, lead: str = "") -> list[Line]:
        e = self.e
        if e.no_allergies and e.no_allergies.said:
            return [
                Line(
                    [
                        self._state(
                            self.rng.choice(
                                (
                                    "No known drug allergies",
                                    "No known allergies to medications",
                                    "NKDA",
                                )
                            ),
                            e.no_allergies,
                        )
                    ],
                    lead,
                )
            ]
        made = []
        for b in e.allergies:
            if b.truth.said:
                reaction = b.truth.value.get("reaction")
                made.append(
                    self._state(f"{b.written}, {reaction}" if reaction else b.written, b.truth)
                )
        return [Line([m], lead) for m in made] if not lead else ([Line(made, lead)] if made else [])

    def _allergy_text(self, b: Background) -> str:
        reaction = b.truth.value.get("reaction")
        tail = f", which causes {reaction}" if reaction else ""
        return self._rule("n_allergic", x=b.written + tail)

    def _ros(self) -> list[Line]:
        seen = [s for p in self.e.problems for s in p.symptoms if s.truth.said]
        seen += [s for s in self.e.denied if s.truth.said]
        yes_word, no_word = {
            "Endorses": ("Endorses", "Denies"),
            "Reports": ("Reports", "Denies"),
            "Positive for": ("Positive for", "Negative for"),
        }[self.style.ros]
        lines = []
        for system in _ROS_ORDER:
            here = [s for s in seen if s.symptom.system == system]
            yes = [s for s in here if s.present]
            no = [s for s in here if not s.present]
            statements = []
            for word, group, join in ((yes_word, yes, "and"), (no_word, no, "or")):
                if group:
                    words = [self.c.write(s.symptom.np) for s in group]
                    statements.append(
                        self._state(f"{word} {list_words(words, join)}", *[s.truth for s in group])
                    )
            if statements:
                bullet = "• " if self.style.ros == "Endorses" else ""
                lines.append(Line(statements, f"{bullet}{system}: "))
        return lines


def article(number: str) -> str:
    """The article before a number of years: 'an 8-year-old', 'a 54-year-old'."""
    return "an" if number[0] == "8" or number in ("11", "18") else "a"


def _one_space(text: str) -> str:
    return re.sub(r" +", " ", text)
