"""Simulated pairs: sound, deterministic, varied; and a check that finds what is planted."""

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from model_build.data import Pair, Turn, read_pairs, split_soap, write_pairs
from model_build.synth.check import check
from model_build.synth.encounter import sample_encounter
from model_build.synth.errors import SynthError
from model_build.synth.note import STYLES, write_note
from model_build.synth.pairs import Likeness, make_pair, make_pairs
from model_build.synth.report import measure
from model_build.synth.speech import sample_manner, speak
from model_build.synth.tables import load_tables

COUNT = 120


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return list(make_pairs(COUNT, seed=11))


def test_they_are_sound(pairs: list[Pair]):
    assert len(pairs) == COUNT
    assert [wrong for pair in pairs for wrong in check(pair)] == []


def test_a_seed_gives_the_same_pairs_whatever_their_number(pairs: list[Pair]):
    assert list(make_pairs(5, seed=11)) == pairs[:5]
    assert make_pair(12, 0) != make_pair(11, 0)


def test_they_pass_through_a_file(pairs: list[Pair], tmp_path: Path):
    write_pairs(tmp_path / "pairs.jsonl", pairs[:10])
    again = read_pairs(tmp_path / "pairs.jsonl")
    assert [wrong for pair in again for wrong in check(pair)] == []
    assert [pair.note for pair in again] == [pair.note for pair in pairs[:10]]


def test_statements_are_the_note_and_cite_what_was_said(pairs: list[Pair]):
    for pair in pairs:
        for statement in pair.statements:
            assert statement.text in pair.note and statement.facts
            assert all(pair.facts[i].turns for i in statement.facts)
        cited = {i for statement in pair.statements for i in statement.facts}
        kinds = {pair.facts[i].kind for i in cited}
        assert "distractor" not in kinds
        missing = [
            fact.text
            for i, fact in enumerate(pair.facts)
            if i not in cited and fact.kind not in ("distractor", "plan")
        ]
        assert missing == [], pair.id
        plans = [f for i, f in enumerate(pair.facts) if i not in cited and f.kind == "plan"]
        assert all(f.value["name"] in ("agreement", "follow-up") for f in plans)


def test_quotes_stand_in_their_turns(pairs: list[Pair]):
    for pair in pairs:
        for fact in pair.facts:
            assert len(fact.turns) == len(fact.quotes) > 0
            for turn, quote in zip(fact.turns, fact.quotes, strict=True):
                assert quote in pair.dialogue[turn].text


def test_no_marks_or_braces_are_left(pairs: list[Pair]):
    for pair in pairs:
        assert not re.search(r"[\ue000-\uf8ff{}<>|]", pair.transcript + pair.note), pair.id


def test_notes_have_all_parts(pairs: list[Pair]):
    for pair in pairs:
        parts = split_soap(pair.note)
        assert all(parts[part] for part in ("subjective", "objective", "assessment"))
        assert parts["plan"] or pair.about["style"]


def test_variety(pairs: list[Pair]):
    about = [pair.about for pair in pairs]
    assert {a["style"] for a in about} == {style.name for style in STYLES}
    assert len({a["specialty"] for a in about}) >= 14
    assert {len(a["problems"]) for a in about} == {1, 2, 3, 4}
    assert {word for a in about for word in a["speech"]} >= {"spaced", "bare", "clean", "swapped"}
    speakers = Counter(turn.speaker for pair in pairs for turn in pair.dialogue)
    assert {"doctor", "patient", "nurse", ""} <= set(speakers)
    assert set(speakers) & {"wife", "husband", "daughter", "son", "mother", "father"}
    kinds = Counter(fact.kind for pair in pairs for fact in pair.facts)
    assert len(kinds) == 15 and kinds["distractor"] > COUNT
    likeness = [style.weight for style in STYLES if style.name in _ACI_LIKE]
    assert sum(likeness) / sum(style.weight for style in STYLES) > 0.65


_ACI_LIKE = ("problem bullets", "section list", "prose plan", "past history")


def test_lengths_are_those_of_visits(pairs: list[Pair]):
    lengths = measure(pairs)["lengths"]
    assert 850 < lengths["words per transcript"][4] < 1350
    assert 40 < lengths["turns"][4] < 75
    assert 330 < lengths["words per note"][4] < 480


def test_no_pair_tells_another_one_again(pairs: list[Pair]):
    overlap = measure(pairs)["overlap"]
    assert overlap["transcripts"]["nearest"][-1] < 0.2
    assert overlap["notes"]["nearest"][-1] < 0.4


@pytest.mark.parametrize("seed", range(40))
def test_encounters_do_not_contradict_themselves(seed: int):
    tables = load_tables()
    encounter = sample_encounter(tables, Random(seed), digits=False)
    symptoms = [s for p in encounter.problems for s in p.symptoms] + encounter.denied
    assert len({s.symptom.id for s in symptoms}) == len(symptoms)
    present = {s.symptom.id for s in symptoms if s.present}
    assert not any(present & s.symptom.excludes for s in symptoms if s.present)
    taken = encounter.all_meds()
    started = [m for p in encounter.problems for m in p.drugs if m.action == "start"]
    drugs = [m.drug for m in taken + started]
    assert len({d.name for d in drugs}) == len({d.group for d in drugs}) == len(drugs)
    groups = [p.condition.group for p in encounter.problems]
    assert len(set(groups)) == len(groups)
    for problem in encounter.problems:
        low, high = problem.condition.low_age, problem.condition.high_age
        assert low <= encounter.person.age <= high
        assert not {d.group for d in drugs} & problem.condition.avoid - {
            m.drug.group for m in problem.home
        }
        for change in problem.drugs:
            if change.action in ("increase", "decrease"):
                steps = change.drug.take
                moved = steps.index(change.regimen) - steps.index(change.old)
                assert moved == (1 if change.action == "increase" else -1)


