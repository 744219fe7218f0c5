"""The knowledge tables: their extent, and that what is said bears out what is written."""

import re
from pathlib import Path
from random import Random

import pytest

from model_build.synth import tables as module
from model_build.synth.check import numbers_written
from model_build.synth.grammar import Context, rules_of
from model_build.synth.heard import numbers_heard
from model_build.synth.tables import Condition, TableError, load_tables

TABLES = load_tables()
PRONOUNS = {"she": "she", "her": "her", "obj": "her", "self": "herself", "he": "she", "his": "her"}


def special(name: str) -> str | None:
    return PRONOUNS.get(name.lower(), "her" if name == "him" else None)


def prepared(condition: Condition, state: str, seed: int) -> Context:
    context = Context(Random(seed), TABLES.rules, special=special)
    for name, spec in condition.slots.items():
        context.slots[name.capitalize()] = context.draw(name, spec)
    for lab in TABLES.labs.values():
        context.draw(lab.id, f"{lab.low}-{lab.high}")
    for items in condition.items.values():
        for item in items:
            if item.state in (None, state):
                context.prepare(item.ask or "", item.say, item.note)
    return context


def test_extent():
    by_specialty: dict[str, int] = {}
    for condition in TABLES.conditions:
        by_specialty[condition.specialty] = by_specialty.get(condition.specialty, 0) + 1
    assert len(by_specialty) >= 14
    assert len(TABLES.conditions) >= 70
    assert by_specialty["endocrinology"] >= 15
    assert {c.name for c in TABLES.conditions} == set(TABLES.explain)


@pytest.mark.parametrize("condition", TABLES.conditions, ids=lambda c: c.name)
def test_numbers_that_are_written_are_said(condition: Condition):
    for seed, state in enumerate(condition.states * 3):
        context = prepared(condition, state, seed)
        for items in condition.items.values():
            for item in items:
                if item.state not in (None, state):
                    continue
                asked = context.say(item.ask) if item.ask else ""
                said = f"{asked} {context.say(item.say)} {context.say(condition.spoken)}"
                heard = numbers_heard(said)
                if re.search(r"\b(an?|one|each|every)\b", said):
                    heard.add("1")
                assert numbers_written(context.write(item.note)) <= heard, item


@pytest.mark.parametrize("condition", TABLES.conditions, ids=lambda c: c.name)
def test_titles_claim_no_more_than_is_said(condition: Condition):
    """A title's side, number or severity is in every way of saying it."""
    for seed in range(12):
        context = prepared(condition, condition.states[0], seed)
        title, said = context.write(condition.title).lower(), context.say(condition.spoken)
        claimed = re.findall(r"\b(?:left|right|mild|moderate|severe|acute type \d)\b", title)
        assert all(word in said for word in claimed), (title, said)
        assert numbers_written(title) <= numbers_heard(said)


def test_every_rule_is_used_and_every_used_rule_is_there():
    folder = Path(module.__file__).parent
    code = "".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    dynamic = ("v_", "d_increase", "d_decrease", "d_start", "d_stop", "d_continue", "d_refill")
    for name, wordings in TABLES.rules.items():
        known = f'"{name}"' in code or f"'{name}'" in code or name.startswith((*dynamic, "n_"))
        assert known, f"nothing uses the rule {name}"
        for wording in wordings:
            assert rules_of(wording) <= set(TABLES.rules), wording


def test_drugs_named_are_given_for_something():
    used = {
        name.strip()
        for condition in TABLES.conditions
        for key in ("home", "drugs")
        for entry in condition.lists[key]
        for name in module.drugs_named(entry.text)
    }
    assert len(used & set(TABLES.drugs)) > 150


@pytest.mark.parametrize(
    "change, message",
    [
        ({"has": ["no_such_symptom"]}, "no symptom"),
        ({"home": ["no such drug"]}, "no drug"),
        ({"labs": ["nolab 1-2"]}, "no lab"),
        ({"story": ["one part only"]}, "parts are needed"),
        ({"story": ["@nowhere a => b"]}, "no state"),
        ({"story": ["a => {b}"]}, "has no value"),
        ({"story": ["{n:1-2} => {n}", "{n:3-4} => {n}"]}, "drawn in two ways"),
        ({"exam": ["no system => a"]}, "System"),
        ({"colour": "blue"}, "unknown keys"),
        ({"title": None}, "missing"),
    ],
)
def test_what_does_not_hold_together_is_named(
    change: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
):
    entry: dict[str, object] = {"name": "x", "title": "X", "spoken": "x", **change}
    entry = {key: value for key, value in entry.items() if value is not None}
    read = module._read

    def changed(name: str) -> dict[str, object]:
        table = read(name)
        return {"condition": [entry]} if "allergy" in name else table

    monkeypatch.setattr(module, "_read", changed)
    load_tables.cache_clear()
    try:
        with pytest.raises(TableError, match=message):
            load_tables()
    finally:
        load_tables.cache_clear()
