"""Texts that should not be written, beside the ones that should.

A rejected text is a section of the pair's own note with one error in it: planted
(`data/planter`, family 'training'), or out of a file. It becomes one more fork of the same
transcript, so it costs only its own tokens. Its loss is DPO's (Rafailov et al., arXiv 2305.18290)
on the tokens from the error on, where alone the two texts differ,

    -log sigmoid(β · (margin - margin of the model at the start)),
    margin = log p(right text) - log p(rejected text),

added to the usual loss, which keeps the right text likely.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn import functional

from ..data import SOAP, DataError, Pair
from ..data.pairs import column_names, find_column, text_cell
from ..data.planter import plant_each
from ..data.sections import Soap
from ..data.tables import read_table
from .errors import TrainError
from .examples import Example, Losers
from .model import Student
from .rows import Row
from .targets import section_targets
from .workers import Workers

PLANTED = "planted"
"""Instead of a file: plant the errors."""

MARGINS = "margins.json"


@dataclass(frozen=True)
class Preference:
    """How rejected texts count.

    `weight` is what their mean loss counts beside the notes', `beta` how firmly the model is held
    to where it began, and `margins` are those of the model at the start, by choice.
    """

    weight: float
    beta: float
    margins: Mapping[str, float]

    def loss(self, row: Row, losses: torch.Tensor) -> tuple[torch.Tensor, int]:
        """Summed loss of a row's choices, and how many lie on the right side of the start."""
        margins = _margins(row, losses)
        before = torch.tensor([self.margins[c.name] for c in row.choices], device=losses.device)
        gained = margins - before
        return functional.softplus(-self.beta * gained).sum(), int((gained > 0).sum())


def losers_of(source: str, ids: Iterable[str]) -> Losers:
    """The rejected texts that `source` gives for a pair: PLANTED, or a file.

    A file has the columns `id` (of a pair), `section` (subjective, …) and `rejected`.

    Raises:
        DataError: for a file that cannot be used, or a row that belongs to no pair.
    """
    return plant_losers if source == PLANTED else _from_file(Path(source), set(ids))


def plant_losers(pair: Pair) -> list[tuple[Soap, str]]:
    """Sections of the pair's note with one planted error each, one for every kind it allows."""
    right = section_targets(pair)
    found = []
    for planted in plant_each(pair.note, pair.dialogue, "training", pair.id):
        wrong = section_targets(replace(pair, note=planted.note))
        found += [(key, wrong[key]) for key in right if wrong.get(key, right[key]) != right[key]]
    return found


def _from_file(path: Path, ids: set[str]) -> Losers:
    rows = read_table(path)
    names = column_names(rows)
    columns = [
        find_column(names, (name,), path, what)
        for name, what in (
            ("id", "pairs' ids"),
            ("section", "sections"),
            ("rejected", "rejected texts"),
        )
    ]
    texts: dict[str, list[tuple[Soap, str]]] = defaultdict(list)
    for row in rows:
        identity, section, text = (text_cell(row, column, path) for column in columns)
        if identity not in ids:
            raise DataError(f"no pair has the id {identity}.", path, row.number, columns[0])
        if section not in SOAP:
            what = f"there is no section {section}; it is one of {', '.join(SOAP)}."
            raise DataError(what, path, row.number, columns[1])
        texts[identity].append((section, text))
    return lambda pair: texts[pair.id]


def measure_margins(
    student: Student, workers: Workers, plan: Sequence[Sequence[Example]]
) -> dict[str, float]:
    """The margins of all choices of a plan."""
    planned = {
        (e.where, *(tuple(fork.target) for fork in e.rejected)): e
        for step in plan
        for e in step
        if e.rejected
    }

    @torch.no_grad()
    def work(rows: Iterator[Row]) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in rows:
            margins = _margins(row, student.losses(row)).tolist()
            found |= {c.name: m for c, m in zip(row.choices, margins, strict=True)}
        return found

    merged: dict[str, float] = {}
    for part in workers.map(work, list(planned.values())):
        merged |= part
    return workers.gather(merged)


def keep_margins(run: Path, margins: Mapping[str, float]) -> None:
    """Write the margins into a run's folder: a run that goes on measures against the same."""
    partial = run / f"{MARGINS}.partial"
    partial.write_text(json.dumps(margins) + "\n", encoding="utf-8")
    partial.replace(run / MARGINS)


def kept_margins(run: Path) -> dict[str, float]:
    """The margins in a run's folder.

    Raises:
        TrainError: where they are missing or damaged.
    """
    try:
        return json.loads((run / MARGINS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainError(f"{run / MARGINS} cannot be read ({error}); begin the run anew.") from None


def _margins(row: Row, losses: torch.Tensor) -> torch.Tensor:
    """log p(right text) - log p(rejected text) for each choice, from where the two part."""
    parts = [losses[c.rejected].sum() - losses[c.chosen].sum() for c in row.choices]
    return torch.stack(parts) if parts else losses.new_zeros(0)
