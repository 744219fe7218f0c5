"""Errors planted in notes: they are wrong, stand where they are said to, and differ by family."""

import json
import os
import re
from pathlib import Path
from typing import get_args

import pytest

from model_build.data import Turn, plant_errors, plantable_kinds, read_pairs
from model_build.data.planter import KINDS, MINOR, Family, Plant
from model_build.data.planter.changes import WORDS, note_sentences
from model_build.data.planter.said import Said

DIALOGUE = [
    Turn("doctor", "so you take the lisinopril , ten milligrams once a day ?"),
    Turn("patient", "yes . and my left knee has been hurting for about three weeks ."),
    Turn("doctor", "any fever or chills ? any numbness ?"),
    Turn("patient", "no fever , no chills . i do get numbness . my mother has diabetes ."),
    Turn("doctor", "you are allergic to penicillin , right ?"),
    Turn("patient", "yeah , a rash . my weight was one ninety , no , one eighty two ."),
    Turn(
        "doctor", "blood pressure is one forty two over eighty eight . lungs are clear . the a1c is"
    ),
    Turn(
        "doctor",
        "seven point four . so this is osteoarthritis , and your hypertension is not great .",
    ),
]
NOTE = """HISTORY OF PRESENT ILLNESS

The patient reports left knee pain for 3 weeks. He reports numbness. He denies fever and chills.

MEDICATIONS

• Lisinopril 10 mg daily.

ALLERGIES

Penicillin.

VITALS

Blood pressure 142/88, weight 182 pounds.

PHYSICAL EXAM

Lungs: Clear. No effusion of the left knee.

RESULTS

Hemoglobin A1c 7.4.

ASSESSMENT AND PLAN

1. Osteoarthritis of the left knee.
2. Hypertension.
"""
FAMILIES: tuple[Family, ...] = get_args(Family)
each_family = pytest.mark.parametrize("family", FAMILIES)


def every_plant(family: Family, kind: str, seeds: int = 40) -> list[tuple[str, Plant]]:
    found = []
    for seed in range(seeds):
        planted = plant_errors(NOTE, DIALOGUE, family, seed, kinds=[kind])
        found += [(planted.note, plant) for plant in planted.plants]
    return found


@each_family
def test_every_kind_can_be_planted(family: Family):
    assert set(plantable_kinds(NOTE, DIALOGUE, family)) == set(KINDS)


@each_family
@pytest.mark.parametrize("kind", KINDS)
def test_a_plant_is_where_it_says(family: Family, kind: str):
    for note, plant in every_plant(family, kind):
        assert plant.kind == kind
        assert note != NOTE
        assert plant.is_major == (kind not in MINOR)
        if plant.statement in NOTE:  # one that was taken out
            assert not plant.after and plant.statement not in note
        else:
            assert plant.statement in note
            assert plant.start < plant.end
            assert note[plant.start : plant.end] in plant.statement
            assert note[plant.start :].startswith(plant.after)


@each_family
def test_the_same_seed_plants_the_same(family: Family):
    once, twice, other = (
        plant_errors(NOTE, DIALOGUE, family, seed, count=4) for seed in ("a", "a", "b")
    )
    assert once == twice
    assert once != other


@each_family
def test_several_errors_are_of_several_kinds_and_sentences(family: Family):
    planted = plant_errors(NOTE, DIALOGUE, family, 3, count=6)
    assert len({p.kind for p in planted.plants}) == len(planted.plants) == 6
    assert [p.start for p in planted.plants] == sorted(p.start for p in planted.plants)
    for plant in planted.plants:
        if plant.after:
            assert planted.note[plant.start :].startswith(plant.after)


@each_family
@pytest.mark.parametrize("kind", ["dose", "vital", "result", "duration"])
def test_a_changed_value_was_never_said(family: Family, kind: str):
    said = Said("\n".join(turn.text for turn in DIALOGUE))
    plants = [p for _, p in every_plant(family, kind) if re.fullmatch(r"[\d.]+", p.after)]
    assert plants or kind == "duration"
    assert not [p.after for p in plants if said.number(float(p.after))]


def forms(family: Family, kind: str) -> set[str]:
    return {plant.form for _, plant in every_plant(family, kind)}


