"""What is said and must stay out of the note: others' drugs and illnesses, errors, anecdotes."""

from __future__ import annotations

from ..tables import Drug
from .drugs import DrugTalk
from .talk import Exchange

_TESTS = (
    "a ct scan", "an m r i", "a stress test", "a biopsy", "an ultrasound", "a sleep study",
    "genetic testing", "a colonoscopy", "a bone scan", "a second opinion",
)  # fmt: skip
_CHART_ALLERGIES = ("sulfa", "penicillin", "latex", "codeine", "shellfish")
_ON_SKIN = ("cream", "gel", "drops", "ointment")


class Asides(DrugTalk):
    """Talk that misleads."""

    def choose_asides(self) -> list[Exchange]:
        """As many asides as this visit has."""
        kinds: list[Exchange] = [
            self.others_drug, self.others_drug, self.asked_drug, self.others_disease,
            self.chart_allergy, self.chart_drug, self.not_doing, self.anecdote, self.other_side,
            self.small_talk,
        ]  # fmt: skip
        return self.rng.sample(kinds, min(len(kinds), self.manner.misleading))

    def small_talk(self) -> None:
        """An exchange about nothing that belongs into the note."""
        self.exchange(self.rng.choice(self.talk["exchanges"]))

    def others_drug(self) -> None:
        """Somebody else takes a drug."""
        person, drug = self._outsider(), self._foreign_drug()
        told = f"{person} takes {drug.name}"
        said, answer = self.rng.choice(self.talk["others_drug"])
        self.exchange(
            ["p:" + said, answer],
            rel=person,
            drug=self.mislead(self._name(drug), told, name=drug.name, person=person),
            dose=self._dose(drug),
        )

    def asked_drug(self) -> None:
        """The patient asks for a drug, and does not get it."""
        drug = self._foreign_drug()
        told = f"{drug.name} was asked about, not given"
        said, answer = self.rng.choice(self.talk["asked_drug"])
        self.exchange(
            ["p:" + said, answer],
            rel=self._outsider(),
            drug=self.mislead(self._name(drug), told, name=drug.name, status="asked"),
        )

    def others_disease(self) -> None:
        """Somebody else has an illness."""
        person, disease = self._outsider(), self._foreign_disease()
        said, answer = self.rng.choice(self.talk["others_disease"])
        words = self.mislead(disease, f"{person} has {disease}", name=disease, person=person)
        self.exchange(["p:" + said, answer], rel=person, disease=words)

    def chart_allergy(self) -> None:
        """The chart has an allergy that the patient has not."""
        if self.e.allergies or self.e.no_allergies:
            self.others_drug()
            return
        name = self.rng.choice(_CHART_ALLERGIES)
        words = self.mislead(name, f"allergy to {name} in the chart by mistake", name=name)
        self.exchange(self.talk["chart_allergy"][0], rel=self._outsider(), x=words)

    def chart_drug(self) -> None:
        """The chart has a drug that the patient never took."""
        drug = self._foreign_drug()
        told = f"{drug.name} in the chart by mistake"
        name = self.mislead(self._name(drug), told, name=drug.name)
        self.exchange(self.talk["chart_drug"][0], drug=name, dose=self._dose(drug))

    def not_doing(self) -> None:
        """The doctor thinks of a test and decides against it."""
        what = self.rng.choice(_TESTS)
        planned = " ".join(o.written.lower() for p in self.e.problems for o in p.order + p.results)
        if what.split()[-1] in planned or "mri" in planned:
            return
        line = self.rng.choice(self.talk["not_doing"])
        words = self.mislead(what, f"{what} was considered, not ordered", name=what)
        self.exchange([line], x=words)
        self.p(self.rule("p_okay"))

    def anecdote(self) -> None:
        """The doctor speaks of another patient."""
        disease = self._foreign_disease()
        told = f"another patient has {disease}"
        words = self.mislead(disease, told, name=disease, person="another patient")
        self.exchange([self.rng.choice(self.talk["anecdote"])], disease=words)
        self.p(self.rule("p_okay"))

    def other_side(self) -> None:
        """The doctor names the wrong side, and the patient puts it right."""
        problem = self.e.problems[0]
        side = problem.context.slots.get("side")
        if side is None or side.written not in ("left", "right"):
            self.others_disease()
            return
        other = "left" if side.written == "right" else "right"
        told = f"the {other} side, said by mistake"
        self.exchange(
            self.rng.choice(self.talk["other_side"]),
            wrong=self.mislead(other, told, side=other),
            x=self.mark(problem.truth, side.written),
        )

    def _outsider(self) -> str:
        options = self.rng.choice(self.talk["outsiders"]).split("~")
        return options[0] if self.e.person.female else options[-1]

    def _foreign_drug(self) -> Drug:
        """A drug that this patient neither takes nor gets."""
        own = {m.drug.name for m in self.e.all_meds()}
        own |= {m.drug.name for p in self.e.problems for m in p.drugs}
        drugs = [d for d in self.tables.drugs.values() if d.form not in _ON_SKIN]
        return self.rng.choice([d for d in drugs if d.name not in own])

    def _name(self, drug: Drug) -> str:
        return self.rng.choice((drug.name, *drug.brands)).lower()

    def _dose(self, drug: Drug) -> str:
        """A usual dose of somebody else's drug, marked as misleading too."""
        regimen = self.rng.choice(drug.take)
        often = self.c.say(self.tables.frequencies[regimen.frequency].say)
        told = f"{drug.name} {regimen.dose} is not the patient's"
        return self.mislead(
            f"{self.spoken(regimen.dose)} {often}", told, name=drug.name, dose=regimen.dose
        )

    def _foreign_disease(self) -> str:
        """An illness, as people call it, that this patient has not."""
        own = {p.condition.group for p in self.e.problems}
        own |= {b.written for b in self.e.past}
        lines = []
        for line in self.tables.background["past"]:
            written, _, rest = line.partition(" = ")
            said, sex, _, group = (part.strip() for part in rest.split(";"))
            if sex == "any" and not {group, written.strip()} & own and said[:2] != "a ":
                lines.append(said.split("|")[0])
        return self.rng.choice(lines)
