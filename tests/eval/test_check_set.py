"""The labelled set for the clinical checks: its form, its label rules, its two halves, its counts.

The rules are those of eval/sets/clinical-checks/README.md, whose figures are checked as well.
"""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

Pair = dict[str, Any]
Claim = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "eval" / "sets" / "clinical-checks"
HALVES = ("tune", "heldout")
KINDS = [
    "medication",
    "dose",
    "frequency",
    "allergy",
    "problem",
    "laterality",
    "negation",
    "person",
    "vital",
    "result",
    "number",
    "duration",
    "date",
    "correction",
]
ALWAYS_MAJOR = {"medication", "dose", "allergy", "laterality", "negation", "vital", "result"}
ALWAYS_MINOR = {"number", "duration", "date"}
SPEAKERS = {"doctor", "patient", "nurse", "relative", "unknown"}
SPEECH = {
    "typed",
    "spaced",
    "unpunctuated",
    "hesitant",
    "interrupted",
    "corrected",
    "misheard",
    "dictated",
    "spelled",
    "spoken-number",
    "brand",
    "negated-list",
    "both-sides",
    "relative",
    "long",
}


def read(half: str) -> list[Pair]:
    lines = (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


SET: dict[str, list[Pair]] = {half: read(half) for half in HALVES}
PAIRS: list[Pair] = [pair for half in HALVES for pair in SET[half]]
each_half = pytest.mark.parametrize("half", HALVES)
each_pair = pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: str(pair["id"]))


def claims(pairs: list[Pair]) -> list[Claim]:
    return [claim for pair in pairs for s in pair["note"] for claim in s["claims"]]


def words(pair: Pair) -> list[str]:
    text = " ".join(turn["text"] for turn in pair["dialogue"]).lower()
    return re.findall(r"[a-z0-9']+", text)


def runs(pairs: list[Pair], length: int) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for pair in pairs:
        said = words(pair)
        found.update(tuple(said[i : i + length]) for i in range(len(said) - length + 1))
    return found


def labels(pairs: list[Pair]) -> Counter[tuple[str, str | None]]:
    return Counter((s["label"], s["severity"]) for pair in pairs for s in pair["note"])


def tally(pairs: list[Pair], kind: str) -> list[int]:
    """Claims of one kind: supported, unsupported and major, unsupported and minor."""
    found = Counter(c["severity"] for c in claims(pairs) if c["kind"] == kind)
    return [found[None], found["major"], found["minor"]]


@each_pair
def test_form(pair: Pair) -> None:
    assert set(pair) == {"id", "specialty", "speech", "kinds", "dialogue", "note"}
    assert re.fullmatch(r"cc-\d{3}", pair["id"])
    assert pair["specialty"].strip()
    assert pair["speech"] and set(pair["speech"]) <= SPEECH
    assert 2 <= len(pair["dialogue"]) <= 14
    for turn in pair["dialogue"]:
        assert set(turn) == {"speaker", "text"}
        assert turn["speaker"] in SPEAKERS
        assert turn["text"] and turn["text"] == turn["text"].strip()
    assert 1 <= len(pair["note"]) <= 3
    for statement in pair["note"]:
        assert set(statement) == {"text", "claims", "label", "severity"}
        assert statement["text"].endswith(".")
        for claim in statement["claims"]:
            assert set(claim) == {"text", "kind", "label", "severity", "why", "turns"}
            assert claim["text"].strip() and claim["why"].strip()
            assert claim["kind"] in KINDS
    assert pair["kinds"] == [k for k in KINDS if k in {c["kind"] for c in claims([pair])}]


@each_pair
def test_turns(pair: Pair) -> None:
    for claim in claims([pair]):
        assert claim["turns"] == sorted(set(claim["turns"]))
        assert all(0 <= turn < len(pair["dialogue"]) for turn in claim["turns"])
        if claim["label"] == "supported":
            assert claim["turns"], "what is supported was said somewhere"