@pytest.mark.parametrize("kind", ["dose", "vital", "duration", "frequency", "negation", "allergy"])
def test_the_families_change_in_other_ways(kind: str):
    assert forms("training", kind) and forms("tests", kind)
    assert not forms("training", kind) & forms("tests", kind)


def test_the_families_invent_other_things():
    training, tests = WORDS["training"], WORDS["tests"]
    drugs = [{n for drug in f["invented_drugs"] for n in drug[:2]} for f in (training, tests)]
    assert not drugs[0] & drugs[1]
    for name in ("takes", "gets", "invented_allergies", "allergy_carriers", "problem_carriers"):
        assert not set(training[name]) & set(tests[name])
    for name in ("look_alikes", "frequencies"):
        assert not set(training[name].items()) & set(tests[name].items())
    for name in ("negation_lost", "negation_added", "qualities"):
        assert not {tuple(p) for p in training[name]} & {tuple(p) for p in tests[name]}
    for group in WORDS["diagnosis_groups"]:
        assert not set(group["training"]) & set(group["tests"])


def test_a_relatives_disease_becomes_the_patients():
    for note, plant in every_plant("tests", "person"):
        assert "diabetes" in plant.after and "mother" not in plant.after
        assert plant.after in note


def test_a_value_taken_back_is_restored():
    for note, plant in every_plant("training", "correction"):
        assert (plant.before, plant.after) == ("182", "190")
        assert "weight 190 pounds" in note


def test_an_allergy_is_dropped_with_its_words():
    for note, plant in every_plant("tests", "allergy"):
        assert plant.statement == "Penicillin."
        assert "enicillin" not in note
        assert "ALLERGIES" in note


def test_nothing_is_planted_that_the_visit_bears_out():
    heard = [*DIALOGUE, Turn("patient", "i mean both knees , the right knee too .")]
    assert "laterality" in plantable_kinds(NOTE, DIALOGUE, "tests")
    assert "laterality" not in plantable_kinds(NOTE, heard, "tests")
    own = [*DIALOGUE, Turn("patient", "i have diabetes myself .")]
    assert "person" not in plantable_kinds(NOTE, own, "tests")


def test_a_note_with_little_in_it_still_allows_three_kinds():
    assert len(plantable_kinds("Doing well.", [Turn("patient", "fine .")], "tests")) >= 3


def test_a_note_with_nothing_to_change_stays_as_it_is():
    planted = plant_errors("Doing well.", [Turn("patient", "fine .")], "tests", 0, kinds=["dose"])
    assert planted.note == "Doing well." and not planted.plants


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("one forty-two over eighty-eight", [142, 88]),
        ("two oh one", [201]),
        ("seven point four", [7.4]),
        ("five hundred in the morning and a thousand", [500, 1000]),
        ("ninety eight point six", [98.6]),
        ("one and a half", [1.5]),
        ("two hundred and eighteen", [218]),
        ("1,000 mg, 12.5 and 142/82", [1000, 12.5, 142, 82]),
    ],
)
def test_numbers_as_they_are_said(words: str, numbers: list[float]):
    said = Said(words)
    assert all(said.number(number) for number in numbers)
    assert not said.number(33)


def test_sentences_are_found_without_headings_bullets_and_labels():
    texts = [
        s.text for s in note_sentences("PLAN\n\n• Medical Treatment: Start it. Dr. Lee agrees.")
    ]
    assert texts == ["Start it.", "Dr. Lee agrees."]


DATA = os.environ.get("SCRIBE_DATA")


@pytest.mark.skipif(not DATA, reason="SCRIBE_DATA does not name a folder with the data")
@each_family
@pytest.mark.parametrize("file", ["aci-bench/valid.csv", "mts-dialog/valid.csv"])
def test_every_note_of_the_data_can_be_given_three_kinds(family: Family, file: str):
    path = Path(DATA or "", file)
    if not path.exists():
        pytest.skip(f"{path} is not there")
    for pair in read_pairs(path):
        kinds = plantable_kinds(pair.note, pair.dialogue, family)
        assert len(kinds) >= 3, pair.id
        planted = plant_errors(pair.note, pair.dialogue, family, pair.id, count=3)
        assert len(planted.plants) == 3
        assert json.dumps(planted.note) != json.dumps(pair.note)
