"""The visits that a run is made on, found by name or by path."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from model_build.data import (
    DataError,
    Pair,
    load_pairs,
    pairs_digest,
    read_pairs,
    read_written,
    split_turns,
    written_files,
)

from .errors import EvalError

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = "samples"
ENDOCRINOLOGY = "endocrinology"
STUDY = "study:"
PUBLISHED = "https://github.com/wyim/aci-bench (data/challenge_data)"

# The study scored 140 modified visits, and its abstract does not say which. ACI-Bench numbers its
# visits through: 67 to train, and after them valid, test1, test2 and test3, which are 140.
STUDY_IDS = frozenset(f"D2N{number:03d}" for number in range(68, 208))
_STUDY_FILES = {"valid": range(68, 88), "test1": range(88, 128)} | {
    "test2": range(128, 168),
    "test3": range(168, 208),
}


@dataclass(frozen=True)
class Dataset:
    """Cases with references, under the name by which they were asked for."""

    name: str
    pairs: list[Pair]
    notes: tuple[str, ...] = ()
    """What a reader of the results should know about it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its content."""
        return pairs_digest(self.pairs)


def data_folder() -> Path | None:
    """The folder with `aci-bench` and `mts-dialog`, from the environment variable SCRIBE_DATA."""
    named = os.environ.get("SCRIBE_DATA")
    return Path(named) if named else None


def known_datasets() -> dict[str, str]:
    """Names that `load_dataset` takes here, with a word on each."""
    found = {SAMPLES: "the sample visits of the page, with notes written for this project"}
    found[ENDOCRINOLOGY] = "100 endocrinology visits, written for this project; never to train on"
    folder = data_folder()
    for path in sorted(folder.glob("*/*.csv")) if folder else []:
        found[f"{path.parent.name}/{path.stem}"] = str(path)
    found["PATH"] = (
        "a CSV or JSON Lines file with 'dialogue' and 'note', or a folder of CSVs or .visit files"
    )
    found[f"{STUDY}FOLDER"] = "the study's 140 ACI-Bench visits, as far as the folder has them"
    return found


def load_dataset(name: str, limit: int | None = None) -> Dataset:
    """Reads a dataset.

    Args:
        name: one of `known_datasets`, a CSV or JSON Lines file, or a folder.
        limit: keep the first cases only.

    Raises:
        EvalError: where there is no such dataset.
        DataError: for a file that cannot be used, with row and column.
    """
    if name == SAMPLES:
        dataset = Dataset(name, _samples())
    elif name == ENDOCRINOLOGY:
        dataset = Dataset(name, read_written(ROOT / "eval" / "sets" / ENDOCRINOLOGY))
    elif name.startswith(STUDY):
        dataset = _study(name, Path(name.removeprefix(STUDY)))
    else:
        path = _path_of(name)
        pairs = _folder(path) if path.is_dir() else load_pairs(path)
        dataset = Dataset(name, pairs)
    if limit is not None and limit < len(dataset.pairs):
        note = f"The first {limit} of {len(dataset.pairs)} cases."
        return Dataset(dataset.name, dataset.pairs[:limit], (*dataset.notes, note))
    return dataset


def _path_of(name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    folder = data_folder()
    if folder and (inside := folder / f"{name}.csv").exists():
        return inside
    where = f"{folder} does not hold it" if folder else "SCRIBE_DATA is not set"
    raise EvalError(
        f"There is no dataset {name}: it is no file, and {where}. "
        "`python -m eval ls` lists what is there."
    )


def _samples() -> list[Pair]:
    """Transcripts of the page's sample visits, each with its reference beside the harness."""
    pairs = []
    for note in sorted((ROOT / "eval" / "visits").glob("*.txt")):
        visit = ROOT / "webui" / "samples" / note.name
        if not visit.exists():
            raise DataError("there is no such file.", visit)
        turns = tuple(split_turns(visit.read_text(encoding="utf-8")))
        text = note.read_text(encoding="utf-8").strip()
        pairs.append(Pair(note.stem, SAMPLES, turns, text))
    return pairs


def _is_aci_bench(path: Path) -> bool:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        header = next(csv.reader(file), [])
    return {"dataset", "encounter_id", "dialogue", "note"} <= set(header)


def _folder(folder: Path) -> list[Pair]:
    """The written visits of a folder, or those of every ACI-Bench file in it, each once."""
    if written_files(folder):
        return read_written(folder)
    files = [path for path in sorted(folder.glob("*.csv")) if _is_aci_bench(path)]
    if not files and (folder / "aci-bench").is_dir():
        return _folder(folder / "aci-bench")
    if not files:
        raise EvalError(f"{folder} holds no ACI-Bench file (encounter_id, dialogue, note).")
    found: dict[str, tuple[Path, Pair]] = {}
    for path in files:
        for pair in read_pairs(path):
            before, same = found.get(pair.id, (path, pair))
            if same != pair:
                what = f"the visit {pair.id} stands in {before} too, with another text."
                raise DataError(what, path, pair.row, "encounter_id")
            found.setdefault(pair.id, (path, pair))
    return [pair for _, pair in sorted(found.values(), key=lambda item: item[1].id)]


def _study(name: str, folder: Path) -> Dataset:
    if not folder.is_dir():
        raise EvalError(f"There is no folder {folder}.")
    every = _folder(folder)
    pairs = [pair for pair in every if pair.id in STUDY_IDS]
    if not pairs:
        raise EvalError(f"{folder} holds none of the study's visits; they are at {PUBLISHED}.")
    return Dataset(name, pairs, study_notes(pairs, len(every) - len(pairs)))


def study_notes(pairs: Sequence[Pair], others: int = 0) -> tuple[str, ...]:
    """How many of the study's visits are there, and where the rest is published."""
    present = {pair.id for pair in pairs} & STUDY_IDS
    notes = [f"{len(present)} of the study's {len(STUDY_IDS)} visits are present."]
    lacking = [
        f"{file} ({missing} visits)"
        for file, numbers in _STUDY_FILES.items()
        if (missing := sum(f"D2N{n:03d}" not in present for n in numbers))
    ]
    if lacking:
        notes.append(f"Missing are {', '.join(lacking)}; they are published at {PUBLISHED}.")
    if others:
        notes.append(f"{others} visits for training are left out.")
    return tuple(notes)
