"""The knowledge tables as records, read once and checked for loose ends."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .grammar import slots_of

FOLDER = Path(__file__).with_name("knowledge")
SPECIALTIES = "specialties"

# The lists of a condition, and how many parts ('ASK => SAY => NOTE') an entry has.
_ITEM_LISTS = {
    "complaint": (2, 2),
    "story": (2, 3),
    "exam": (2, 2),
    "results": (2, 2),
    "assess": (2, 2),
    "treat": (2, 2),
    "order": (1, 2),
    "refer": (1, 2),
    "teach": (1, 2),
}
_PLAIN_LISTS = ("has", "hasnot", "home", "labs", "vitals", "drugs")


class TableError(Exception):
    """A table that does not hold together; the message names the file and the entry."""


@dataclass(frozen=True)
class Symptom:
    """See knowledge/symptoms.toml."""

    id: str
    system: str
    np: str
    ask: str
    say: str
    other: str | None
    excludes: frozenset[str]


@dataclass(frozen=True)
class Regimen:
    """A dose and how often it is taken, as the note has them."""

    dose: str
    frequency: str


@dataclass(frozen=True)
class Drug:
    """See knowledge/drugs.toml; `take` goes from the lowest step to the highest."""

    name: str
    group: str
    brands: tuple[str, ...]
    take: tuple[Regimen, ...]
    form: str | None
    heard: tuple[str, ...]


@dataclass(frozen=True)
class Frequency:
    """How a frequency is said and written."""

    say: str
    write: str


@dataclass(frozen=True)
class Lab:
    """See knowledge/labs.toml."""

    id: str
    note: str
    say: str
    unit: str
    low: float
    high: float
    places: int
    negative: bool


@dataclass(frozen=True)
class Item:
    """An entry of a table: in which state of the condition it holds, and its wordings.

    `tag` is what stands before its first colon, where that list has one (an exam's system). Of the
    entries that share `one_of`, a visit has at most one.
    """

    state: str | None
    one_of: str | None
    tag: str | None
    ask: str | None
    say: str
    note: str


@dataclass(frozen=True)
class Entry:
    """An entry of a plain list ('@poor 0.4 metformin|glipizide'): state, chance and the rest."""

    state: str | None
    chance: float
    text: str


@dataclass(frozen=True)
class Condition:
    """A condition of a specialty; see knowledge/specialties/ and its README."""

    name: str
    specialty: str
    title: str
    spoken: str
    low_age: int
    high_age: int
    sex: str
    chronic: bool
    weight: float
    group: str
    states: tuple[str, ...]
    slots: Mapping[str, str]
    avoid: frozenset[str]
    items: Mapping[str, tuple[Item, ...]]
    lists: Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True)
class Tables:
    """All of the knowledge."""

    symptoms: Mapping[str, Symptom]
    drugs: Mapping[str, Drug]
    frequencies: Mapping[str, Frequency]
    labs: Mapping[str, Lab]
    conditions: tuple[Condition, ...]
    normals: Mapping[str, tuple[Item, ...]]
    background: Mapping[str, Any]
    smalltalk: Mapping[str, Any]
    explain: Mapping[str, str]
    rules: Mapping[str, tuple[str, ...]]

    @property
    def specialties(self) -> tuple[str, ...]:
        return tuple(sorted({c.specialty for c in self.conditions}))


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The tables of the package.

    Raises:
        TableError: for an entry that is malformed or names something that no table has.
    """
    symptoms = {
        key: Symptom(
            key, v["sys"], v["np"], v["ask"], v["say"], v.get("other"), frozenset(v.get("not", ()))
        )
        for key, v in _read("symptoms.toml").items()
    }
    drugs = {
        key: Drug(
            key,
            v["class"],
            tuple(v.get("brand", ())),
            tuple(_regimen(text, key) for text in v["take"]),
            v.get("form"),
            tuple(v.get("heard", ())),
        )
        for key, v in _read("drugs.toml").items()
    }
    frequencies = {
        key: Frequency(v["say"], v["write"]) for key, v in _read("frequencies.toml").items()
    }
    labs = {key: _lab(key, v) for key, v in _read("labs.toml").items()}
    normals = {
        system: tuple(_item(text, 2, 2, f"exam.toml, {system}") for text in entries)
        for system, entries in _read("exam.toml").items()
    }
    rules = {
        name: tuple(alternatives)
        for file in ("speech.toml", "notes.toml")
        for name, alternatives in _read(file).items()
    }
    conditions: list[Condition] = []
    for file in sorted((FOLDER / SPECIALTIES).glob("*.toml")):
        table = _read(f"{SPECIALTIES}/{file.name}")
        conditions += (
            _condition(file.stem.replace("_", " "), entry) for entry in table.get("condition", ())
        )
    tables = Tables(
        symptoms,
        drugs,
        frequencies,
        labs,
        tuple(conditions),
        normals,
        _read("background.toml"),
        _read("smalltalk.toml"),
        _read("explain.toml"),
        rules,
    )
    _check(tables)
    return tables


def _read(name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name}: {error}") from None


def _regimen(text: str, name: str) -> Regimen:
    dose, bar, frequency = (part.strip() for part in text.partition("|"))
    if not bar:
        raise TableError(f"drugs.toml, {name}: 'dose | frequency' is needed, not '{text}'")
    return Regimen(dose, frequency)


def _lab(key: str, value: Mapping[str, Any]) -> Lab:
    low, _, high = value["normal"].partition("-")
    places = max(len(x.partition(".")[2]) for x in (low, high))
    return Lab(
        key,
        value["note"],
        value["say"],
        value["unit"],
        float(low),
        float(high),
        places,
        value.get("negative", False),
    )


_STATE = re.compile(r"@(\w+)\s+")
_ONE_OF = re.compile(r"~(\w+)\s+")
_CHANCE = re.compile(r"(0?\.\d+|1)\s+")
_TAG = re.compile(r"([A-Z][A-Za-z, ]+): ")


def _item(text: str, least: int, most: int, where: str, tagged: bool = False) -> Item:
    rest = text.strip()
    state = one_of = tag = None
    if match := _STATE.match(rest):
        state, rest = match[1], rest[match.end() :]
    if match := _ONE_OF.match(rest):
        one_of, rest = match[1], rest[match.end() :]
    if tagged:
        match = _TAG.match(rest)
        if not match:
            raise TableError(f"{where}: 'System: …' is needed: {text}")
        tag, rest = match[1], rest[match.end() :]
    parts = [part.strip() for part in rest.split("=>")]
    if not least <= len(parts) <= most:
        raise TableError(f"{where}: {least} to {most} parts are needed: {text}")
    ask = parts.pop(0) if len(parts) == 3 else None
    return Item(state, one_of, tag, ask, parts[0], parts[-1])


def _entry(text: str) -> Entry:
    state, chance, rest = None, 1.0, text.strip()
    if match := _STATE.match(rest):
        state, rest = match[1], rest[match.end() :]
    if match := _CHANCE.match(rest):
        chance, rest = float(match[1]), rest[match.end() :]
    return Entry(state, chance, rest)


def _condition(specialty: str, table: dict[str, Any]) -> Condition:
    name = table.get("name", "?")
    where = f"{specialty}, {name}"
    known = {
        *("name", "title", "spoken", "ages", "sex", "chronic", "weight", "group", "states"),
        *("slots", "avoid"),
        *_ITEM_LISTS,
        *_PLAIN_LISTS,
    }
    if unknown := set(table) - known:
        raise TableError(f"{where}: unknown keys {', '.join(sorted(unknown))}")
    low, _, high = table.get("ages", "20-85").partition("-")
    try:
        return Condition(
            name=name,
            specialty=specialty,
            title=table["title"],
            spoken=table["spoken"],
            low_age=int(low),
            high_age=int(high),
            sex=table.get("sex", "any"),
            chronic=table.get("chronic", False),
            weight=table.get("weight", 1),
            group=table.get("group", name),
            states=tuple(table.get("states", ("any",))),
            slots=table.get("slots", {}),
            avoid=frozenset(table.get("avoid", ())),
            items={
                key: tuple(
                    _item(text, *parts, where, tagged=key == "exam") for text in table.get(key, ())
                )
                for key, parts in _ITEM_LISTS.items()
            },
            lists={key: tuple(_entry(text) for text in table.get(key, ())) for key in _PLAIN_LISTS},
        )
    except KeyError as error:
        raise TableError(f"{where}: {error} is missing") from None


def drugs_named(text: str) -> Iterable[str]:
    """The drugs that an entry of `home` or `drugs` names."""
    rest = re.sub(r"^(start|stop|increase|decrease|continue|refill)\b", "", text).strip()
    names = rest.partition(";")[0].strip()
    return [name.strip() for name in names.split("|") if name.strip()]


def _check(tables: Tables) -> None:
    """Every name that an entry uses stands in its table."""
    for drug in tables.drugs.values():
        for regimen in drug.take:
            if regimen.frequency not in tables.frequencies:
                raise TableError(f"drugs.toml, {drug.name}: no frequency '{regimen.frequency}'")
    for condition in tables.conditions:
        where = f"{condition.specialty}, {condition.name}"
        for key in ("has", "hasnot"):
            for entry in condition.lists[key]:
                if entry.text not in tables.symptoms:
                    raise TableError(f"{where}: no symptom '{entry.text}'")
        for key in ("home", "drugs"):
            for entry in condition.lists[key]:
                for name in drugs_named(entry.text):
                    if name not in tables.drugs:
                        raise TableError(f"{where}: no drug '{name}'")
        for entry in condition.lists["labs"]:
            if entry.text.split()[0] not in tables.labs:
                raise TableError(f"{where}: no lab '{entry.text}'")
        for items in condition.items.values():
            for item in items:
                if item.state and item.state not in condition.states:
                    raise TableError(f"{where}: no state '{item.state}'")
        _check_slots(condition, set(tables.labs), where)


def _check_slots(condition: Condition, labs: set[str], where: str) -> None:
    """Every slot is drawn somewhere, and in one way only."""
    for state in condition.states:
        specs: dict[str, str] = dict(condition.slots)
        wordings = [condition.title, condition.spoken] + [
            wording
            for items in condition.items.values()
            for item in items
            if item.state in (None, state)
            for wording in (item.ask or "", item.say, item.note)
        ]
        known = {*labs, *_SPECIAL, *(name.capitalize() for name in condition.slots)}
        for wording in wordings:
            for name, spec in slots_of(wording).items():
                if spec and specs.setdefault(name, spec) != spec:
                    raise TableError(f"{where}: {{{name}}} is drawn in two ways: {wording}")
        for wording in wordings:
            for name in slots_of(wording):
                if name not in specs and name not in known:
                    raise TableError(f"{where}: {{{name}}} has no value: {wording}")


_SPECIAL = ("She", "she", "Her", "her", "obj", "self", "he", "his", "him", "himself")
