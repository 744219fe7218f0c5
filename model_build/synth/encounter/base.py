"""What a sampled encounter has used up so far, and what all its parts need."""

from __future__ import annotations

import re
from random import Random

from ..grammar import Context, slots_of
from ..tables import Item, Symptom, Tables
from .model import SUBJECT, LabValue, Person, SaidItem, SymptomHere, Truth


class Sampling:
    """An encounter while it is drawn."""

    def __init__(self, tables: Tables, rng: Random, digits: bool) -> None:
        self.tables, self.rng, self.digits = tables, rng, digits
        self.used: dict[str, list[int]] = {}
        self.symptoms: dict[str, bool] = {}
        self.systems: dict[str, str] = {}
        self.complaint = ""
        self.told = ""
        """What the problems' stories and advice say, for background not to contradict it."""
        self.labs: dict[str, LabValue] = {}
        self.groups: set[str] = set()
        self.drug_names: set[str] = set()
        self.drug_groups: set[str] = set()
        self.ruled_out: set[str] = set()
        self.person: Person
        self.shared: Context
        """The context of what belongs to no problem."""

    def _context(self) -> Context:
        return Context(
            self.rng,
            self.tables.rules,
            special=self._special,
            digits=self.digits,
            used=self.used,
        )

    def _special(self, name: str) -> str | None:
        if name == "She":
            return SUBJECT
        word = self.person.pronoun(name.lower())
        return word.capitalize() if word and name[0].isupper() else word

    def _symptom(self, symptom: Symptom, present: bool) -> SymptomHere:
        name = self.shared.write(first_wording(symptom.np))
        text = f"{'reports' if present else 'denies'} {name}"
        value = {"name": name, "present": "yes" if present else "no"}
        return SymptomHere(Truth("symptom", text, value), symptom, present)

    def _complained_of(self, symptom: Symptom) -> bool:
        """Whether the complaint names a symptom, which then cannot be denied."""
        names = re.sub(r"[()]", "", symptom.np).split("|")
        return any(name.strip().rstrip("s") in self.complaint for name in names)

    def _said_item(
        self, context: Context, item: Item, kind: str, tag: str | None = None
    ) -> SaidItem:
        context.prepare(item.ask or "", item.say, item.note)
        written = context.write(item.note)
        text = written.replace(SUBJECT, "the patient")
        value = {"name": text}
        if "side" in slots_of(item.note):
            value["side"] = context.slots["side"].written
        return SaidItem(Truth(kind, text, value), item, context, written, tag or item.tag)


def fields(line: str) -> list[str]:
    """'written = said ; a ; b' as its fields."""
    written, _, rest = line.partition(" = ")
    return [written.strip(), *(part.strip() for part in rest.split(";"))]


def first_wording(wording: str) -> str:
    """A wording with the first of all its alternatives, as its name."""
    return re.sub(r"\(([^()|]*)\|[^()]*\)", r"\1", wording)
