"""The runs of a report, side by side: tables of means, and comparisons with a baseline."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_build.data import Pair

from ..errors import EvalError
from ..run_folder import FINDINGS, RunFolder, read_json
from ..statistics import Comparison, compare
from ..systems.base import Prediction


@dataclass(frozen=True)
class Result:
    """One scored run."""

    name: str
    folder: RunFolder
    summary: dict[str, Any]
    scores: dict[str, dict[str, float | None]]
    predictions: dict[str, Prediction]
    findings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Statements with their verdicts, by case: {text, start, end, verdict, severity, reason, …}."""
    human: dict[str, Any] = field(default_factory=dict)

    def mean(self, column: str) -> dict[str, Any] | None:
        """Mean, ci95 and n of a column; None where it was not computed."""
        return self.summary["measures"].get(column)

    def why_absent(self, measure: str) -> str:
        """Why a measure has no figures."""
        told = self.summary["absent"].get(measure)
        return told or "It was not among the measures of this run."


@dataclass(frozen=True)
class Versus:
    """A system against the baseline in one column; `adjusted` is p after Holm's correction."""

    system: str
    column: str
    label: str
    comparison: Comparison
    adjusted: float


def load_results(paths: Sequence[Path], names: Sequence[str] = ()) -> list[Result]:
    """Reads scored run folders.

    Args:
        paths: the folders.
        names: what to call them; without, each has its system's name, and systems of one name are
            told apart by their folders.

    Raises:
        EvalError: where one is not scored, the runs have no case in common, or a case is not the
            same in all.
    """
    if names and len(names) != len(paths):
        raise EvalError(f"{len(names)} names were given for {len(paths)} runs.")
    folders = [RunFolder.open(path) for path in paths]
    systems = [folder.system for folder in folders]
    _check_cases(folders)
    results = []
    for index, folder in enumerate(folders):
        scores = folder.scores()
        twice = systems.count(folder.system) > 1
        name = f"{folder.system} ({folder.path.name})" if twice else folder.system
        name = names[index] if names else name
        results.append(
            Result(
                name,
                folder,
                folder.summary(),
                scores,
                folder.predictions(),
                _findings(folder.path / FINDINGS),
                _optional(folder.path / "ratings.json"),
            )
        )
    if not set.intersection(*(set(result.scores) for result in results)):
        raise EvalError("These runs have no case in common; report each dataset on its own.")
    return results


def _check_cases(folders: Sequence[RunFolder]) -> None:
    seen: dict[str, tuple[Pair, RunFolder]] = {}
    for folder in folders:
        for pair in folder.cases():
            before, where = seen.setdefault(pair.id, (pair, folder))
            if before != pair:
                raise EvalError(
                    f"The case {pair.id} is not the same in {where.path} and {folder.path}; "
                    "run both on one version of the dataset."
                )


def _optional(path: Path) -> dict[str, Any]:
    return read_json(path) if path.exists() else {}


def _findings(path: Path) -> dict[str, list[dict[str, Any]]]:
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return {line["id"]: line["statements"] for line in lines}


def columns_of(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """Every column that any run has, with its label, unit and better direction."""
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        for name, value in result.summary["measures"].items():
            found.setdefault(name, value)
    return found


def baseline_of(results: Sequence[Result], name: str | None) -> Result | None:
    """The run that the others are compared with: by system or folder name.

    Raises:
        EvalError: where none is called so.
    """
    if name is None:
        return None
    wanted = Path(name).name
    for result in results:
        if name in (result.name, result.folder.system) or wanted == result.folder.path.name:
            return result
    names = ", ".join(result.name for result in results)
    raise EvalError(f"There is no run {name} to compare with; there are {names}.")


def versus(results: Sequence[Result], baseline: Result, columns: Sequence[str]) -> list[Versus]:
    """Each other system against the baseline on the cases that both have, column by column."""
    found: list[Versus] = []
    for column in columns:
        label = (baseline.mean(column) or {}).get("label", column)
        compared: list[tuple[str, Comparison]] = []
        for result in results:
            if result is baseline:
                continue
            a, b = paired(result, baseline, column)
            if a:
                compared.append((result.name, compare(a, b)))
        adjusted = holm([comparison.p for _, comparison in compared])
        found += [
            Versus(name, column, label, comparison, p)
            for (name, comparison), p in zip(compared, adjusted, strict=True)
        ]
    return found


def paired(one: Result, other: Result, column: str) -> tuple[list[float], list[float]]:
    """The values of the cases for which both have one, in the same order."""
    a, b = [], []
    for case, values in one.scores.items():
        x, y = values.get(column), other.scores.get(case, {}).get(column)
        if x is not None and y is not None:
            a.append(x)
            b.append(y)
    return a, b


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number by Holm's step-down method."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted


@dataclass(frozen=True)
class WorstCase:
    """A case with what the system made of it."""

    pair: Pair
    prediction: Prediction
    score: float
    findings: list[dict[str, Any]]


def worst_cases(result: Result, column: str, count: int) -> list[WorstCase]:
    """The cases with the lowest values of a column, the lowest first."""
    cases = {pair.id: pair for pair in result.folder.cases()}
    valued = [(v, i) for i, s in result.scores.items() if (v := s.get(column)) is not None]
    return [
        WorstCase(cases[i], result.predictions[i], value, result.findings.get(i, []))
        for value, i in sorted(valued)[:count]
    ]
