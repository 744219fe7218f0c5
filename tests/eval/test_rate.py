"""Blind sheets: nothing on them names a system, and what readers wrote comes back."""

import csv
import json
from pathlib import Path

import pytest

from eval.cli import main
from eval.errors import EvalError
from eval.judge.rating import COUNTS, SCALES
from eval.measures.judge import values_of
from eval.rate import key_path, read_ratings, read_sheets, write_sheet
from eval.report.write import write_report
from eval.run_folder import RunFolder, write_lines
from eval.systems.base import Prediction, System
from eval.systems.transcript import TranscriptCopy
from model_build.data import DataError, Pair
from tests.eval.conftest import make_pairs, make_run
from tests.eval.test_judge import GOOD, rating
from tests.eval.test_report import scored


class Reference(System):
    name = "reference"

    def write(self, pair: Pair) -> Prediction:
        return Prediction(pair.id, pair.note)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    pairs = make_pairs(6)
    return [
        scored(tmp_path / "one", pairs, Reference()),
        scored(tmp_path / "two", pairs, TranscriptCopy()),
    ]


@pytest.fixture
def sheet(runs: list[Path], tmp_path: Path) -> Path:
    path = tmp_path / "sheets" / "sheet.csv"
    assert write_sheet(runs, path, 4, seed=1) == 8
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def fill(sheet: Path, copy: Path, good: int, bad: int, leave: int = 0) -> Path:
    """A copy in which transcripts as notes get `bad` and the others `good` on every scale."""
    rows = rows_of(sheet)
    for row in rows[leave:]:
        value = bad if row["note"] == row["transcript"] else good
        row |= dict.fromkeys(SCALES, str(value)) | dict.fromkeys(COUNTS, str(5 - value))
    with copy.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return copy


def test_a_sheet_is_blind_and_shuffled(sheet: Path, runs: list[Path]):
    rows = rows_of(sheet)
    text = sheet.read_text(encoding="utf-8-sig")
    assert not any(name in text for name in ("reference", "copy", "one", "two", "V1"))
    copied = [row["note"] == row["transcript"] for row in rows]
    assert sum(copied) == 4
    assert copied not in ([True] * 4 + [False] * 4, [False] * 4 + [True] * 4)
    assert list(rows[0]) == ["item", "transcript", "note", *SCALES, *COUNTS, "comment"]
    assert len({row["item"] for row in rows}) == 8
    with pytest.raises(EvalError, match="there already"):
        write_sheet(runs, sheet, 4, seed=1)


def test_what_readers_wrote_comes_back(sheet: Path, runs: list[Path], tmp_path: Path):
    one = fill(sheet, tmp_path / "reader1.csv", good=5, bad=2)
    other = fill(sheet, tmp_path / "reader2.csv", good=4, bad=2)
    found = read_sheets([one, other], key_path(sheet))
    assert (found.rated, found.notes) == (8, 8)
    good, bad = found.systems["reference"], found.systems["copy"]
    assert good["judge_factual_correctness"]["mean"] == 4.5
    assert bad["judge_composite"]["mean"] == 2
    assert bad["judge_visits_with_major_hallucination"]["mean"] == 1
    assert 0 < found.kappa["completeness"] < 1
    assert found.judge_kappa == {}
    markdown = write_report(runs, tmp_path / "out")[0].read_text()
    assert "## Rated by human readers" in markdown
    assert "| Factual correctness (2 readers) | 4.50" in markdown


def test_agreement_with_the_judge(sheet: Path, runs: list[Path], tmp_path: Path):
    for run, value in zip(runs, (5, 1), strict=True):
        scores = RunFolder.open(run).scores()
        judged = values_of(rating(**dict.fromkeys(SCALES, value)))
        write_lines(
            run / "scores.jsonl", [{"id": i, "measures": s | judged} for i, s in scores.items()]
        )
    found = read_sheets([fill(sheet, tmp_path / "r.csv", good=5, bad=1)], key_path(sheet))
    assert found.judge_kappa["relevance"] == 1
    assert found.kappa == {}


def test_rows_that_are_left_empty(sheet: Path, tmp_path: Path):
    found = read_sheets([fill(sheet, tmp_path / "r.csv", 5, 2, leave=3)], key_path(sheet))
    assert (found.rated, found.notes) == (5, 8)
    with pytest.raises(EvalError, match="No row"):
        read_sheets([sheet])


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("relevance", "", "a number from 1 to 5 is missing"),
        ("relevance", "good", "a number from 1 to 5 is needed, not 'good'"),
        ("relevance", "6", "less than or equal to 5, not 6"),
        ("minor_omissions", "-1", "greater than or equal to 0, not -1"),
        ("minor_omissions", "", "a count is missing"),
    ],
)
def test_cells_that_are_no_rating(tmp_path: Path, column: str, text: str, said: str):
    cells = {"item": "x-1"} | {name: str(value) for name, value in GOOD.items()} | {column: text}
    path = tmp_path / "s.csv"
    path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n")
    with pytest.raises(DataError, match=f"row 2, column '{column}': .*{said}"):
        read_ratings(path)


def test_sheets_that_do_not_belong(sheet: Path, runs: list[Path], tmp_path: Path):
    other = tmp_path / "other.csv"
    write_sheet(runs[:1], other, 2, seed=9)
    with pytest.raises(EvalError, match="is not the sheet of this key"):
        read_sheets([other], key_path(sheet))
    with pytest.raises(EvalError, match="half-written"):
        read_sheets([fill(sheet, tmp_path / "lost.csv", 5, 2)])
    path = tmp_path / "narrow.csv"
    path.write_text("item,relevance\nx,3\n")
    with pytest.raises(DataError, match="row 1, column 'factual_correctness': the column is mis"):
        read_ratings(path)


def test_the_command(runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sheet = tmp_path / "s.csv"
    assert main(["rate", *map(str, runs), "--out", str(sheet), "--cases", "3"]) == 0
    assert "Wrote 6 notes" in capsys.readouterr().out
    assert len(json.loads(key_path(sheet).read_text())["items"]) == 6
    filled = fill(sheet, tmp_path / "f.csv", 4, 1)
    assert main(["rate", "--read", str(filled), "--key", str(key_path(sheet))]) == 0
    assert "6 of 6 notes are rated" in capsys.readouterr().out
    assert main(["rate"]) == 1
    assert "Name runs and a sheet" in capsys.readouterr().err
    assert make_run(tmp_path / "n", make_pairs(1), TranscriptCopy())
