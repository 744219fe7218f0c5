"""Labels of two readers: rates, agreement, the checks beside them, and what cannot be used."""

import hashlib
import json
import os
import sys
from functools import partial
from pathlib import Path

import pytest

from eval.checks import readers, score_readers
from eval.errors import EvalError
from model_build.checks import Checks
from model_build.data import DataError

DATA = Path(os.environ.get("SCRIBE_DATA", "") or "nowhere")
FAKE = partial(Checks, command=(sys.executable, str(Path(__file__).with_name("fake_checks.py"))))
NOTE = "He takes wrong-dose-major. He is é well. He may work."


def label(text: str, first: tuple[str, str | None], second: tuple[str, str | None]) -> dict:
    start = len(NOTE[: NOTE.index(text)].encode("utf-16-le")) // 2
    return {
        "visit": "D2N088",
        "system": "gpt-4",
        "start": start,
        "end": start + len(text.encode("utf-16-le")) // 2,
        "sha256": hashlib.sha256(text.encode()).hexdigest()[:16],
        "readers": [{"label": n, "severity": s, "kind": None} for n, s in (first, second)],
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for file in (readers.VISITS, *readers.NOTES.values()):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        note = NOTE if file != readers.VISITS else "Fine."
        path.write_text(f'encounter_id,dialogue,note\nD2N088,[doctor] hello,"{note}"\n')
    return tmp_path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    made = [
        label("He takes wrong-dose-major.", ("unsupported", "major"), ("unsupported", "major")),
        label("He is é well.", ("unsupported", "major"), ("supported", None)),
        label("He may work.", ("unchecked", None), ("unchecked", None)),
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in made))
    return path


def test_rates_agreement_and_the_checks(labels: Path, data: Path):
    figures = score_readers(labels, data, FAKE).figures["systems"]
    found = figures["gpt-4"]
    assert found["statements"] == 3
    assert found["major"] == pytest.approx({"reader_1": 2 / 3, "reader_2": 1 / 3, "checks": 1 / 3})
    assert found["unchecked"] == pytest.approx(dict.fromkeys(found["unchecked"], 1 / 3))
    # Chance agreement is (2·1 + 1·2) / 9, observed 2 / 3.
    assert found["kappa"]["readers_major"] == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert found["kappa"]["checks_and_reader_2_major"] == 1
    against = found["checks_against_agreed_major"]
    assert (found["agreed"], against["found"], against["flagged"], against["actual"]) == (
        2,
        1,
        1,
        1,
    )
    assert figures["both"] == found
    assert figures["bart-by-division"]["statements"] == 0


def test_labels_of_other_notes_are_refused(labels: Path, data: Path):
    text = labels.read_text()
    labels.write_text(text.replace("D2N088", "D2N089", 1))
    with pytest.raises(DataError, match="row 1: the data does not hold this statement"):
        score_readers(labels, data, FAKE)
    labels.write_text(text.replace('"start": 0', '"start": 1', 1))
    with pytest.raises(DataError, match="row 1: the data does not hold"):
        score_readers(labels, data, FAKE)


def test_what_is_no_label_and_missing_data(labels: Path, data: Path, tmp_path: Path):
    with pytest.raises(EvalError, match="set SCRIBE_DATA"):
        score_readers(labels, None, FAKE)
    with pytest.raises(EvalError, match="set SCRIBE_DATA"):
        score_readers(labels, tmp_path / "nowhere", FAKE)
    labels.write_text("{}\n")
    with pytest.raises(DataError, match="row 1: the line is no label of two readers"):
        score_readers(labels, data, FAKE)
    labels.write_text("")
    with pytest.raises(DataError, match="no label of two readers"):
        score_readers(labels, data, FAKE)


@pytest.mark.skipif(
    not (DATA / readers.VISITS).exists(), reason="SCRIBE_DATA names no folder with ACI-Bench"
)
def test_the_committed_labels_fit_the_data():
    file = Path(__file__).parents[2] / "eval" / "sets" / "double-labels" / "labels.jsonl"
    found = score_readers(file, DATA, FAKE).figures["systems"]
    assert found["both"]["statements"] == 591
    assert found["both"]["kappa"]["readers_major"] > 0.8
