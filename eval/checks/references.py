"""The checks on untouched reference notes: what they flag there is mostly wrong.

References are written by people who knew the visit, so a flag is a false alarm unless the reader of
the list finds that the visit does not bear the statement out; some do not.
"""

from collections import Counter
from typing import Any

from model_build.checks import Checks

from ..datasets import Dataset
from ..generate import progress_bar
from ..measures.clinical import KINDS, is_major, unsupported_claims
from ..report.tables import Table
from ..statistics import mean_interval
from .results import Clock, OpenChecks, Outcome, about, percent, running_checks


def score_references(dataset: Dataset, open_checks: OpenChecks = Checks) -> Outcome:
    """Checks a dataset's own notes, and lists what is flagged.

    Raises:
        EvalError: where the checks cannot run.
    """
    clock = Clock()
    notes: list[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = []
    with (
        running_checks(open_checks, clock) as checks,
        progress_bar(len(dataset.pairs), "Checking references", "notes") as bar,
    ):
        for pair in dataset.pairs:
            answer = checks.check(pair.dialogue, pair.note)
            notes.append((pair.id, answer["statements"], answer["omissions"]))
            bar.update(1)
    statements = [s for _, found, _ in notes for s in found]
    flagged = [
        (case, s) for case, found, _ in notes for s in found if s["verdict"] == "unsupported"
    ]
    count = len(statements)
    major = mean_interval([sum(map(is_major, found)) for _, found, _ in notes])
    minor = mean_interval(
        [sum(s["verdict"] == "unsupported" and not is_major(s) for s in f) for _, f, _ in notes]
    )
    with_major = sum(any(map(is_major, found)) for _, found, _ in notes) / len(notes)
    unchecked = sum(s["verdict"] == "unchecked" for s in statements) / max(1, count)
    omissions = mean_interval([len(left_out) for _, _, left_out in notes])
    kinds: Counter[tuple[str, str]] = Counter(
        (c["kind"], c["severity"]) for _, s in flagged for c in unsupported_claims(s)
    )
    by_kind = {k: {w: kinds[k, w] for w in ("major", "minor")} for k in KINDS}
    rows = [
        ["Statements", f"{count / len(notes):.1f} a note"],
        ["Flagged as major, a note", f"{major.mean:.2f} [{major.low:.2f}, {major.high:.2f}]"],
        ["Flagged as minor, a note", f"{minor.mean:.2f} [{minor.low:.2f}, {minor.high:.2f}]"],
        ["Statements flagged as major", percent(sum(map(is_major, statements)) / max(1, count))],
        ["Notes with a major flag", percent(with_major)],
        ["Statements with nothing to check", percent(unchecked)],
        ["Said and not in the note, a note", f"{omissions.mean:.2f}"],
    ]
    about_notes = [f"{len(notes)} notes of {dataset.name}. Intervals: 95%.", *dataset.notes]
    return Outcome(
        "references",
        f"The untouched notes of {dataset.name}",
        [
            Table("Flags in references", ["", "Value"], rows, [*about_notes, clock.sentence()]),
            Table(
                "Flagged claims by kind",
                ["Kind", "Major", "Minor"],
                [
                    [k, str(v["major"]), str(v["minor"])]
                    for k, v in by_kind.items()
                    if any(v.values())
                ],
            ),
        ],
        {
            "dataset": {"name": dataset.name, "sha256": dataset.digest, "notes": len(notes)},
            "statements": count,
            "major_a_note": round(major.mean, 4),
            "minor_a_note": round(minor.mean, 4),
            "notes_with_major": round(with_major, 4),
            "unchecked_share": round(unchecked, 4),
            "omissions_a_note": round(omissions.mean, 4),
            "by_kind": by_kind,
            "flags": [_flag(case, s) for case, s in flagged],
            **about(clock),
        },
        [Table("What was flagged", _FLAG_HEAD, [_flag_row(case, s) for case, s in flagged])],
    )


_FLAG_HEAD = ["Case", "Severity", "Kinds", "Statement", "Reason"]


def _flag_row(case: str, statement: dict[str, Any]) -> list[str]:
    flag = _flag(case, statement)
    kinds = ", ".join(flag["kinds"])
    return [case, flag["severity"], kinds, flag["statement"], flag["reason"] or ""]


def _flag(case: str, statement: dict[str, Any]) -> dict[str, Any]:
    return {
        "case": case,
        "severity": statement["severity"],
        "kinds": [c["kind"] for c in unsupported_claims(statement)],
        "statement": statement["text"],
        "reason": statement["reason"],
    }
