"""Blind rating sheets for human readers, and what they say once they are filled in.

A sheet is a CSV with a row for each note, in random order, without the system's name. Its key, a
JSON file of the same name, says which note is whose and stays with whoever evaluates. Several
readers get copies of one sheet.
"""

import csv
import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from model_build.data import DataError
from model_build.data.tables import Row, read_table

from .errors import EvalError
from .judge.rating import COUNTS, SCALES, Rating
from .measures.base import Column, Values
from .measures.judge import COMPOSITE, VISITS, agreement, values_of
from .run_folder import RunFolder, read_json, write_json
from .score import summarize

RATINGS = (*SCALES, *COUNTS)
_FORMAT = 1


def key_path(sheet: Path) -> Path:
    """Where the key of a sheet lies."""
    return sheet.with_suffix(".key.json")


def write_sheet(runs: Sequence[Path], sheet: Path, cases: int | None, seed: int) -> int:
    """Writes a blind sheet over the notes of some runs, and its key.

    Args:
        runs: run folders; only cases for which all of them have a note are taken.
        sheet: the CSV file.
        cases: how many cases to draw; None takes all.
        seed: of the draw and the order.

    Returns:
        How many notes it holds.

    Raises:
        EvalError: where the sheet exists, or the runs share no case.
    """
    if sheet.exists() or key_path(sheet).exists():
        raise EvalError(f"{sheet} or its key is there already; name another file.")
    folders = [RunFolder.open(run) for run in runs]
    notes = [{i: p for i, p in f.predictions().items() if not p.failure} for f in folders]
    pairs = {pair.id: pair for pair in folders[0].cases()}
    shared = [i for i in pairs if all(i in of_run for of_run in notes)]
    if not shared:
        raise EvalError("There is no case for which all of these runs have a note.")
    draw = random.Random(seed)
    chosen = shared if cases is None else draw.sample(shared, min(cases, len(shared)))
    entries = [(run, case) for run in range(len(folders)) for case in chosen]
    draw.shuffle(entries)
    digest = hashlib.sha256(json.dumps([str(seed), [str(r) for r in runs], chosen]).encode())
    name = digest.hexdigest()[:6]
    items = {f"{name}-{n:03d}": entry for n, entry in enumerate(entries, 1)}
    sheet.parent.mkdir(parents=True, exist_ok=True)
    # With a byte order mark, since spreadsheets take a CSV for another encoding without it.
    with sheet.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "transcript", "note", *RATINGS, "comment"])
        for item, (run, case) in items.items():
            note = notes[run][case].note
            writer.writerow([item, pairs[case].transcript, note, *[""] * len(RATINGS), ""])
    key = {
        "format": _FORMAT,
        "sheet": name,
        "runs": [str(run.resolve()) for run in runs],
        "items": {item: {"run": run, "case": case} for item, (run, case) in items.items()},
    }
    write_json(key_path(sheet), key)
    return len(items)


@dataclass(frozen=True)
class ReadBack:
    """What the readers of a sheet say: summaries by system, agreement, and how many rated."""

    systems: dict[str, dict[str, Any]]
    kappa: dict[str, float | None]
    judge_kappa: dict[str, float | None]
    rated: int
    notes: int


def read_ratings(sheet: Path) -> dict[str, Rating | None]:
    """A reader's ratings by item; None for a row that was left empty.

    Raises:
        DataError: for a cell that is no rating, with row and column, or a sheet without columns.
    """
    rows = read_table(sheet)
    for column in ("item", *RATINGS):
        if column not in rows[0].cells:
            raise DataError("the column is missing.", sheet, 1, column)
    found: dict[str, Rating | None] = {}
    for row in rows:
        item = row.cells["item"].strip()
        if item in found:
            raise DataError(f"the item {item} stands there twice.", sheet, row.number, "item")
        found[item] = _rating(row, sheet)
    return found


