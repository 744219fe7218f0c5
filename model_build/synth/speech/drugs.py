"""What the patient takes, as it comes up: confirmed, listed, corrected, the dose asked for."""

from __future__ import annotations

from ..encounter import Medication, Problem
from ..grammar import list_words
from .talk import Talk


class DrugTalk(Talk):
    """Talk of drugs."""

    def drug_words(self, m: Medication) -> str:
        """A drug as somebody says it, with its dose and frequency where they are known."""
        name = m.called.lower()
        if not m.with_dose:
            return name
        amount = self.dose_words(m.regimen.dose)
        often = self.c.say(m.frequency.say)
        course = f" {self.spoken(m.course)}" if m.course else ""
        if m.regimen.dose[0].isdigit() and self.chance(0.12):
            return f"{amount} of {name} {often}{course}"
        comma = self.rng.choice((" ", " ", ", "))
        return f"{name}{comma}{amount} {often}{course}"

    def dose_words(self, dose: str) -> str:
        """A dose as somebody says it, now and then without 'milligrams'."""
        said = self.spoken(dose)
        amount, _, unit = said.rpartition(" ")
        plain = amount and unit in ("milligrams", "milligram", "mg") and self.chance(0.14)
        return amount if plain else said

    def home(self, problem: Problem) -> None:
        """What is taken for a problem, in one of the ways in which it comes up."""
        meds = list(problem.home)
        way = self.rng.choice(("confirm", "confirm", "list", "each", "dose"))
        if way == "confirm":
            for m in meds:
                self.confirm(m)
        elif way == "list":
            self.ask(self.rule("d_what_take"), 0.2)
            self.p(self.rule("p_i_take", x=list_words([self.take(m) for m in meds])))
            if self.chance(0.3):
                self.d(self.rule("d_ack"))
        elif way == "each":
            self.ask(self.rule("d_what_take"), 0.2)
            for i, m in enumerate(meds):
                if i:
                    self.d(self.words("(okay|mm-hmm) , (and what else|anything else)?"))
                self.p(self.rule("p_i_take", x=self.take(m)))
        else:
            for m in meds:
                self.dose_later(m)

    def amount_words(self, m: Medication) -> str:
        """Dose and frequency as somebody says them."""
        return f"{self.dose_words(m.regimen.dose)} {self.c.say(m.frequency.say)}"

    def take(self, m: Medication) -> str:
        """The patient's words for a drug, now and then with a dose taken back or of old."""
        name, other = m.called.lower(), self.other_dose(m)
        if other and self.chance(self.manner.correct):
            slip = self.mislead(
                self.spoken(other),
                f"{m.drug.name} {other}, said by mistake",
                name=m.drug.name,
                dose=other,
            )
            right = self.mark(m.truth, self.amount_words(m))
            return f"{self.mark(m.truth, name)} {slip} , {self.rule('fix')} {right}"
        said = self.mark(m.truth, self.drug_words(m))
        if other and self.chance(0.1):
            old = self.mislead(
                self.spoken(other),
                f"earlier dose of {m.drug.name} {other}",
                name=m.drug.name,
                dose=other,
            )
            return f"{said} , {self.rule('p_used_to', x=old)}"
        return said

    def other_dose(self, m: Medication) -> str | None:
        """Another usual dose of a drug whose dose is said."""
        doses = [r.dose for r in m.drug.take if r.dose != m.regimen.dose and r.dose[0].isdigit()]
        return self.rng.choice(doses) if doses and m.with_dose else None

    def confirm(self, m: Medication) -> None:
        """The doctor names a drug, and the patient confirms it or puts its dose right."""
        other = self.other_dose(m)
        if not other or not self.chance(self.manner.correct):
            self.ask(self.rule("d_still_on", x=self.mark(m.truth, self.drug_words(m))), 0.1)
            self.p(self.mark(m.truth, self.rule("p_still")))
            return
        wrong = self.mislead(
            self.spoken(other),
            f"{m.drug.name} {other} on an old list",
            name=m.drug.name,
            dose=other,
        )
        name = self.mark(m.truth, m.called.lower())
        self.ask(self.rule("d_still_on", x=f"{name} {wrong}"), 0.1)
        self.p(self.rule("p_put_right", x=self.mark(m.truth, self.amount_words(m))))
        self.d(self.words("(okay|alright) , (i'll fix that|i'll update (the list|that)|thanks)"))

    def dose_later(self, m: Medication) -> None:
        """The name first, the dose when asked for it."""
        self.ask(self.rule("d_what_take"), 0.2)
        self.p(self.rule("p_i_take", x=self.mark(m.truth, m.called.lower())))
        if not m.with_dose:
            return
        amount = self.mark(m.truth, self.amount_words(m))
        if self.chance(0.6):
            self.ask(self.rule("d_how_dose"), 0.2)
            self.p(amount)
        else:
            self.d(self.rule("d_dose_is", x=amount))
            self.p(self.rule("p_mishear"))
