"""The links of the checks to turns, on visits whose facts carry the turns in which they were said.

A written visit says of each statement which facts it states, and of each fact in which turns it
was said (`model_build/data/written.py`). A link of a checked statement is right where its turn is
one of those. Where the checks split a statement of the visit in two, both have all its turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model_build.checks import Checks
from model_build.data import Pair
from model_build.links import statement_turns, turns_of

from ..datasets import Dataset
from ..errors import EvalError
from ..generate import progress_bar
from ..measures.clinical import is_major
from ..report.tables import Table
from .planted import plant_trials, trial_rates
from .results import (
    Clock,
    OpenChecks,
    Outcome,
    Rates,
    about,
    percent,
    rate_intervals,
    running_checks,
)


@dataclass(frozen=True)
class Linked:
    """One checked statement of a true note, with the turns that state it."""

    case: str
    statement: dict[str, Any]
    turns: frozenset[int]

    @property
    def links(self) -> Sequence[int]:
        """Turns that the checks link it to."""
        return self.statement["turns"]

    @property
    def right(self) -> int:
        """How many of them state it."""
        return sum(turn in self.turns for turn in self.links)


def score_evidence(dataset: Dataset, seed: int = 0, open_checks: OpenChecks = Checks) -> Outcome:
    """Compares links with the facts' turns, and counts marks on true and on planted statements.

    Raises:
        EvalError: for a dataset whose facts have no turns, or where the checks cannot run.
    """
    if not any(fact.turns for pair in dataset.pairs for fact in pair.facts):
        raise EvalError(
            f"{dataset.name} does not say in which turns its facts were said, so its links cannot "
            "be judged: name a set of written visits, such as 'endocrinology'."
        )
    clock = Clock()
    linked: list[Linked] = []
    trials = []
    with (
        running_checks(open_checks, clock) as checks,
        progress_bar(len(dataset.pairs), "Checking evidence", "notes") as bar,
    ):
        for pair in dataset.pairs:
            answer = checks.check(pair.dialogue, pair.note)
            linked += _link(pair, answer["statements"])
            trials += plant_trials(checks, pair, seed)
            bar.update(1)
    cases = list(dict.fromkeys(item.case for item in linked))
    by_case = [[item for item in linked if item.case == case] for case in cases]
    sourced = [item for item in linked if item.turns]
    figures = {
        "linked": _rate(by_case, lambda i: bool(i.turns), lambda i: bool(i.links)),
        "links_right": _shares(
            [(sum(i.right for i in c), sum(len(i.links) for i in c)) for c in by_case]
        ),
        "statements_right": _rate(by_case, lambda i: bool(i.links), lambda i: i.right > 0),
        "marked_wrongly": _rate(
            by_case, lambda i: bool(i.turns), lambda i: i.statement["verdict"] == "unsupported"
        ),
        "marked_wrongly_as_major": _rate(
            by_case, lambda i: bool(i.turns), lambda i: is_major(i.statement)
        ),
        "unchecked": _rate(
            by_case, lambda _: True, lambda i: i.statement["verdict"] == "unchecked"
        ),
        "planted_marked": trial_rates(trials),
    }
    titles = {
        "linked": "Statements with a source that get a link",
        "links_right": "Links that hit a turn which states it",
        "statements_right": "Linked statements with at least one such link",
        "marked_wrongly": "True statements that are marked",
        "marked_wrongly_as_major": "True statements that are set apart (major)",
        "unchecked": "Statements with nothing to check",
        "planted_marked": "Planted major errors that are marked",
    }
    rows = [
        [title, percent(value["share"], value["ci95"]), f"{value['part']} of {value['whole']}"]
        for key, title in titles.items()
        for value in [figures[key]]
    ]
    notes = [
        f"{len(dataset.pairs)} notes of {dataset.name}, {len(linked)} statements. Intervals: 95%, "
        "notes resampled.",
        *dataset.notes,
        clock.sentence(),
    ]
    return Outcome(
        "evidence",
        f"Evidence in the notes of {dataset.name}",
        [Table("Evidence", ["", "Share", "Count"], rows, notes)],
        {
            "dataset": {"name": dataset.name, "sha256": dataset.digest, "notes": len(cases)},
            "seed": seed,
            "statements": len(linked),
            **figures,
            **about(clock),
        },
        [
            Table("No link", ["Case", "Statement", "Said in turns"], [
                [i.case, i.statement["text"], _listed(i.turns)] for i in sourced if not i.links
            ]),
            Table("Wrong links", ["Case", "Statement", "Linked", "Said in turns"], [
                [i.case, i.statement["text"], _listed(i.links), _listed(i.turns)]
                for i in linked if i.right < len(i.links)
            ]),
            Table("Marked wrongly", ["Case", "Severity", "Statement", "Reason"], [
                [i.case, i.statement["severity"], i.statement["text"], i.statement["reason"]]
                for i in sourced if i.statement["verdict"] == "unsupported"
            ]),
        ],
    )  # fmt: skip


def _link(pair: Pair, statements: Sequence[dict[str, Any]]) -> list[Linked]:
    spans = statement_turns(pair)
    return [Linked(pair.id, statement, turns_of(spans, statement)) for statement in statements]


def _rate(by_case: Sequence[Sequence[Linked]], counts: Any, holds: Any) -> dict[str, Any]:
    """The share of the statements that count for which something holds."""
    return _shares(
        [(sum(holds(i) for i in c if counts(i)), sum(counts(i) for i in c)) for c in by_case]
    )


def _shares(counts: Sequence[tuple[int, int]]) -> dict[str, Any]:
    part, whole = (sum(values) for values in zip(*counts, strict=True))
    interval = rate_intervals([Rates(p, 0, w) for p, w in counts]).get("recall")
    return {
        "part": part,
        "whole": whole,
        "share": round(part / whole, 4) if whole else None,
        "ci95": interval,
    }


def _listed(turns: Any) -> str:
    return ", ".join(str(turn) for turn in sorted(turns)) or "–"
