"""What the model should write for each section of a reference note."""

import pytest

from model_build.data import Pair, Turn
from model_build.train.errors import TrainError
from model_build.train.targets import section_targets

BY_PROBLEM = """CHIEF COMPLAINT

Knee pain.

PHYSICAL EXAM

Knee swollen.

RESULTS

X-ray clear.

ASSESSMENT AND PLAN

A 40-year-old man who comes in with knee pain that has lasted for three weeks now.

Sprain.
• Medical Reasoning: He fell.
• Medical Treatment: Ice.

Gout.
• Medical Reasoning: Quiet.
Asthma.
• Additional Testing: Spirometry.

Patient Agreements: He agrees.
"""


def pair(note: str, section: str | None = None) -> Pair:
    return Pair("p", "test", (Turn("doctor", "hello"),), note, section=section)


def test_titles_that_the_page_shows_go_and_others_stay() -> None:
    texts = section_targets(pair(BY_PROBLEM))
    assert texts["subjective"] == "CHIEF COMPLAINT\n\nKnee pain."
    assert texts["objective"] == "PHYSICAL EXAM\n\nKnee swollen.\n\nRESULTS\n\nX-ray clear."
    assert "ASSESSMENT AND PLAN" not in texts["assessment"]


def test_the_plan_names_its_problems_in_the_assessments_order() -> None:
    texts = section_targets(pair(BY_PROBLEM))
    assert texts["plan"] == (
        "Sprain.\n• Medical Treatment: Ice.\n\n"
        "Asthma.\n• Additional Testing: Spirometry.\n\nPatient Agreements: He agrees."
    )
    names = [line for line in texts["assessment"].split("\n") if len(line.split()) == 1]
    assert names == ["Sprain.", "Gout.", "Asthma."]


def test_a_plan_under_its_own_heading_gets_no_names() -> None:
    texts = section_targets(pair("HPI\n\nTired.\n\nASSESSMENT\n\nAnemia.\n\nPLAN\n\nIron."))
    assert (texts["assessment"], texts["plan"]) == ("Anemia.", "Iron.")


def test_sections_that_a_note_lacks_are_empty() -> None:
    texts = section_targets(pair("HPI\n\nTired.\n\nIMPRESSION\n\nAnemia."))
    assert texts == {
        "subjective": "HPI\n\nTired.",
        "objective": "",
        "assessment": "Anemia.",
        "plan": "",
    }


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("ALLERGY", {"subjective": "ALLERGIES\n\nNone known."}),
        ("EXAM", {"objective": "PHYSICAL EXAMINATION\n\nNone known."}),
        ("DIAGNOSIS", {"assessment": "None known."}),
        ("PLAN", {"plan": "None known."}),
    ],
)
def test_one_section_of_a_note_trains_that_section_alone(section: str, expected: dict) -> None:
    assert section_targets(pair("None known.\n", section)) == expected


@pytest.mark.parametrize(
    ("note", "section", "words"),
    [
        ("He is well.", None, "no headings"),
        ("He is well.", "MOOD", "'MOOD' is none"),
    ],
)
def test_what_cannot_be_placed_is_refused(note: str, section: str | None, words: str) -> None:
    with pytest.raises(TrainError, match=words):
        section_targets(pair(note, section))
