"""Scores the finished notes of a run folder and sums them up."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import EvalError
from .generate import Say, progress_bar
from .measures import Column, Item, Measure, Values
from .run_folder import FINDINGS, RunFolder, write_json, write_lines
from .statistics import SEED, mean_interval
from .versions import versions


def score(folder: RunFolder, measures: Sequence[Measure], say: Say, seed: int = SEED) -> None:
    """Writes scores.jsonl and summary.json. Cases without a finished note are left out.

    Figures of other measures stay, as long as the notes are those that they were computed on.

    Raises:
        EvalError: where there is no finished note.
    """
    cases = folder.cases()
    done = folder.predictions()
    items = [Item(pair, done[pair.id]) for pair in cases if pair.id in done]
    if not items:
        raise EvalError(f"{folder.path} has no finished notes.")
    if len(items) < len(cases):
        say(f"{len(items)} of {len(cases)} notes are finished; the others are left out.")
    values: list[Values] = [{} for _ in items]
    columns: dict[str, Column] = {}
    settings: dict[str, Any] = {}
    absent: dict[str, str] = {}
    findings: dict[str, list[dict[str, Any]]] = {}
    for measure in measures:
        if reason := measure.absent():
            absent[measure.name] = reason
            continue
        begun = time.monotonic()
        try:
            with progress_bar(len(items), f"Scoring {measure.name}", "notes") as bar:
                scored = measure.score(items, bar.update)
        except EvalError as error:  # the other measures are not lost with it
            say(f"{measure.name} is left out: {error}")
            absent[measure.name] = str(error)
            continue
        for own, new in zip(values, scored, strict=True):
            own.update(new)
        columns |= measure.columns()
        if (found := measure.findings()) is not None:
            findings |= found
        took = round(time.monotonic() - begun, 2)
        settings[measure.name] = measure.settings() | {"seconds": took}
    digest = _digest(items)
    before = _kept(folder, digest)
    old = folder.scores() if before else {}
    kept = {n: v for n, v in before.get("measures", {}).items() if n not in columns}
    rows = []
    for item, own in zip(items, values, strict=True):
        case = item.pair.id
        rest = {n: v for n, v in old.get(case, {}).items() if n in kept}
        rows.append({"id": case, "measures": rest | _rounded(own)})
    write_lines(folder.path / "scores.jsonl", rows)
    if findings:
        lines = [{"id": case, "statements": found} for case, found in findings.items()]
        write_lines(folder.path / FINDINGS, lines)
    elif not before:  # those that may be there are of other notes
        (folder.path / FINDINGS).unlink(missing_ok=True)
    settings = before.get("settings", {}) | settings
    absent = before.get("absent", {}) | absent
    summary = {
        "format": 1,
        "dataset": folder.dataset,
        "system": folder.system,
        "cases": len(cases),
        "finished": len(items),
        "failed": sum(item.prediction.failure is not None for item in items),
        "notes_sha256": digest,
        "measures": _ordered(kept | summarize(values, columns, seed)),
        "settings": settings | {"bootstrap_seed": seed},
        "absent": {name: why for name, why in absent.items() if name not in settings},
        "versions": versions(),
    }
    write_json(folder.path / "summary.json", summary)


def _digest(items: Sequence[Item]) -> str:
    """SHA-256 of the notes that were scored."""
    notes = [[item.pair.id, item.prediction.note] for item in items]
    return hashlib.sha256(json.dumps(notes).encode()).hexdigest()


def _kept(folder: RunFolder, digest: str) -> dict[str, Any]:
    """The summary that is there, if it is of these notes and has its scores beside it."""
    try:
        before = folder.summary()
        folder.scores()
    except EvalError:
        return {}
    return before if before.get("notes_sha256") == digest else {}


def _ordered(measures: Mapping[str, Any]) -> dict[str, Any]:
    """ROUGE first, sections last, whatever was computed when."""
    rank = {name: (1, "/" in name) for name in measures}
    rank |= {name: (0, "/" in name) for name in measures if name.startswith("rouge")}
    return {name: measures[name] for name in sorted(measures, key=lambda n: rank[n])}


def summarize(
    values: Sequence[Values], columns: Mapping[str, Column], seed: int = SEED
) -> dict[str, Any]:
    """Mean, interval and count of each column over the cases to which it applies."""
    summary: dict[str, Any] = {}
    for name, column in columns.items():
        given = [v for case in values if (v := case.get(name)) is not None]
        if not given:
            continue
        interval = mean_interval(given, seed)
        summary[name] = {
            "mean": round(interval.mean, 6),
            "ci95": {"low": round(interval.low, 6), "high": round(interval.high, 6)},
            "n": interval.n,
            **column.to_json(),
        }
    return summary


def _rounded(values: Values) -> Values:
    return {name: None if v is None else round(v, 6) for name, v in values.items()}
