"""The clinical checks as a measure, and the tests of the checks themselves."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from eval.checks import score_planted, score_references, score_set, write_outcome
from eval.checks.results import Rates, rate_intervals, rates
from eval.cli import main
from eval.datasets import Dataset
from eval.errors import EvalError
from eval.measures import Item, MeasureOptions, open_measures
from eval.measures.clinical import KINDS, Clinical
from eval.report.results import load_results
from eval.report.tables import tables
from eval.report.write import write_report
from eval.run_folder import FINDINGS
from eval.score import score
from eval.systems.base import Prediction, System
from model_build import checks as checks_module
from model_build.checks import Checks, ChecksError, checks_digest, missing
from model_build.data import DataError, Pair, Turn
from tests.eval.conftest import make_pairs, make_run

FAKE = [sys.executable, str(Path(__file__).with_name("fake_checks.py"))]
TUNE = Path(__file__).parents[2] / "eval" / "sets" / "clinical-checks" / "tune.jsonl"
needs_checks = pytest.mark.skipif(missing() is not None, reason=f"the checks: {missing()}")


def fake(*arguments: str) -> partial[Checks]:
    return partial(Checks, command=[*FAKE, *arguments])


def quiet(text: str) -> None:
    pass


def item(note: str, said: str, reference: str) -> Item:
    pair = Pair("1", "s", (Turn("patient", said),), reference)
    return Item(pair, Prediction("1", note))


def values(note: str, said: str = "hello", reference: str = "Fine.") -> dict[str, Any]:
    (found,) = Clinical(fake()).score([item(note, said, reference)], lambda n: None)
    return found


# --- the measure ------------------------------------------------------------------------------


def test_verdicts_are_counted():
    note = (
        "Takes it wrong-dose-major. Came wrong-date-minor. Has it wrong-problem-major and "
        "wrong-date-minor. Fine. Goes to work."
    )
    found = values(note)
    assert found["clinical_statements"] == 5
    assert found["clinical_major"] == 2
    assert found["clinical_major_share"] == 0.4
    assert found["clinical_minor"] == 1
    assert found["clinical_unchecked"] == 0.2
    assert found["clinical_notes_major"] == 1
    assert (found["clinical/dose"], found["clinical/date"], found["clinical/vital"]) == (1, 2, 0)


def test_omissions_are_shares_of_what_visit_and_reference_hold():
    reference = "held-medication-a held-allergy-b held-vital-c held-medication-unsaid"
    said = "held-medication-a held-allergy-b held-vital-c"
    found = values("held-medication-a only.", said, reference)
    assert found["clinical_drugs_omitted"] == 1 / 2
    assert found["clinical_omitted"] == 2 / 3
    nothing_held = values("Fine.", "hello", "Fine.")
    assert nothing_held["clinical_drugs_omitted"] is None
    assert nothing_held["clinical_omitted"] is None


def test_an_empty_note_leaves_everything_out():
    found = values("", "held-medication-a", "held-medication-a")
    assert found["clinical_omitted"] == 1
    assert found["clinical_statements"] == found["clinical_notes_major"] == 0
    assert found["clinical_major_share"] is None


def test_every_column_has_a_value_or_none():
    assert set(values("Fine.")) == set(Clinical().columns())


def test_a_process_that_dies_is_one_sentence():
    measure = Clinical(fake("die"))
    with pytest.raises(EvalError, match="clinical checks's process ended with status 1: out of"):
        measure.score([item("Fine.", "hello", "Fine.")], lambda n: None)


def test_checks_without_word_lists_are_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(checks_module, "VOCABULARIES", (tmp_path / "none.json",))
    assert "python -m model_build vocabulary" in (Clinical().absent() or "")


def test_the_measure_is_one_of_the_default_ones():
    assert "clinical" in [measure.name for measure in open_measures(MeasureOptions())]


class Wrong(System):
    name = "wrong"

    def write(self, pair: Pair) -> Prediction:
        return Prediction(pair.id, f"The knee wrong-laterality-major. Fine, {pair.id}.")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = make_run(tmp_path / "run", make_pairs(4), Wrong())
    score(folder, [Clinical(fake()), *open_measures(MeasureOptions(["rouge", "form"]))], quiet)
    return folder.path


def test_findings_stand_in_the_run_and_are_marked_in_the_report(run: Path, tmp_path: Path):
    lines = [json.loads(line) for line in (run / FINDINGS).read_text().splitlines()]
    assert [line["id"] for line in lines] == ["V1", "V2", "V3", "V4"]
    assert [s["verdict"] for s in lines[0]["statements"]] == ["unsupported", "supported"]
    page = write_report([run], tmp_path / "out")[1].read_text()
    assert '<mark class="major" title="major: r">The knee wrong-laterality-major.</mark>' in page


def test_findings_of_other_notes_go(run: Path):
    folder = make_run(run.parent / "other", make_pairs(2), Wrong())
    (folder.path / FINDINGS).write_text('{"id": "V1", "statements": []}\n')
    score(folder, open_measures(MeasureOptions(["form"])), quiet)
    assert not (folder.path / FINDINGS).exists()


def test_findings_stay_while_their_notes_do(run: Path):
    before = (run / FINDINGS).read_text()
    folder = load_results([run])[0].folder
    score(folder, open_measures(MeasureOptions(["form"])), quiet)
    assert (run / FINDINGS).read_text() == before


def test_the_report_has_a_table_of_the_checks(run: Path):
    made = {table.title: table for table in tables(load_results([run]), None, False)}
    rows = {row[0]: row[1] for row in made["Clinical checks"].rows}
    assert rows["Statements with a major unsupported claim"].startswith("1.00")
    assert rows["The same, of all statements"].startswith("50.0%")
    assert rows["Unsupported: laterality"].startswith("1.00")
    assert "Unsupported: vital" not in rows, "it was never flagged"
    assert not [row for row in made["Form, and other measures"].rows if "unsupported" in row[0]]


# --- the checks on labelled statements --------------------------------------------------------


def labelled(text: str, *claims: tuple[str, str | None], label: str | None = None) -> dict:
    worst = "major" if ("major" in [s for _, s in claims]) else "minor"
    wrong = any(severity for _, severity in claims)
    return {
        "text": text,
        "claims": [
            {
                "text": kind,
                "kind": kind,
                "label": "unsupported" if severity else "supported",
                "severity": severity,
            }
            for kind, severity in claims
        ],
        "label": label or ("unsupported" if wrong else "supported"),
        "severity": worst if wrong else None,
    }


@pytest.fixture
def labelled_set(tmp_path: Path) -> Path:
    note = [
        labelled("Found wrong-dose-major.", ("dose", "major")),
        labelled("Missed.", ("dose", "major")),
        labelled("Found lightly wrong-date-minor.", ("vital", "major")),
        labelled("Found wrong-date-minor.", ("date", "minor")),
        labelled("False wrong-dose-major.", ("dose", None)),
        labelled("Right.", ("dose", None)),
        labelled("Goes to work.", label="unchecked"),
    ]
    turns = [{"speaker": "patient", "text": "hello"}]
    pairs = [
        {"id": f"p{n}", "speech": speech, "dialogue": turns, "note": [statement]}
        for n, (statement, speech) in enumerate(
            zip(note, [["typed"]] * 3 + [["spaced"]] * 4, strict=True)
        )
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("".join(f"{json.dumps(pair)}\n" for pair in pairs))
    return path


def test_rates_on_a_labelled_set(labelled_set: Path):
    figures = score_set(labelled_set, open_checks=fake()).figures
    assert figures["major"] | {"ci95": None} == {
        "found": 1,
        "flagged": 2,
        "actual": 3,
        "precision": 0.5,
        "recall": 0.3333,
        "f1": 0.4,
        "ci95": None,
    }
    assert (figures["any"]["found"], figures["any"]["flagged"], figures["any"]["actual"]) == (
        3,
        4,
        4,
    )
    dose = figures["by_kind"]["dose"]
    assert (dose["errors"], dose["found"], dose["flags"], dose["right"]) == (2, 1, 2, 1)
    date = figures["by_kind"]["date"]
    assert (date["errors"], date["found"], date["found_as_this_kind"]) == (1, 1, 1)
    assert figures["by_kind"]["vital"]["found"] == 0, "a major error that was flagged as minor"
    assert figures["by_speech"]["typed"]["major"]["recall"] == 0.3333
    assert figures["by_speech"]["spaced"]["major"]["precision"] == 0
    confusion = figures["confusion"]
    assert confusion["unsupported, major"] == {
        "supported": 1,
        "unsupported, minor": 1,
        "unsupported, major": 1,
        "unchecked": 0,
    }
    assert confusion["unchecked"]["unchecked"] == 1
    assert sum(sum(row.values()) for row in confusion.values()) == figures["statements"] == 7


def test_single_statements_are_listed_only_on_request(labelled_set: Path, tmp_path: Path):
    blind = score_set(labelled_set, open_checks=fake())
    shown = score_set(labelled_set, show_cases=True, open_checks=fake())
    for outcome, expected in ((blind, False), (shown, True)):
        files = write_outcome(outcome, tmp_path / str(expected))
        assert all(("Missed." in file.read_text()) == expected for file in files)
    assert [case["statement"] for case in shown.figures["wrong"]] == [
        "Missed.",
        "Found lightly wrong-date-minor.",
        "False wrong-dose-major.",
    ]


def test_intervals_hold_their_rate():
    groups = [rates([(True, n % 3 > 0), (False, n % 5 == 0)]) for n in range(60)]
    whole = Rates(
        *(sum(getattr(g, name) for g in groups) for name in ("found", "flagged", "actual"))
    )
    found = rate_intervals(groups)
    for name in ("precision", "recall", "f1"):
        low, high = found[name]
        assert low < getattr(whole, name) < high
    assert rate_intervals([Rates(0, 0, 0)] * 3) == {}


@pytest.mark.parametrize("line", ["{", "{}", '{"id": "a", "note": [{}], "dialogue": []}', ""])
def test_a_set_that_is_none(tmp_path: Path, line: str):
    path = tmp_path / "set.jsonl"
    path.write_text(line)
    with pytest.raises(DataError, match=r"set\.jsonl"):
        score_set(path, open_checks=fake())


# --- the checks on planted errors and references ----------------------------------------------

NOTE = """MEDICATIONS

