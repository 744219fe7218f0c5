"""The checks on errors planted in reference notes.

Each note is changed once for every kind of error that it allows, with the planter's forms for
tests: a changed note has one error, so that what is flagged belongs to it and errors do not hide
one another. The untouched note is checked too, and only what is flagged beyond it counts.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model_build.checks import Checks, utf16_length
from model_build.data import Pair
from model_build.data.planter import KINDS, Plant, Planted, plant_each

from ..datasets import Dataset
from ..generate import progress_bar
from ..measures.clinical import is_major, unsupported_claims
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
    running_checks,
)

Statements = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Trial:
    """One planted error, and whether the checks found it."""

    case: str
    plant: Plant
    found: bool
    named: bool
    """Found as an error of its own kind."""
    flagged_before: bool
    """The untouched statement was flagged already: only a claim of another kind counts as found."""
    elsewhere: int
    """Other statements that are flagged as major now and were not before."""
    reason: str


def score_planted(dataset: Dataset, seed: int = 0, open_checks: OpenChecks = Checks) -> Outcome:
    """Plants errors in a dataset's notes, and counts those that are found.

    Raises:
        EvalError: where the checks cannot run.
    """
    clock = Clock()
    trials: list[Trial] = []
    with (
        running_checks(open_checks, clock) as checks,
        progress_bar(len(dataset.pairs), "Checking planted errors", "notes") as bar,
    ):
        for pair in dataset.pairs:
            trials += plant_trials(checks, pair, seed)
            bar.update(1)
    by_kind = {kind: _figures([t for t in trials if t.plant.kind == kind]) for kind in KINDS}
    major = [t for t in trials if t.plant.is_major]
    rows = [
        ["all", *_row(trials)],
        ["major kinds", *_row(major)],
        *(
            [kind, *_row(of_kind)]
            for kind in KINDS
            if (of_kind := [t for t in trials if t.plant.kind == kind])
        ),
    ]
    kinds = [len({t.plant.kind for t in trials if t.case == p.id}) for p in dataset.pairs]
    notes = [
        f"{len(dataset.pairs)} notes of {dataset.name}, {len(trials)} changed ones with one error "
        f"each; {min(kinds, default=0)} to {max(kinds, default=0)} kinds a note. Intervals: 95%, "
        "notes resampled.",
        "Found: the changed statement has a major flag that the untouched one lacks (for "
        "durations, which are minor errors, any flag); a dropped allergy is among the omissions.",
        *dataset.notes,
        clock.sentence(),
    ]
    head = ["Kind", "Planted", "Found", "Recall", "As this kind", "Flagged before", "Elsewhere"]
    forms = sorted({(t.plant.kind, _form(t.plant)) for t in trials})
    by_form = {
        f"{kind}: {form}": [t for t in trials if (t.plant.kind, _form(t.plant)) == (kind, form)]
        for kind, form in forms
    }
    return Outcome(
        "planted",
        f"Errors planted in the notes of {dataset.name}",
        [Table("Planted errors", head, rows, notes)],
        {
            "dataset": {"name": dataset.name, "sha256": dataset.digest, "notes": len(kinds)},
            "family": "tests",
            "seed": seed,
            "kinds_a_note": {"least": min(kinds, default=0), "most": max(kinds, default=0)},
            "all": _figures(trials),
            "major": _figures(major),
            "by_kind": {kind: value for kind, value in by_kind.items() if value["planted"]},
            "by_form": {form: _figures(of_form) for form, of_form in by_form.items()},
            "trials": [_case(trial) for trial in trials],
            **about(clock),
        },
        [
            Table("By form", ["Form", "Planted", "Found", "Recall"],
                  [[form, *_row(of_form)[:3]] for form, of_form in by_form.items()]),
            Table("Not found", ["Case", "Kind", "Form", "Before", "Statement"],
                  [[t.case, t.plant.kind, t.plant.form, t.plant.before, t.plant.statement]
                   for t in trials if not t.found]),
        ],
    )  # fmt: skip


def trial_rates(trials: Sequence[Trial]) -> dict[str, Any]:
    """Share of the major errors that were found, with its interval over notes."""
    major = [trial for trial in trials if trial.plant.is_major]
    figures = _figures(major)
    return {
        "part": figures["found"],
        "whole": figures["planted"],
        "share": figures["recall"],
        "ci95": figures["ci95"],
    }


def plant_trials(checks: Asked, pair: Pair, seed: int) -> list[Trial]:
    """A pair's note with one error of each kind that it allows, checked."""
    before = checks.check(pair.dialogue, pair.note, pair.note)
    return [
        _trial(pair, planted, before, checks.check(pair.dialogue, planted.note, pair.note))
        for planted in plant_each(pair.note, pair.dialogue, "tests", f"{seed}/{pair.id}")
    ]


