"""Drugs of an encounter: what is taken, and what the plan changes."""

from __future__ import annotations

from ..tables import Drug, Regimen
from .base import Sampling
from .model import Medication, Problem, Truth


class DrugSampling(Sampling):
    """Draws drugs; none twice, none of a class twice, none against an allergy."""

    def _free_drug(self, names: str) -> Drug | None:
        choices = [self.tables.drugs[name.strip()] for name in names.split("|")]
        self.rng.shuffle(choices)
        for drug in choices:
            if (
                drug.name not in self.drug_names
                and drug.group not in self.drug_groups
                and drug.group not in self.ruled_out
            ):
                self.drug_names.add(drug.name)
                self.drug_groups.add(drug.group)
                return drug
        return None

    def _current(self, drug: Drug) -> Medication:
        rng = self.rng
        regimen = rng.choice(drug.take)
        with_dose = rng.random() < 0.88
        return self._medication(drug, regimen, "current", "takes", None, with_dose)

    def _medication(
        self,
        drug: Drug,
        regimen: Regimen,
        status: str,
        verb: str,
        action: str | None,
        with_dose: bool = True,
        old: Regimen | None = None,
        course: str = "",
    ) -> Medication:
        rng = self.rng
        called = rng.choice(drug.brands) if drug.brands and rng.random() < 0.25 else drug.name
        value = {"name": drug.name}
        text = f"{verb} {drug.name}"
        if old:
            text += " to"
        if with_dose:
            value |= {"dose": regimen.dose, "frequency": regimen.frequency}
            text += f" {regimen.dose} {regimen.frequency}"
        if course:
            text += f" {course}"
            value["duration"] = course
        value["status"] = status
        if called != drug.name:
            value["brand"] = called
        kind = "plan" if action in ("continue", "refill") else "medication"
        return Medication(
            Truth(kind, text, value),
            drug,
            regimen,
            self.tables.frequencies[regimen.frequency],
            action,
            old,
            course,
            called,
            with_dose,
        )

    def _plan_drugs(self, problem: Problem) -> None:
        touched: set[str] = set()
        keep = False
        for entry in self._entries(problem, "drugs"):
            verb, _, rest = entry.text.partition(" ")
            if verb == "start":
                names, _, options = rest.partition(";")
                drug = self._free_drug(names)
                if drug:
                    problem.drugs.append(self._start(problem, drug, options))
            elif verb == "continue":
                keep = True
            else:
                medication = self._change(problem, verb, rest.strip(), touched)
                if medication:
                    problem.drugs.append(medication)
        if keep:
            for medication in problem.home:
                if medication.drug.name not in touched and len(problem.drugs) < 4:
                    verb = "refill" if self.rng.random() < 0.15 else "continue"
                    with_dose = medication.with_dose and self.rng.random() < 0.6
                    made = self._medication(
                        medication.drug, medication.regimen, "current", verb, verb, with_dose
                    )
                    problem.drugs.append(_as_called(made, medication))

    def _start(self, problem: Problem, drug: Drug, options: str) -> Medication:
        parts = [part.strip() for part in options.split(";") if part.strip()]
        regimen = drug.take[0] if len(drug.take) < 3 or self.rng.random() < 0.7 else drug.take[1]
        course = ""
        for part in parts:
            if "|" in part and not part.startswith("for"):
                dose, _, frequency = part.partition("|")
                regimen = Regimen(dose.strip(), frequency.strip())
            else:
                course = problem.context.write(part)
        return self._medication(drug, regimen, "started", "start", "start", True, None, course)

    def _change(
        self, problem: Problem, verb: str, name: str, touched: set[str]
    ) -> Medication | None:
        for current in problem.home:
            drug = current.drug
            fits = not name or drug.name in name.split("|") or drug.group in name.split("|")
            if drug.name in touched or not fits:
                continue
            if verb == "stop":
                touched.add(drug.name)
                made = self._medication(
                    drug, current.regimen, "stopped", "stop", "stop", with_dose=False
                )
                return _as_called(made, current)
            step = drug.take.index(current.regimen) + (1 if verb == "increase" else -1)
            if not 0 <= step < len(drug.take):
                continue
            touched.add(drug.name)
            current.with_dose = True
            self._restate(current)
            made = self._medication(
                drug, drug.take[step], "changed", verb, verb, True, current.regimen
            )
            return _as_called(made, current)
        return None

    def _restate(self, medication: Medication) -> None:
        """The truth of a drug whose dose is said after all."""
        regimen = medication.regimen
        medication.truth.text = f"takes {medication.drug.name} {regimen.dose} {regimen.frequency}"
        medication.truth.value |= {"dose": regimen.dose, "frequency": regimen.frequency}

    def _other_meds(self) -> list[Medication]:
        rng = self.rng
        names = [
            "multivitamin", "fish oil", "melatonin", "vitamin D3", "loratadine", "aspirin",
            "magnesium", "acetaminophen", "cetirizine", "omeprazole", "biotin", "famotidine",
        ]  # fmt: skip
        made = []
        for _ in range(rng.choices((0, 1, 2), (0.6, 0.3, 0.1))[0]):
            drug = self._free_drug(rng.choice(names))
            if drug and (drug.name != "aspirin" or self.person.age > 50):
                made.append(self._current(drug))
        return made


def _as_called(made: Medication, current: Medication) -> Medication:
    """The plan speaks of a drug by the name that the patient uses."""
    made.called = current.called
    made.truth.value.pop("brand", None)
    if made.called != made.drug.name:
        made.truth.value["brand"] = made.called
    return made