def test_what_is_not_said_is_not_written():
    """Half of the truths are made unsaid: no statement may rest on them."""
    tables = load_tables()
    for seed in range(25):
        rng = Random(seed)
        encounter = sample_encounter(tables, rng, digits=False)
        person = encounter.person
        script = speak(encounter, tables, rng, sample_manner(rng, person.age, person.female, False))
        for truth in script.truths[::2]:
            truth.said = truth.kind in ("complaint", "problem")
        note = write_note(encounter, rng, STYLES[seed % len(STYLES)])
        for text, truths in note.statements:
            assert all(truth.said for truth in truths), text


def changed(pair: Pair, **fields: object) -> Pair:
    return replace(pair, **fields)


def fact_at(pair: Pair, kind: str) -> int:
    return next(i for i, f in enumerate(pair.facts) if f.kind == kind)


@pytest.fixture
def pair(pairs: list[Pair]) -> Pair:
    """One with a drug, a vital sign, a distractor and words spelled out."""
    for found in pairs:
        kinds = {fact.kind for fact in found.facts}
        doses = [f for f in found.facts if f.kind == "medication" and "dose" in f.value]
        if doses and {"vital", "distractor"} <= kinds and found.about["speech"][0] == "spaced":
            return found
    raise AssertionError("none of the pairs has all of these")


def test_a_number_that_nobody_says_is_found(pair: Pair):
    index = fact_at(pair, "vital")
    fact = pair.facts[index]
    wrong = replace(fact, text="blood pressure 77/33 mmHg", value={"name": "bp", "value": "77/33"})
    facts = (*pair.facts[:index], wrong, *pair.facts[index + 1 :])
    found = " ".join(check(changed(pair, facts=facts)))
    assert "77" in found and "not heard" in found


def test_a_turn_without_its_words_is_found(pair: Pair):
    index = fact_at(pair, "vital")
    turn = pair.facts[index].turns[0]
    silent = tuple(
        Turn(t.speaker, "okay .") if i == turn else t for i, t in enumerate(pair.dialogue)
    )
    assert any("does not hold the words" in w for w in check(changed(pair, dialogue=silent)))


def test_another_drug_is_found(pair: Pair):
    index = next(
        i for i, f in enumerate(pair.facts) if f.kind == "medication" and "dose" in f.value
    )
    fact = pair.facts[index]
    other = replace(fact, value={**fact.value, "name": "liothyronine", "brand": "liothyronine"})
    facts = (*pair.facts[:index], other, *pair.facts[index + 1 :])
    assert any("liothyronine is not heard" in w for w in check(changed(pair, facts=facts)))


def test_a_statement_on_a_distractor_is_found(pair: Pair):
    first = replace(pair.statements[0], facts=(fact_at(pair, "distractor"),))
    wrong = check(changed(pair, statements=(first, *pair.statements[1:])))
    assert any("distractor" in sentence for sentence in wrong)


def test_an_invented_line_is_found(pair: Pair):
    wrong = check(changed(pair, note=f"{pair.note}\n\nThe patient is allergic to penicillin."))
    assert any("without a fact" in sentence for sentence in wrong)


def test_a_changed_number_in_the_note_is_found(pair: Pair):
    index, statement = next(
        (i, s) for i, s in enumerate(pair.statements) if re.search(r"\d mg\b", s.text)
    )
    text = re.sub(r"\d+(?:\.\d+)?(?= mg\b)", "999", statement.text, count=1)
    statements = list(pair.statements)
    statements[index] = replace(statement, text=text)
    note = pair.note.replace(statement.text, text, 1)
    wrong = check(changed(pair, note=note, statements=tuple(statements)))
    assert any("999" in sentence for sentence in wrong)


def test_a_pair_told_twice_is_dropped(pairs: list[Pair]):
    likeness = Likeness()
    assert likeness.add(pairs[0]) and likeness.add(pairs[1])
    again = replace(pairs[0], dialogue=(*pairs[0].dialogue, Turn("doctor", "one more thing .")))
    assert not likeness.add(again)
    assert likeness.dropped == 1


def test_a_specialty_can_be_asked_for():
    made = list(make_pairs(4, seed=1, specialty="nephrology"))
    assert {pair.about["specialty"] for pair in made} == {"nephrology"}
    with pytest.raises(SynthError, match="no specialty 'astrology'"):
        list(make_pairs(1, seed=1, specialty="astrology"))


def test_figures_of_a_set_beside_another(pairs: list[Pair]):
    figures = measure(pairs[:20], pairs[20:40])
    assert figures["pairs"] == 20 and figures["other"]["pairs"] == 20
    twin = measure([pairs[0], replace(pairs[0], id="twin")])
    assert twin["overlap"]["transcripts"]["nearest"][-1] == 1
    same = measure(pairs[:5], pairs[:5])["likeness"]
    assert same["notes"]["4-grams known"] == 1
    assert json.dumps(figures)