def _rating(row: Row, sheet: Path) -> Rating | None:
    cells = {name: row.cells[name].strip() for name in RATINGS}
    if not any(cells.values()):
        return None
    values: dict[str, int] = {}
    for name, text in cells.items():
        try:
            values[name] = int(text)
        except ValueError:
            wanted = "a number from 1 to 5" if name in SCALES else "a count"
            what = f"{wanted} is needed, not '{text}'." if text else f"{wanted} is missing."
            raise DataError(what, sheet, row.number, name) from None
    try:
        return Rating.model_validate(values)
    except ValidationError as error:
        fault = error.errors()[0]
        what = f"{fault['msg'].lower()}, not {fault['input']}."
        raise DataError(what, sheet, row.number, str(fault["loc"][0])) from None


def read_sheets(sheets: Sequence[Path], key: Path | None = None) -> ReadBack:
    """Reads filled-in copies of one sheet and writes each system's `ratings.json`.

    Args:
        sheets: one from each reader.
        key: the sheet's key; None takes the one beside the first sheet.

    Raises:
        DataError: for a sheet that cannot be used.
        EvalError: where the key is missing or belongs to another sheet, or nothing is rated.
    """
    about = read_json(key or key_path(sheets[0]))
    readers = [read_ratings(sheet) for sheet in sheets]
    items: dict[str, dict[str, Any]] = about["items"]
    for sheet, reader in zip(sheets, readers, strict=True):
        if unknown := [item for item in reader if item not in items]:
            raise EvalError(f"{sheet} is not the sheet of this key: it has the item {unknown[0]}.")
    values: dict[int, list[Values]] = {}
    judged: list[Rating | None] = []
    human: list[Rating | None] = []
    folders = [RunFolder.open(Path(run)) for run in about["runs"]]
    judges = [_judge_scores(folder) for folder in folders]
    for item, entry in items.items():
        given = [rating for reader in readers if (rating := reader.get(item))]
        if not given:
            continue
        own = [values_of(rating) for rating in given]
        mean: Values = {name: sum(v[name] for v in own) / len(own) for name in own[0]}
        values.setdefault(entry["run"], []).append(mean)
        human.append(_rounded(mean))
        judged.append(_rounded(judges[entry["run"]].get(entry["case"], {})))
    if not values:
        raise EvalError("No row of these sheets is rated.")
    order = list(items)
    kappa: dict[str, float | None] = {}
    if len(readers) > 1:
        one, other = ([reader.get(item) for item in order] for reader in readers[:2])
        kappa = agreement(one, other)
    judge_kappa = agreement(human, judged) if any(judged) else {}
    columns = _columns(len(readers))
    systems = {}
    for run, of_run in values.items():
        folder = folders[run]
        measures = summarize(of_run, columns)
        systems[folder.system] = measures
        notes = [f"{len(readers)} readers, blind to the systems; {len(of_run)} notes rated."]
        if kappa:
            notes.append(_told("Cohen's kappa of the first two readers", kappa))
        if judge_kappa:
            notes.append(_told("Cohen's kappa of readers and judge", judge_kappa))
        write_json(folder.path / "ratings.json", {"measures": measures, "notes": notes})
    return ReadBack(systems, kappa, judge_kappa, len(human), len(items))


def _told(title: str, kappa: dict[str, float | None]) -> str:
    values = ", ".join(f"{name} {value}" for name, value in kappa.items() if name != "notes")
    return f"{title} over {kappa['notes']} notes: {values}."


def _columns(readers: int) -> dict[str, Column]:
    by = "one reader" if readers == 1 else f"{readers} readers"
    columns = {
        f"judge_{n}": Column(f"{n.replace('_', ' ').capitalize()} ({by})", "higher", "rating")
        for n in (*SCALES, COMPOSITE)
    }
    columns |= {
        f"judge_{n}": Column(f"{n.replace('_', ' ').capitalize()} ({by})", "lower", "count")
        for n in COUNTS
    }
    visits = Column(f"Notes with major hallucinations ({by})", "lower", "share")
    return columns | {f"judge_{VISITS}": visits}


def _judge_scores(folder: RunFolder) -> dict[str, dict[str, float | None]]:
    return folder.scores() if (folder.path / "scores.jsonl").exists() else {}


def _rounded(values: dict[str, Any]) -> Rating | None:
    """Mean values as the nearest rating, for agreement; None where one is missing."""
    given = {n: v for n in RATINGS if (v := values.get(f"judge_{n}")) is not None}
    if len(given) < len(RATINGS):
        return None
    return Rating.model_validate({name: round(value) for name, value in given.items()})
