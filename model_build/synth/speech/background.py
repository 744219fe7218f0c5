"""Allergies, past illnesses, operations, family and life: asked for, or read from the chart."""

from __future__ import annotations

from collections.abc import Sequence

from ..encounter import Background
from ..grammar import list_words
from .drugs import DrugTalk
from .talk import Exchange


class BackgroundTalk(DrugTalk):
    """Talk of what belongs to the patient beside the problems."""

    def background(self) -> list[Exchange]:
        """What is asked of the patient's history, in any order, or read from the chart."""
        e, rng = self.e, self.rng
        if self.chance(0.35):
            return [self.recap, *([self.social] if e.social else [])]
        acts: list[Exchange] = []
        allergies = [a.truth for a in e.allergies] + ([e.no_allergies] if e.no_allergies else [])
        if allergies and not any(truth.said for truth in allergies):
            acts.append(lambda: self.allergies("doctor"))
        past = [b for b in e.past if not b.truth.said]
        if past:
            acts.append(lambda: self.past(past))
        if e.surgeries or self.chance(0.12):
            acts.append(self.surgeries)
        if e.family or self.chance(0.1):
            acts.append(self.family)
        if e.other_meds:
            acts.append(self.more_meds)
        if e.social:
            acts.append(self.social)
        rng.shuffle(acts)
        return acts

    def recap(self) -> None:
        """The doctor reads the history from the chart, and the patient says whether it is right."""
        e = self.e
        lines: list[str] = []
        past = [b for b in e.past if not b.truth.said]
        if past:
            names = [self.mark(b.truth, self.spoken(b.written.lower())) for b in past]
            lines.append(self.rule("r_past", x=list_words(names)))
        for b in e.surgeries:
            name = self.mark(b.truth, self.spoken(b.written.lower()))
            when = self.mark(b.truth, b.detail) if b.detail else ""
            lines.append(self.rule("r_surgery", x=article(b.written) + name, when=when))
        for b in e.allergies:
            if not b.truth.said:
                lines.append(self._recap_allergy(b))
        if e.no_allergies and not e.no_allergies.said:
            lines.append(self.mark(e.no_allergies, self.rule("r_no_allergy")))
        if e.other_meds:
            names = [self.mark(m.truth, self.drug_words(m)) for m in e.other_meds]
            lines.append(self.words("(you also take|and you're on) {x}", x=list_words(names)))
        if not lines:
            return
        self.d(
            f"{self.ack(0.4)} {self.rule('d_recap')} {' , '.join(lines[:2])}"
            + "".join(f". {line}" for line in lines[2:])
        )
        self.d(self.rule("d_recap_end"))
        self.p(self.rule("p_recap"))

    def _recap_allergy(self, b: Background) -> str:
        what = self.mark(b.truth, b.written.lower())
        name = b.truth.value.get("reaction")
        if not name:
            return self.rule("r_allergy", x=what, reaction="")
        how = self.words(
            "(, it gives you|and you get|, reaction is) {x}", x=self.mark(b.truth, name)
        )
        return self.rule("r_allergy", x=what, reaction=how)

    def allergies(self, who: str) -> None:
        """Allergies, asked for by the doctor or the nurse."""
        say = self.script.say
        say(who, self.rule("d_allergies"))
        if self.e.no_allergies:
            self.p(self.mark(self.e.no_allergies, self.rule("p_no_allergies")))
            return
        for i, allergy in enumerate(self.e.allergies):
            if i:
                self.script.say(who, "anything else?")
            self.p(self.rule("p_allergy", x=self.mark(allergy.truth, allergy.said)))
            if allergy.detail:
                if self.chance(0.3):
                    say(who, self.rule("d_reaction"))
                how = allergy.detail
                if how.split()[0] in ("my", "it", "i"):
                    self.p(self.mark(allergy.truth, how))
                else:
                    self.p(self.rule("p_allergy_reaction", x=self.mark(allergy.truth, how)))

    def past(self, past: Sequence[Background]) -> None:
        """Past illnesses."""
        self.ask(self.rule("d_past"), 0.2)
        said = [self.mark(b.truth, b.said) for b in past]
        words = list_words(said)
        had = past[0].said.startswith(
            ("a ", "rheumatic", "gestational", "shingles", "kidney stones")
        )
        self.p(self.rule("p_past_had" if had else "p_past", x=words))

    def surgeries(self) -> None:
        """Past operations."""
        self.ask(self.rule("d_surgery"), 0.2)
        if not self.e.surgeries:
            self.p(self.rule("p_no_surgery"))
            return
        for i, b in enumerate(self.e.surgeries):
            if i:
                self.d(self.words("(okay|mm-hmm) , (any others|anything else)?"))
            what = self.mark(b.truth, b.said)
            when = self.mark(b.truth, b.detail) if b.detail else ""
            self.p(self.rule("p_surgery", x=what, when=when))

    def family(self) -> None:
        """Illnesses in the family."""
        hint = self.rng.choice(
            ("diabetes", "heart disease", "cancer", "thyroid problems", "anything like this")
        )
        self.ask(self.rule("d_family", x=hint), 0.2)
        if not self.e.family:
            self.p(self.rule("p_no_family"))
            return
        for b in self.e.family:
            name, _, how = b.detail.partition("~")
            relative = (how or name).removeprefix("my ")
            relative = {
                "mother": self.rng.choice(("mother", "mom")),
                "father": self.rng.choice(("father", "dad")),
            }.get(relative, relative)
            kind = "p_family_v" if b.ask == "v" else "p_family_1"
            made = self.rule(kind, rel=relative, x=b.said)
            self.p(self.mark(b.truth, made))
            self.d(self.rule("d_ack"))

    def more_meds(self) -> None:
        """What is taken for no problem of this visit."""
        self.ask(self.rule("d_list_meds"), 0.2)
        self.p(self.rule("p_i_take", x=list_words([self.take(m) for m in self.e.other_meds])))

    def social(self) -> None:
        """Work, home and habits, one or two at a time."""
        lead = self.rule("d_social")
        waiting = list(self.e.social)
        while waiting:
            asked = [waiting.pop(0)]
            if waiting and self.chance(0.4):
                asked.append(waiting.pop(0))
            questions, answers = [], []
            for b in asked:
                assert b.context is not None
                question = b.context.say(b.ask) if b.ask else self.rule("d_work")
                questions.append(f"{self.mark(b.truth, question.rstrip('?'))}?")
                answers.append(self.mark(b.truth, b.context.say(b.said)))
            between = f". {self.rule('p_go_on')} "
            self.d(f"{lead} {' and '.join(questions)}")
            self.p(between.join(answers))
            self.chat("patient", "p_fluff", 0.3)
            lead = self.ack(0.5) if self.chance(0.7) else "and"


def article(name: str) -> str:
    """The article of an operation's name."""
    if name.startswith(("bilateral", "coronary", "pacemaker", "wisdom")):
        return ""
    return "an " if name[0] in "aeiou" else "a "