@each_pair
def test_labels_follow_the_rules(pair: Pair) -> None:
    for claim in claims([pair]):
        if claim["label"] == "supported":
            assert claim["severity"] is None
            continue
        assert claim["label"] == "unsupported"
        assert claim["severity"] in ("major", "minor")
        if claim["kind"] in ALWAYS_MAJOR:
            assert claim["severity"] == "major"
        if claim["kind"] in ALWAYS_MINOR:
            assert claim["severity"] == "minor"
    for statement in pair["note"]:
        severities = [c["severity"] for c in statement["claims"] if c["label"] == "unsupported"]
        if not statement["claims"]:
            expected = ("unchecked", None)
            assert not re.search(r"\d|\bleft\b|\bright\b|allerg", statement["text"].lower())
        elif severities:
            expected = ("unsupported", "major" if "major" in severities else "minor")
        else:
            expected = ("supported", None)
        assert (statement["label"], statement["severity"]) == expected


def test_ids_are_unique() -> None:
    ids = [pair["id"] for pair in PAIRS]
    assert len(set(ids)) == len(ids)


def test_no_two_dialogues_are_the_same() -> None:
    said = [" ".join(words(pair)) for pair in PAIRS]
    assert len(set(said)) == len(said)


def test_halves_share_no_wording() -> None:
    assert not runs(SET["tune"], 10) & runs(SET["heldout"], 10)


def test_halves_share_no_drug_with_its_dose() -> None:
    doses = [{c["text"].lower() for c in claims(SET[h]) if c["kind"] == "dose"} for h in HALVES]
    assert not doses[0] & doses[1]


def test_halves_have_the_same_mix() -> None:
    tune, heldout = SET["tune"], SET["heldout"]
    assert abs(len(tune) - len(heldout)) <= 0.05 * len(PAIRS)
    assert {p["specialty"] for p in tune} == {p["specialty"] for p in heldout}
    assert {tag for p in tune for tag in p["speech"]} == SPEECH
    assert {tag for p in heldout for tag in p["speech"]} == SPEECH
    for kind in KINDS:
        wrong = [sum(tally(pairs, kind)[1:]) for pairs in (tune, heldout)]
        assert abs(wrong[0] - wrong[1]) <= 3, kind


@each_half
def test_shares_of_labels(half: str) -> None:
    found = labels(SET[half])
    total = found.total()
    unsupported = found["unsupported", "major"] + found["unsupported", "minor"]
    assert 0.40 <= found["supported", None] / total <= 0.50
    assert 0.40 <= unsupported / total <= 0.50
    assert 0.07 <= found["unchecked", None] / total <= 0.13
    assert 0.60 <= found["unsupported", "major"] / unsupported <= 0.75


def test_set_is_large_enough() -> None:
    assert len(PAIRS) >= 220
    assert len({pair["specialty"] for pair in PAIRS}) >= 14


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_there_often_enough(kind: str) -> None:
    supported, major, minor = tally(PAIRS, kind)
    assert supported >= 12
    assert major + minor >= 12


def test_readme_gives_the_counts() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| ((?:\d+ \| ){5}\d+) \|$", readme, re.MULTILINE)
    given = {kind: [int(n) for n in figures.split(" | ")] for kind, figures in rows}
    assert given == {k: tally(SET["tune"], k) + tally(SET["heldout"], k) for k in KINDS}
    tune, heldout = (labels(SET[half]) for half in HALVES)
    assert f"{len(SET['tune'])} to tune, {len(SET['heldout'])} held out" in readme
    for key, name in (
        (("supported", None), "supported"),
        (("unsupported", "major"), "unsupported (major)"),
        (("unsupported", "minor"), "unsupported (minor)"),
        (("unchecked", None), "unchecked"),
    ):
        assert f"{tune[key]} and {heldout[key]} {name}" in readme
    assert f"same {len({pair['specialty'] for pair in PAIRS})} specialties" in readme
