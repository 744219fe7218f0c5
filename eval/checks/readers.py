"""Finished notes whose statements two readers have labelled, and the checks beside them.

The labels stand in `eval/sets/double-labels`; the notes and transcripts that they are of are
ACI-Bench's and are read from the data folder. See the README there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_build.checks import Checks, utf16_length
from model_build.data import DataError, Pair, read_notes, read_pairs

from ..errors import EvalError
from ..measures.clinical import is_major
from ..report.tables import Table
from ..statistics import cohen_kappa
from .results import (
    Clock,
    OpenChecks,
    Outcome,
    about,
    percent,
    rates,
    read_json_lines,
    running_checks,
)

VISITS = Path("aci-bench/test1.csv")
NOTES = {
    "gpt-4": Path("aci-bench/predictions/test1GPT-4_.csv"),
    "bart-by-division": Path(
        "aci-bench/predictions/bart-large-xsum-samsum_clinicalnlp_taskB_test1_division_combined.csv"
    ),
}


@dataclass(frozen=True)
class Labelled:
    """A statement, what each reader made of it, and the checks' worst verdict on its words."""

    system: str
    readers: tuple[dict[str, Any], ...]
    verdict: str
    major: bool


def score_readers(path: Path, data: Path | None, open_checks: OpenChecks = Checks) -> Outcome:
    """The readers' rates and agreement, and the checks' beside them.

    Args:
        path: the labels, as JSON Lines.
        data: the folder with ACI-Bench.
        open_checks: opens the checks' process; for tests.

    Raises:
        DataError: for a line that is no label, or whose statement the notes do not hold.
        EvalError: where the data is not there, or the checks cannot run.
    """
    if data is None or not (data / VISITS).exists():
        raise EvalError(f"These labels need {VISITS} and the notes beside it: set SCRIBE_DATA.")
    visits = {pair.id: pair for pair in read_pairs(data / VISITS)}
    notes = {system: read_notes(data / file) for system, file in NOTES.items()}
    clock = Clock()
    judged: list[Labelled] = []
    with running_checks(open_checks, clock) as checks:
        answers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for number, label in enumerate(read_labels(path), 1):
            visit, system = label["visit"], label["system"]
            note = notes.get(system, {}).get(visit)
            if note is None or visit not in visits or not _holds(note, label):
                raise DataError("the data does not hold this statement.", path, number)
            if (visit, system) not in answers:
                pair: Pair = visits[visit]
                answers[visit, system] = checks.check(pair.dialogue, note)["statements"]
            touched = [
                s
                for s in answers[visit, system]
                if s["start"] < label["end"] and label["start"] < s["end"]
            ]
            verdicts = {s["verdict"] for s in touched}
            order = ("unsupported", "supported", "unchecked")
            verdict = next((v for v in order if v in verdicts), "unchecked")
            major = any(map(is_major, touched))
            judged.append(Labelled(system, tuple(label["readers"]), verdict, major))
    systems = {"both": judged} | {s: [j for j in judged if j.system == s] for s in NOTES}
    figures = {name: _figures(found) for name, found in systems.items()}
    return Outcome(
        "readers",
        "Two readers and the clinical checks on finished notes",
        [_rates_table(figures), _agreement_table(figures, clock)],
        {"systems": figures, **about(clock)},
    )


def read_labels(path: Path) -> list[dict[str, Any]]:
    """The labels of a file.

    Raises:
        DataError: for a file or line that is none.
    """

    def fits(label: Any) -> bool:
        whole = {"visit", "system", "start", "end", "sha256"} <= set(label)
        return whole and len(label["readers"]) == 2

    return read_json_lines(path, "label of two readers", fits)


def _holds(note: str, label: dict[str, Any]) -> bool:
    """Whether the note's text at the label's offsets (UTF-16 units) is the one that was read."""
    units = note.encode("utf-16-le")[2 * label["start"] : 2 * label["end"]]
    text = units.decode("utf-16-le", errors="replace")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return label["end"] <= utf16_length(note) and digest.startswith(label["sha256"])


def _major(reader: dict[str, Any]) -> bool:
    return reader["label"] == "unsupported" and reader["severity"] == "major"


def _figures(judged: Sequence[Labelled]) -> dict[str, Any]:
    count = max(1, len(judged))
    readers = range(2)
    majors = [[_major(j.readers[r]) for j in judged] for r in readers]
    labels = [[j.readers[r]["label"] for j in judged] for r in readers]
    agreed = [j for j in judged if _major(j.readers[0]) == _major(j.readers[1])]
    index = {label: i for i, label in enumerate(("supported", "unsupported", "unchecked"))}
    checks = [j.major for j in judged]
    return {
        "statements": len(judged),
        "major": {
            **{f"reader_{r + 1}": sum(majors[r]) / count for r in readers},
            "checks": sum(checks) / count,
        },
        "unsupported": {
            **{f"reader_{r + 1}": labels[r].count("unsupported") / count for r in readers},
            "checks": sum(j.verdict == "unsupported" for j in judged) / count,
        },
        "unchecked": {
            **{f"reader_{r + 1}": labels[r].count("unchecked") / count for r in readers},
            "checks": sum(j.verdict == "unchecked" for j in judged) / count,
        },
        "kappa": {
            "readers_major": cohen_kappa(*majors),
            "readers_label": cohen_kappa(*[[index[v] for v in own] for own in labels]),
            "checks_and_reader_1_major": cohen_kappa(checks, majors[0]),
            "checks_and_reader_2_major": cohen_kappa(checks, majors[1]),
        },
        "checks_against_agreed_major": rates(
            [(_major(j.readers[0]), j.major) for j in agreed]
        ).to_json(),
        "agreed": len(agreed),
    }


def _rates_table(figures: dict[str, dict[str, Any]]) -> Table:
    rows = [
        [system, what, *(percent(f[key][who]) for who in ("reader_1", "reader_2", "checks"))]
        for system, f in figures.items()
        for what, key in (
            ("with a major unsupported claim", "major"),
            ("with any unsupported claim", "unsupported"),
            ("nothing to check", "unchecked"),
        )
    ]
    head = ["Notes of", "Statements", "Reader 1", "Reader 2", "Checks"]
    return Table("What readers and checks find", head, rows)


def _agreement_table(figures: dict[str, dict[str, Any]], clock: Clock) -> Table:
    rows = []
    for system, found in figures.items():
        kappa, against = found["kappa"], found["checks_against_agreed_major"]
        names = ("readers_major", "checks_and_reader_1_major", "checks_and_reader_2_major")
        told = ["–" if kappa[n] is None else f"{kappa[n]:.2f}" for n in names]
        rows.append(
            [
                system,
                str(found["statements"]),
                *told,
                percent(against["precision"]),
                percent(against["recall"]),
            ]
        )
    agreements = ["Notes of", "Statements", "Readers", "Checks, reader 1", "Checks, reader 2"]
    return Table(
        "Agreement on a major unsupported claim (Cohen's kappa)",
        [*agreements, "Checks' precision", "Checks' recall"],
        rows,
        ["Precision and recall: where the readers agree on it.", clock.sentence()],
    )
