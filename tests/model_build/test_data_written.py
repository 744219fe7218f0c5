"""Visits written by hand: their form, its faults, and the check of notes against facts."""

from dataclasses import replace
from pathlib import Path

import pytest

from model_build.data import DataError, Fact, Statement, read_pairs, read_written, write_pairs
from model_build.data.written import check_pair, parse_visit

VISIT = """id: visit-1
specialty: endocrinology
style: clinic

## facts
d1 demographic: 54-year-old woman | age=54 | sex=female
m1 medication: takes metformin 500 mg twice daily | name=metformin | dose=500 mg
x1 distractor: her sister takes glipizide | name=glipizide | person=sister

## dialogue
[doctor] so you're {d1|fifty four} now, ma'am, and the pills?
[patient] {m1|metformin, five hundred}, and that's {m1|twice a day}. my sister's on {x1|glipizide}.
[doctor] mm-hmm.

## note
HISTORY OF PRESENT ILLNESS

The patient is a 54-year-old woman. {d1} She takes metformin 500 mg twice daily. {m1}

MEDICATIONS

• Metformin 500 mg twice daily. {m1, d1}
"""
PATH = Path("a.visit")


def test_a_visit_is_read():
    pair = parse_visit(VISIT, PATH)
    assert (pair.id, pair.source) == ("visit-1", "endocrinology")
    assert pair.about == {"specialty": "endocrinology", "style": "clinic"}
    assert pair.dialogue[1].speaker == "patient"
    assert pair.dialogue[1].text.startswith("metformin, five hundred, and that's twice a day. my")
    assert pair.facts[1] == Fact(
        "medication",
        "takes metformin 500 mg twice daily",
        {"name": "metformin", "dose": "500 mg"},
        (1, 1),
        ("metformin, five hundred", "twice a day"),
    )
    assert pair.statements == (
        Statement("The patient is a 54-year-old woman.", (0,)),
        Statement("She takes metformin 500 mg twice daily.", (1,)),
        Statement("Metformin 500 mg twice daily.", (1, 0)),
    )
    assert pair.note == (
        "HISTORY OF PRESENT ILLNESS\n\nThe patient is a 54-year-old woman. She takes metformin "
        "500 mg twice daily.\n\nMEDICATIONS\n\n• Metformin 500 mg twice daily."
    )
    assert check_pair(pair) == []


def test_it_passes_through_json_lines(tmp_path: Path):
    pair = parse_visit(VISIT, PATH)
    file = tmp_path / "pairs.jsonl"
    write_pairs(file, [pair])
    assert read_pairs(file) == [pair]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{x1|glipizide}", "{x9|glipizide}", "row 12: there is no fact x9"),
        ("{x1|glipizide}", "{x1|glip{ide}", "row 12: a brace is left over"),
        ("[doctor] mm-hmm.", "mm-hmm.", "row 13: a turn is"),
        ("m1 medication:", "m1 drug:", "row 7: 'ID KIND:"),
        ("x1 distractor:", "m1 distractor:", "row 8: the fact m1 stands there twice"),
        ("| dose=500 mg", "| dose", "row 7: 'dose' is not key=value"),
        ("twice daily. {m1}", "twice daily. {m7}", "there is no fact m7"),
        ("## dialogue", "## talk", "row 10: the parts are facts, dialogue, note"),
        ("style: clinic", "style clinic", "row 3: 'key: value' is needed"),
    ],
)
def test_faults_are_named_with_their_line(old: str, new: str, says: str):
    with pytest.raises(DataError) as error:
        parse_visit(VISIT.replace(old, new, 1), PATH)
    assert says in str(error.value)


def test_a_missing_part_and_a_folder(tmp_path: Path):
    with pytest.raises(DataError, match="## note' is missing"):
        parse_visit(VISIT.split("## note")[0], PATH)
    with pytest.raises(DataError, match=r"holds no \.visit files"):
        read_written(tmp_path)
    for name in ("b", "a"):
        (tmp_path / f"{name}.visit").write_text(VISIT.replace("visit-1", f"visit-{name}"))
    assert [pair.id for pair in read_written(tmp_path)] == ["visit-a", "visit-b"]
    (tmp_path / "c.visit").write_text(VISIT.replace("visit-1", "visit-a"))
    with pytest.raises(DataError, match=r"visit-a is that of a\.visit too"):
        read_written(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{d1|fifty four}", "fifty four", "nobody says: 54-year-old woman"),
        ("She takes metformin 500 mg", "She takes metformin 850 mg", "no fact holds 850"),
        ("twice daily. {m1}\n", "twice daily. {x1}\n", "states a distractor"),
        (
            "twice daily. {m1}\n",
            "twice daily. {m1} He smokes.\n",
            "without a fact",
        ),
    ],
)
def test_what_does_not_fit_is_told(old: str, new: str, says: str):
    wrong = check_pair(parse_visit(VISIT.replace(old, new, 1), PATH))
    assert any(says in sentence for sentence in wrong)


def test_quotes_must_stand_in_their_turn():
    pair = parse_visit(VISIT, PATH)
    facts = (replace(pair.facts[0], turns=(2,)), *pair.facts[1:])
    assert check_pair(replace(pair, facts=facts)) == ["turn 2 does not hold the words 'fifty four'"]