Lisinopril 10 mg daily.

ALLERGIES

held-allergy-penicillin.

HISTORY OF PRESENT ILLNESS

He reports left knee pain for 3 weeks.

PLAN

Rest the knee \N{PILL}. Continue lisinopril 10 mg daily.
"""
SAID = "lisinopril 10 mg daily . left knee pain for 3 weeks . allergic to penicillin ."
VISIT = Pair("V", "s", (Turn("patient", SAID), Turn("nurse", NOTE)), NOTE)
DATASET = Dataset("made", [VISIT])


def test_planted_errors_that_are_flagged_are_found():
    figures = score_planted(DATASET, open_checks=fake("verbatim")).figures
    assert figures["kinds_a_note"]["least"] >= 5
    assert figures["all"]["recall"] == 1
    assert figures["all"]["flagged_before"] == figures["all"]["flagged_elsewhere"] == 0
    assert {"dose", "laterality", "allergy", "medication", "duration"} <= set(figures["by_kind"])
    assert figures["by_kind"]["dose"]["found_as_this_kind"] == figures["by_kind"]["dose"]["planted"]
    assert figures["by_kind"]["laterality"]["found_as_this_kind"] == 0, "it was called a dose"
    assert (
        sum(value["planted"] for value in figures["by_form"].values()) == figures["all"]["planted"]
    )


def test_a_dropped_allergy_is_found_among_the_omissions():
    trials = score_planted(DATASET, open_checks=fake()).figures["trials"]
    (dropped,) = [t for t in trials if t["kind"] == "allergy"]
    assert dropped["found"] and dropped["reason"] == "omitted: allergy penicillin"
    assert not [t for t in trials if t["found"] and t["kind"] != "allergy"], "nothing was flagged"


def test_what_is_flagged_anyway_is_no_find():
    figures = score_planted(DATASET, open_checks=fake("always")).figures
    changed = [t for t in figures["trials"] if t["before"] and t["after"]]
    assert changed and not [t for t in changed if t["found"]]
    assert figures["all"]["flagged_before"] >= len(changed)


def test_the_seed_decides_what_is_planted():
    def planted(seed: int) -> list[str]:
        figures = score_planted(DATASET, seed, open_checks=fake()).figures
        return [trial["statement"] for trial in figures["trials"]]

    assert planted(1) == planted(1)
    assert len({tuple(planted(seed)) for seed in range(4)}) > 1


def test_flags_in_references_are_listed(tmp_path: Path):
    pairs = [
        Pair("A", "s", (Turn("", "hello"),), "Right. Has it wrong-problem-major."),
        Pair("B", "s", (Turn("", "hello"),), "Came wrong-date-minor. Goes to work."),
    ]
    outcome = score_references(Dataset("made", pairs), open_checks=fake())
    figures = outcome.figures
    assert (figures["statements"], figures["major_a_note"], figures["minor_a_note"]) == (
        4,
        0.5,
        0.5,
    )
    assert (figures["notes_with_major"], figures["unchecked_share"]) == (0.5, 0.25)
    assert figures["by_kind"]["problem"] == {"major": 1, "minor": 0}
    assert [(flag["case"], flag["severity"]) for flag in figures["flags"]] == [
        ("A", "major"),
        ("B", "minor"),
    ]
    markdown = write_outcome(outcome, tmp_path)[1].read_text()
    assert "| A | major | problem | Has it wrong-problem-major. | r |" in markdown


def test_what_the_command_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    assert main(["checks", "--out", str(tmp_path)]) == 1
    assert "--set, --planted, --references, --readers or --evidence" in capsys.readouterr().err
    monkeypatch.setattr(checks_module, "VOCABULARIES", (tmp_path / "none.json",))
    assert main(["checks", "--references", "samples", "--out", str(tmp_path)]) == 1
    assert "The clinical checks cannot run. Their word lists" in capsys.readouterr().err


# --- the real checks --------------------------------------------------------------------------


@needs_checks
def test_the_real_checks_answer_as_agreed():
    turns = [
        Turn("doctor", "are you allergic to penicillin ?"),
        Turn("patient", "yes . and i take metformin five hundred milligrams twice a day ."),
    ]
    note = "MEDICATIONS\n\nMetformin 850 mg twice daily. \N{PILL}\n\nALLERGIES\n\nPenicillin."
    with Checks() as checks:
        answer = checks.check(turns, note, note)
        alone = checks.check(turns, ["Metformin 500 mg twice daily.", "Takes warfarin."])
        left_out = checks.check(turns, "Metformin.", note)["omissions"]
        parts = checks.statements(note)
        with pytest.raises(ChecksError) as caught:
            checks.ask("no such operation")
        assert caught.value.code != "process"
        assert checks.statements("Fine.")[0]["text"] == "Fine.", "the process goes on"
    units = note.encode("utf-16-le")
    for statement in (*answer["statements"], *parts):
        text = units[2 * statement["start"] : 2 * statement["end"]].decode("utf-16-le")
        assert text == statement["text"]
    first = answer["statements"][0]
    assert first["verdict"] == "unsupported" and first["severity"] == "major" and first["reason"]
    assert [s["verdict"] for s in alone["statements"]] == ["supported", "unsupported"]
    assert {claim["kind"] for claim in first["claims"]} <= {*KINDS, "symptom"}
    assert ("allergy", "penicillin") in {(o["kind"], o["text"].lower()) for o in left_out}


@needs_checks
def test_the_real_checks_on_the_tuning_half(report: list[str]):
    figures = score_set(TUNE).figures
    assert figures["pairs"] == 130 and figures["statements"] == 262
    for level in ("major", "any"):
        told = figures[level]
        report.append(
            f"clinical checks, tuning half, {level}: precision {told['precision']}, "
            f"recall {told['recall']}"
        )
        assert told["precision"] > 0.95 and told["recall"] > 0.95
    assert figures["checks_sha256"] == checks_digest()


@needs_checks
def test_the_real_checks_find_planted_errors_in_the_samples(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, report: list[str]
):
    command = ["checks", "--planted", "samples", "--references", "samples", "--out", str(tmp_path)]
    assert main(command) == 0
    assert "Planted errors" in capsys.readouterr().out
    planted = json.loads((tmp_path / "planted.json").read_text())
    references = json.loads((tmp_path / "references.json").read_text())
    assert planted["kinds_a_note"]["least"] >= 3
    assert planted["major"]["recall"] > 0.85
    assert references["dataset"]["notes"] == planted["dataset"]["notes"] == 4
    report.append(
        f"clinical checks, samples: {planted['major']['found']} of {planted['major']['planted']} "
        f"planted major errors found, {references['major_a_note']} major flags a reference"
    )