def _trial(pair: Pair, planted: Planted, before: dict[str, Any], after: dict[str, Any]) -> Trial:
    (plant,) = planted.plants
    old = {(o["kind"], o["text"]) for o in before["omissions"]}
    if not plant.after and plant.start == plant.end:
        lost = [o for o in after["omissions"] if (o["kind"], o["text"]) not in old]
        named = any(o["kind"] == plant.kind for o in lost)
        reason = "; ".join(f"omitted: {o['kind']} {o['text']}" for o in lost)
        return Trial(pair.id, plant, named, named, False, 0, reason)
    # Up to the change, both notes are the same, so it begins at the same place in both.
    was = _overlapping(before["statements"], pair.note, plant.start, len(plant.before))
    now = _overlapping(after["statements"], planted.note, plant.start, plant.end - plant.start)
    claims = _new_claims(was, now, major=plant.is_major)
    return Trial(
        pair.id,
        plant,
        bool(claims),
        any(c["kind"] == plant.kind for c in claims),
        any(is_major(s) for s in was),
        _new_elsewhere(before["statements"], after["statements"], now),
        "; ".join(str(c["reason"]) for c in claims),
    )


def _new_claims(was: Statements, now: Statements, major: bool) -> list[dict[str, Any]]:
    """Unsupported claims beyond those, kind by kind, that the untouched statements have too.

    What is flagged anyway, or as another figure of the same kind, is no find.
    """
    claims = [
        c for s in now for c in unsupported_claims(s) if c["severity"] == "major" or not major
    ]
    had = Counter(c["kind"] for s in was for c in unsupported_claims(s))
    has = Counter(c["kind"] for c in claims)
    return [c for c in claims if has[c["kind"]] > had[c["kind"]]]


def _overlapping(
    statements: Statements, note: str, start: int, length: int
) -> list[dict[str, Any]]:
    """The statements that share a character with a span of the note (in code points)."""
    begin = utf16_length(note[:start])
    end = begin + max(1, utf16_length(note[start : start + length]))
    return [s for s in statements if s["start"] < end and s["end"] > begin]


def _new_elsewhere(before: Statements, after: Statements, changed: Statements) -> int:
    """Statements flagged as major now, not before, that are not the changed ones."""
    flagged = {s["text"] for s in before if is_major(s)}
    places = {s["start"] for s in changed}
    return sum(is_major(s) and s["text"] not in flagged and s["start"] not in places for s in after)


def _form(plant: Plant) -> str:
    return "swapped" if "→" in plant.form and ":" not in plant.form else plant.form


def _figures(trials: Sequence[Trial]) -> dict[str, Any]:
    found = sum(t.found for t in trials)
    return {
        "planted": len(trials),
        "found": found,
        "recall": round(found / len(trials), 4) if trials else None,
        "ci95": _interval(trials),
        "found_as_this_kind": sum(t.named for t in trials),
        "flagged_before": sum(t.flagged_before for t in trials),
        "flagged_elsewhere": sum(t.elsewhere for t in trials),
    }


def _interval(trials: Sequence[Trial]) -> list[float] | None:
    cases = dict.fromkeys(t.case for t in trials)
    counts = [
        Rates(
            sum(t.found for t in trials if t.case == case), 0, sum(t.case == case for t in trials)
        )
        for case in cases
    ]
    return rate_intervals(counts).get("recall")


def _row(trials: Sequence[Trial]) -> list[str]:
    f = _figures(trials)
    return [
        str(f["planted"]),
        str(f["found"]),
        percent(f["recall"], f["ci95"]),
        str(f["found_as_this_kind"]),
        str(f["flagged_before"]),
        str(f["flagged_elsewhere"]),
    ]


def _case(trial: Trial) -> dict[str, Any]:
    plant = trial.plant
    return {
        "case": trial.case,
        "kind": plant.kind,
        "form": plant.form,
        "before": plant.before,
        "after": plant.after,
        "statement": plant.statement,
        "found": trial.found,
        "found_as_this_kind": trial.named,
        "reason": trial.reason,
    }
