"""The mapping of notes to ACI-Bench's divisions and to S, O, A, P."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_build.data import (
    DIVISIONS,
    SOAP,
    read_lines,
    read_pairs,
    split_divisions,
    split_soap,
)
from model_build.data.sections import MTS_SECTIONS, has_headings, soap_bodies

DATA = Path(os.environ.get("SCRIBE_DATA", "") or "nowhere")
ACI = ("train", "valid", "test1")
needs_data = pytest.mark.skipif(
    not (DATA / "aci-bench").is_dir(), reason="SCRIBE_DATA names no folder with aci-bench"
)

NOTE = """HPI: Mr. Hill fell.

PHYSICAL EXAM

MSK: Swelling.

Results:
EKG
Normal.

ASSESSMENT AND PLAN

He is a 50-year-old male.

Knee sprain.
• Medical Reasoning: He twisted it.
• Medical Treatment: Ibuprofen.
Asthma.
• Medical Reasoning: Stable.
- Additional Testing:
- Spirometry.

2. Anxiety.
Patient Agreements: He agrees.

INSTRUCTIONS

Return in a week."""


def tokens(text: str) -> Counter[str]:
    return Counter(text.split())


def test_divisions():
    parts = split_divisions(NOTE)
    assert parts["subjective"] == "HPI: Mr. Hill fell."
    assert parts["objective_exam"] == "PHYSICAL EXAM\n\nMSK: Swelling."
    assert parts["objective_results"] == "Results:\nEKG\nNormal."
    assert parts["assessment_and_plan"].startswith("ASSESSMENT AND PLAN")
    assert parts["assessment_and_plan"].endswith("Return in a week.")


def test_problems_and_their_treatment_part():
    parts = soap_bodies(NOTE)
    assert re.findall(r"(?:Knee sprain|Asthma|Anxiety|Reasoning)", parts["assessment"]) == [
        "Knee sprain",
        "Reasoning",
        "Asthma",
        "Reasoning",
        "Anxiety",
    ]
    assert [line for line in parts["plan"].split("\n") if line] == [
        "• Medical Treatment: Ibuprofen.",
        "- Additional Testing:",
        "- Spirometry.",
        "Patient Agreements: He agrees.",
        "Return in a week.",
    ]


def test_the_notes_of_the_page():
    note = (
        "SUBJECTIVE\n\nPain.\n\nOBJECTIVE\n\nBP 120/80.\n\nASSESSMENT\n\nSprain.\n\nPLAN\n\nRest."
    )
    assert soap_bodies(note) == {
        "subjective": "Pain.",
        "objective": "BP 120/80.",
        "assessment": "Sprain.",
        "plan": "Rest.",
    }
    assert split_divisions(note)["objective_exam"] == "OBJECTIVE\n\nBP 120/80."


def test_a_note_without_headings_is_subjective():
    assert not has_headings("He is well.\nplan")
    assert split_soap("He is well.\nplan")["subjective"] == "He is well.\nplan"


@pytest.mark.parametrize(
    "heading",
    ["## Plan", "**Plan**", "**Plan:**", "PLAN:", "Plan", "Treatment  plan:", "# PLAN"],
)
def test_ways_to_write_a_heading(heading: str):
    assert soap_bodies(f"Pain.\n{heading}\nRest.")["plan"] == "Rest."


LINES = st.lists(
    st.one_of(st.sampled_from(NOTE.split("\n")), st.text(st.sampled_from("aB :.-•1\t"))),
    max_size=30,
)


@given(LINES)
def test_every_line_lands_in_one_part(lines: list[str]):
    note = "\n".join(lines)
    assert [line.text for line in read_lines(note)] == note.split("\n")
    for parts in (split_divisions(note), split_soap(note)):
        assert sum((tokens(part) for part in parts.values()), Counter()) == tokens(note)


@needs_data
@pytest.mark.parametrize("name", ACI)
def test_every_note_of_aci_bench(name: str):
    """No line of a note is lost, and the parts that every visit has are found."""
    pairs = read_pairs(DATA / "aci-bench" / f"{name}.csv")
    empty: Counter[str] = Counter()
    for pair in pairs:
        divisions, soap = split_divisions(pair.note), split_soap(pair.note)
        assert (set(divisions), set(soap)) == (set(DIVISIONS), set(SOAP))
        wanted = sorted(line for line in pair.note.split("\n") if line.strip())
        for parts in (divisions, soap):
            lines = [line for part in parts.values() for line in part.split("\n") if line.strip()]
            assert sorted(map(str.strip, lines)) == sorted(map(str.strip, wanted)), pair.id
        assert divisions["subjective"] and divisions["assessment_and_plan"], pair.id
        assert soap["objective"] or not divisions["objective_exam"], pair.id
        empty.update(key for key, part in divisions.items() if not part)
    assert empty["objective_exam"] <= 3
    assert empty["objective_results"] <= len(pairs) * 0.25


@needs_data
def test_dialogues_of_aci_bench_come_back_unchanged():
    import csv

    for name in ACI:
        path = DATA / "aci-bench" / f"{name}.csv"
        with path.open(newline="", encoding="utf-8") as file:
            texts = [row["dialogue"] for row in csv.DictReader(file)]
        for text, pair in zip(texts, read_pairs(path), strict=True):
            lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
            assert [" ".join(line.split()) for line in pair.transcript.split("\n")] == lines


@needs_data
@pytest.mark.skipif(not (DATA / "mts-dialog").is_dir(), reason="SCRIBE_DATA has no mts-dialog")
@pytest.mark.parametrize("name", ["train", "valid", "test1"])
def test_every_section_of_mts_dialog(name: str):
    pairs = read_pairs(DATA / "mts-dialog" / f"{name}.csv")
    assert all(pair.section in MTS_SECTIONS for pair in pairs)
    for pair in pairs:
        assert sum(map(len, map(str.split, split_soap(pair.note).values()))) == len(
            pair.note.split()
        )
