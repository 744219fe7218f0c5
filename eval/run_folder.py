"""A run on disk: what it was made with, its cases, notes, scores and summary.

    settings.json      versions, and hashes of data, prompts and model; written first
    cases.jsonl        the cases (id, dialogue, reference), so that the folder stands alone
    predictions.jsonl  a note a line, appended as they are finished
    scores.jsonl       every measure's values for each case
    summary.json       means with 95% intervals
    findings.jsonl     the statements of each note with the clinical checks' verdicts; optional
    ratings.json       what human readers said; optional

The cases are whole transcripts and notes: treat the folder as confidentially as the data.

Files are replaced as a whole, predictions.jsonl is appended to; an interrupted run leaves at worst
half a last line there, which the next run drops.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from model_build.data import Pair, read_pairs, write_pairs

from .errors import EvalError
from .systems.base import Prediction

FORMAT = 1
FINDINGS = "findings.jsonl"
# In the order in which they go: what says that this is a run goes last.
FILES = (
    "summary.json",
    "scores.jsonl",
    FINDINGS,
    "ratings.json",
    "predictions.jsonl",
    "cases.jsonl",
    "settings.json",
)


class RunFolder:
    """One run folder; `create` or `open` it."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self.settings = settings

    @classmethod
    def create(
        cls,
        path: Path,
        identity: dict[str, Any],
        about: dict[str, Any],
        pairs: Sequence[Pair],
        *,
        replace: bool = False,
    ) -> Self:
        """Makes the folder, or goes on with one of the same identity.

        Args:
            path: the folder; it may exist.
            identity: what decides the notes (data and system).
            about: what else should stand in settings.json.
            pairs: the cases.
            replace: remove a run of another identity that is there.

        Raises:
            EvalError: where the folder holds a run with another identity, or other files.
        """
        if replace and (path / "settings.json").exists():
            there = read_json(path / "settings.json")
            if there.get("format") != FORMAT or differences(there.get("identity", {}), identity):
                for name in FILES:
                    (path / name).unlink(missing_ok=True)
        if (path / "settings.json").exists():
            folder = cls.open(path)
            if different := differences(folder.settings.get("identity", {}), identity):
                raise EvalError(
                    f"{path} holds a run with other settings ({different[0]}); name another "
                    "folder with --out, or give --replace."
                )
        else:
            if path.is_dir() and any(path.iterdir()):
                raise EvalError(f"{path} has files but no settings.json: it is not a run folder.")
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise EvalError(f"{path} cannot be made ({error.strerror}).") from None
            folder = cls(path, {"format": FORMAT, "identity": identity, **about})
            write_json(path / "settings.json", folder.settings)
        if not (path / "cases.jsonl").exists():  # the first attempt may have ended before it
            partial = path / "cases.partial.jsonl"
            write_pairs(partial, pairs)
            partial.replace(path / "cases.jsonl")
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """Opens a folder that a run has made.

        Raises:
            EvalError: where it is none, or one of another format.
        """
        if not path.is_dir():
            raise EvalError(f"There is no run folder {path}.")
        settings = read_json(path / "settings.json")
        if settings.get("format") != FORMAT:
            found = settings.get("format")
            raise EvalError(f"{path} has the format {found}; this version reads {FORMAT}.")
        return cls(path, settings)

    @property
    def system(self) -> str:
        """The system's name in tables."""
        return str(self.settings["identity"]["system"]["name"])

    @property
    def dataset(self) -> str:
        """The dataset's name."""
        return str(self.settings["dataset"]["name"])

    def cases(self) -> list[Pair]:
        """The cases, in order.

        Raises:
            EvalError: where they are missing.
            DataError: where they are damaged.
        """
        path = self.path / "cases.jsonl"
        if not path.exists():
            raise EvalError(f"{self.path} is half-written: it has no cases.jsonl; run it again.")
        return read_pairs(path)

    def predictions(self) -> dict[str, Prediction]:
        """The finished notes by id.

        Raises:
            EvalError: for a line, the last one excepted, that is not a prediction.
        """
        return {p.id: p for p in _read_predictions(self.path / "predictions.jsonl")[0]}

    def repair(self) -> bool:
        """Cuts half a last line off predictions.jsonl; whether there was one."""
        path = self.path / "predictions.jsonl"
        whole = _read_predictions(path)[1]
        if not path.exists() or whole == path.stat().st_size:
            return False
        with path.open("r+b") as file:
            file.truncate(whole)
        return True

    def append(self, prediction: Prediction) -> None:
        """Adds a finished note; it is on disk when this returns."""
        line = json.dumps(prediction.to_json(), ensure_ascii=False) + "\n"
        with (self.path / "predictions.jsonl").open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def sort_predictions(self, pairs: Sequence[Pair]) -> None:
        """Puts the notes into the cases' order, whatever order they were finished in."""
        done = self.predictions()
        lines = [done[p.id].to_json() for p in pairs if p.id in done]
        write_lines(self.path / "predictions.jsonl", lines)

    def drop(self, ids: Iterable[str]) -> None:
        """Forgets the notes of some cases, so that they are written anew."""
        gone = set(ids)
        kept = [p.to_json() for p in self.predictions().values() if p.id not in gone]
        write_lines(self.path / "predictions.jsonl", kept)

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Values by id and column.

        Raises:
            EvalError: where there are none.
        """
        path = self.path / "scores.jsonl"
        if not path.exists():
            raise EvalError(f"{self.path} is not scored; `python -m eval score {self.path}` does.")
        lines = path.read_text(encoding="utf-8").splitlines()
        try:
            return {line["id"]: line["measures"] for line in map(json.loads, lines)}
        except (json.JSONDecodeError, KeyError, TypeError):
            raise EvalError(f"{path} is damaged; `python -m eval score` writes it anew.") from None

    def summary(self) -> dict[str, Any]:
        """The summary.

        Raises:
            EvalError: where there is none.
        """
        return read_json(self.path / "summary.json")


def _read_predictions(path: Path) -> tuple[list[Prediction], int]:
    """The predictions of a file, and how many bytes of it are whole lines."""
    if not path.exists():
        return [], 0
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    found = []
    for number, line in enumerate(data[:whole].split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(Prediction.from_json(json.loads(line)))
        except (ValueError, KeyError, TypeError):
            raise EvalError(
                f"{path}, row {number}: the line is not a prediction; remove it and run again."
            ) from None
    return found, whole


def differences(before: Mapping[str, Any], now: Mapping[str, Any], at: str = "") -> list[str]:
    """Where two nested objects differ, each as 'name is X there and Y now'."""
    found = []
    for key in dict.fromkeys([*before, *now]):
        old, new = before.get(key), now.get(key)
        name = f"{at}{key}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += differences(old, new, f"{name}.")
        elif old != new:
            found.append(f"{name} is {old} there and {new} now")
    return found


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of a run folder.

    Raises:
        EvalError: where it is missing or damaged.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvalError(f"{path.parent} is half-written: it has no {path.name}.") from None
    except (OSError, ValueError) as error:
        raise EvalError(f"{path} cannot be read ({error}).") from None
    if not isinstance(value, dict):
        raise EvalError(f"{path} is not a JSON object.")
    return value


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replaces a file by a JSON object, at once."""
    _replace(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Replaces a JSON Lines file, at once."""
    _replace(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
