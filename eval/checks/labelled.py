"""The checks on statements that people have labelled: what they find, and what they flag wrongly.

A statement counts as positive where it has a major unsupported claim ('major'), or any unsupported
claim ('any'). See eval/sets/clinical-checks/README.md for the labels.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_build.checks import Checks
from model_build.data import DataError, Turn

from ..measures.clinical import KINDS, is_major, unsupported_claims
from ..report.tables import Table
from .results import (
    Asked,
    Clock,
    OpenChecks,
    Outcome,
    Rates,
    about,
    percent,
    rate_intervals,
    rates,
    read_json_lines,
    running_checks,
)

CLASSES = ("supported", "unsupported, minor", "unsupported, major", "unchecked")
Label = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """A labelled statement with what the checks made of it."""

    pair: str
    speech: tuple[str, ...]
    label: Label
    answer: dict[str, Any]

    @property
    def is_major(self) -> bool:
        """Labelled as having a major unsupported claim."""
        return self.label["label"] == "unsupported" and self.label["severity"] == "major"

    @property
    def is_unsupported(self) -> bool:
        """Labelled as having any unsupported claim."""
        return self.label["label"] == "unsupported"

    @property
    def flagged_major(self) -> bool:
        """Flagged as major."""
        return is_major(self.answer)

    @property
    def flagged(self) -> bool:
        """Flagged at all."""
        return self.answer["verdict"] == "unsupported"


def score_set(path: Path, show_cases: bool = False, open_checks: OpenChecks = Checks) -> Outcome:
    """Scores the checks on a labelled set.

    Args:
        path: its JSON Lines file.
        show_cases: list the statements that were judged wrongly; not for a half that must stay
            unseen while checks are tuned.
        open_checks: opens their process; for tests.

    Raises:
        DataError: for a line that is no labelled pair.
        EvalError: where the checks cannot run.
    """
    pairs = read_set(path)
    clock = Clock()
    with running_checks(open_checks, clock) as checks:
        judged = [
            j for number, pair in enumerate(pairs, 1) for j in _judge(checks, pair, path, number)
        ]
    levels = {
        "major": (lambda j: j.is_major, lambda j: j.flagged_major),
        "any": (lambda j: j.is_unsupported, lambda j: j.flagged),
    }
    tables, figures = [], {}
    rows = []
    for level, (actual, flagged) in levels.items():
        every = rates([(actual(j), flagged(j)) for j in judged])
        groups = [
            rates([(actual(j), flagged(j)) for j in judged if j.pair == pair["id"]])
            for pair in pairs
        ]
        intervals = rate_intervals(groups)
        figures[level] = every.to_json() | {"ci95": intervals}
        rows.append([_LEVELS[level], *_cells(every, intervals)])
    seen = f"{len(pairs)} pairs, {len(judged)} statements. Intervals: 95%, pairs resampled."
    tables.append(Table("Statements", ["Unsupported claim", *_RATES], rows, [seen]))
    by_kind = {kind: _kind(judged, kind) for kind in KINDS}
    tables.append(_kind_table(by_kind))
    by_speech = {
        tag: {
            level: rates([(actual(j), flagged(j)) for j in judged if tag in j.speech])
            for level, (actual, flagged) in levels.items()
        }
        for tag in sorted({tag for j in judged for tag in j.speech})
    }
    tables.append(_speech_table(by_speech))
    confusion = Counter((_class(j.label, "label"), _class(j.answer, "verdict")) for j in judged)
    tables.append(
        Table(
            "Labels (rows) and verdicts (columns)",
            ["Labelled as", *CLASSES],
            [[row, *(str(confusion[row, column]) for column in CLASSES)] for row in CLASSES],
            [clock.sentence()],
        )
    )
    figures |= {
        "set": path.name,
        "pairs": len(pairs),
        "statements": len(judged),
        "by_kind": by_kind,
        "by_speech": {
            tag: {level: r.to_json() for level, r in by_level.items()}
            for tag, by_level in by_speech.items()
        },
        "confusion": {
            row: {column: confusion[row, column] for column in CLASSES} for row in CLASSES
        },
        **about(clock),
    }
    cases: list[Table] = []
    if show_cases:
        figures["wrong"] = [_case(j) for j in judged if _is_wrong(j)]
        cases.append(_case_table(judged))
    return Outcome("set", f"The clinical checks on {path.name}", tables, figures, cases)


_LEVELS = {"major": "major", "any": "major or minor"}
_RATES = ["Precision", "Recall", "F1", "Flagged", "Labelled", "Both"]


def read_set(path: Path) -> list[dict[str, Any]]:
    """The pairs of a labelled set.

    Raises:
        DataError: for a file or line that is none.
    """

    def fits(pair: Any) -> bool:
        known = all({"text", "claims", "label", "severity"} <= set(s) for s in pair["note"])
        return known and {"id", "dialogue", "speech"} <= set(pair)

    return read_json_lines(path, "labelled pair", fits)


def _judge(checks: Asked, pair: dict[str, Any], path: Path, number: int) -> list[Judged]:
    turns = [Turn(turn["speaker"], turn["text"]) for turn in pair["dialogue"]]
    labels = pair["note"]
    answers = checks.check(turns, [label["text"] for label in labels])["statements"]
    if len(answers) != len(labels):
        what = f"the checks gave {len(answers)} verdicts for {len(labels)} statements."
        raise DataError(what, path, number)
    return [
        Judged(pair["id"], tuple(pair["speech"]), label, answer)
        for label, answer in zip(labels, answers, strict=True)
    ]


def _class(judged: dict[str, Any], key: str) -> str:
    verdict = judged[key]
    return f"unsupported, {judged['severity']}" if verdict == "unsupported" else verdict


def _kind(judged: Sequence[Judged], kind: str) -> dict[str, Any]:
    """How errors of one kind are found, and how right the flags of that kind are.

    An error is found where its statement is flagged, as major if the error is; it is found as what
    it is where a flagged claim has its kind too. A flag of the kind is right where its statement
    has an unsupported claim, a major one for a major flag.
    """
    errors = found = named = flags = right = 0
    for j in judged:
        of_kind = [c for c in unsupported_claims(j.answer) if c["kind"] == kind]
        for claim in j.label["claims"]:
            if claim["kind"] == kind and claim["label"] == "unsupported":
                seen = j.flagged_major if claim["severity"] == "major" else j.flagged
                errors += 1
                found += seen
                named += seen and bool(of_kind)
        if of_kind:
            flags += 1
            worst_is_major = any(c["severity"] == "major" for c in of_kind)
            right += j.is_major if worst_is_major else j.is_unsupported
    by = Rates(found, 0, errors)
    return {
        "errors": errors,
        "found": found,
        "found_as_this_kind": named,
        "recall": by.recall if by.recall is None else round(by.recall, 4),
        "flags": flags,
        "right": right,
        "precision": round(right / flags, 4) if flags else None,
    }


def _kind_table(by_kind: dict[str, dict[str, Any]]) -> Table:
    rows = [
        [
            kind,
            str(v["errors"]),
            str(v["found"]),
            percent(v["recall"]),
            str(v["found_as_this_kind"]),
            str(v["flags"]),
            percent(v["precision"]),
        ]
        for kind, v in by_kind.items()
    ]
    return Table(
        "By kind of claim",
        ["Kind", "Errors", "Found", "Recall", "Found as this kind", "Flags", "Precision"],
        rows,
        [
            "An error is found where its statement is flagged, as major if the error is major. "
            "A flag is right where its statement has an unsupported claim, for a major flag a "
            "major one."
        ],
    )


def _speech_table(by_speech: dict[str, dict[str, Rates]]) -> Table:
    rows = [
        [
            tag,
            *(percent(v) for v in (r["major"].precision, r["major"].recall, r["major"].f1)),
            str(r["major"].flagged),
            str(r["major"].actual),
            *(percent(v) for v in (r["any"].precision, r["any"].recall, r["any"].f1)),
        ]
        for tag, r in by_speech.items()
    ]
    head = ["Way of speaking", "Precision", "Recall", "F1", "Flagged", "Labelled"]
    return Table("By way of speaking: major, and any", [*head, "Any: P", "Any: R", "Any: F1"], rows)


def _cells(found: Rates, intervals: dict[str, list[float]]) -> list[str]:
    return [
        percent(found.precision, intervals.get("precision")),
        percent(found.recall, intervals.get("recall")),
        percent(found.f1, intervals.get("f1")),
        str(found.flagged),
        str(found.actual),
        str(found.found),
    ]


def _is_wrong(judged: Judged) -> bool:
    return _class(judged.label, "label") != _class(judged.answer, "verdict")


def _case(judged: Judged) -> dict[str, Any]:
    return {
        "pair": judged.pair,
        "statement": judged.label["text"],
        "label": _class(judged.label, "label"),
        "verdict": _class(judged.answer, "verdict"),
        "errors": [c["text"] for c in judged.label["claims"] if c["label"] == "unsupported"],
        "reason": judged.answer["reason"],
    }


def _case_table(judged: Iterable[Judged]) -> Table:
    wrong = [_case(j) for j in judged if _is_wrong(j)]
    rows = [
        [
            c["pair"],
            c["statement"],
            c["label"],
            c["verdict"],
            "; ".join(c["errors"]),
            c["reason"] or "",
        ]
        for c in wrong
    ]
    head = ["Pair", "Statement", "Label", "Verdict", "Errors", "The checks' reason"]
    return Table("Statements judged otherwise than labelled", head, rows)
