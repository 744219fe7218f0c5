"""A structured encounter: the patient, the problems, and all that is true of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..grammar import Context, Value
from ..tables import Condition, Drug, Frequency, Item, Lab, Regimen, Symptom

SUBJECT = "\ue010"
"""Stands in written text for the patient as a sentence's subject, until the note is made."""


@dataclass(eq=False)
class Truth:
    """Something true, in the kinds and keys of the pairs' facts."""

    kind: str
    text: str
    value: dict[str, str] = field(default_factory=dict)
    said: bool = False


@dataclass
class Person:
    """The patient, and how the doctor calls them."""

    first: str
    last: str
    female: bool
    age: int
    called: str
    doctor: str

    def pronoun(self, name: str) -> str | None:
        """The words for slots such as {she}, {her} (possessive), {obj}; None for other slots."""
        he = {
            "she": "he", "her": "his", "obj": "him", "self": "himself", "he": "he", "his": "his",
            "him": "him", "himself": "himself",
        }  # fmt: skip
        she = {
            "she": "she", "her": "her", "obj": "her", "self": "herself", "he": "she", "his": "her",
            "him": "her", "himself": "herself",
        }  # fmt: skip
        return (she if self.female else he).get(name)


@dataclass
class SaidItem:
    """An entry of a table in this visit: its truth, wordings and the context of its slots."""

    truth: Truth
    item: Item
    context: Context
    written: str
    tag: str | None = None


@dataclass
class SymptomHere:
    truth: Truth
    symptom: Symptom
    present: bool


@dataclass
class Medication:
    """A drug that the patient takes, or that the plan speaks of.

    `action` is None for what is taken now, else start, increase, decrease, continue, stop, refill.
    """

    truth: Truth
    drug: Drug
    regimen: Regimen
    frequency: Frequency
    action: str | None = None
    old: Regimen | None = None
    course: str = ""
    called: str = ""
    with_dose: bool = True


@dataclass
class LabValue:
    truth: Truth
    lab: Lab
    written: str
    flag: str
    previous: str | None = None
    previous_truth: Truth | None = None


@dataclass
class Vital:
    truth: Truth
    name: str
    written: str
    unit: str


@dataclass
class Background:
    """Something from the past, the family or the life of the patient: see background.toml."""

    truth: Truth
    said: str
    written: str
    ask: str = ""
    detail: str = ""
    context: Context | None = None


@dataclass
class Problem:
    """A condition of this visit and all that is known of it."""

    condition: Condition
    state: str
    context: Context
    truth: Truth
    title: str
    spoken: str
    primary: bool
    complaint: Item | None = None
    symptoms: list[SymptomHere] = field(default_factory=list)
    story: list[SaidItem] = field(default_factory=list)
    home: list[Medication] = field(default_factory=list)
    exam: list[SaidItem] = field(default_factory=list)
    labs: list[LabValue] = field(default_factory=list)
    results: list[SaidItem] = field(default_factory=list)
    assess: list[SaidItem] = field(default_factory=list)
    treat: list[SaidItem] = field(default_factory=list)
    drugs: list[Medication] = field(default_factory=list)
    order: list[SaidItem] = field(default_factory=list)
    refer: list[SaidItem] = field(default_factory=list)
    teach: list[SaidItem] = field(default_factory=list)


@dataclass
class Encounter:
    """A visit before anybody speaks."""

    person: Person
    specialty: str
    problems: list[Problem]
    context: Context
    demographic: Truth
    complaint: Truth
    complaint_np: str
    vitals: list[Vital]
    normals: list[SaidItem]
    denied: list[SymptomHere]
    past: list[Background]
    surgeries: list[Background]
    allergies: list[Background]
    no_allergies: Truth | None
    family: list[Background]
    social: list[Background]
    follow_up: Truth
    follow_up_time: Value
    agrees: Truth
    other_meds: list[Medication]

    def all_meds(self) -> list[Medication]:
        """All that the patient takes when the visit begins."""
        return [m for p in self.problems for m in p.home] + self.other_meds


def with_unit(number: str, unit: str) -> str:
    return f"{number}{unit}" if unit[:1] in ("%", "°") else f"{number} {unit}".strip()
