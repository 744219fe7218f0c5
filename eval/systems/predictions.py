"""`predictions:FILE`: finished notes of any system, from a CSV or JSON Lines file."""

import hashlib
from pathlib import Path
from typing import Any

from model_build.data import Pair, read_notes

from ..errors import CaseFailed, EvalError
from .base import Prediction, System


class FinishedNotes(System):
    """Looks notes up by id.

    Raises:
        DataError: for a file that cannot be used.
    """

    timed = False

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self._path = path
        self._notes = read_notes(path)

    def settings(self) -> dict[str, Any]:
        """Name and hash of the file."""
        digest = hashlib.sha256(self._path.read_bytes()).hexdigest()
        return {"file": self._path.name, "sha256": digest, "notes": len(self._notes)}

    def write(self, pair: Pair) -> Prediction:
        """The finished note of the case.

        Raises:
            CaseFailed: where the file has none.
        """
        if pair.id not in self._notes:
            raise CaseFailed(f"{self._path.name} has no note for {pair.id}.")
        return Prediction(pair.id, self._notes[pair.id])

    def check_overlap(self, pairs: list[Pair]) -> None:
        """Refuses a file that belongs to another dataset.

        Raises:
            EvalError: where not one id agrees.
        """
        if not any(pair.id in self._notes for pair in pairs):
            here, there = pairs[0].id, next(iter(self._notes))
            raise EvalError(
                f"{self._path} has no note for any of the {len(pairs)} cases: its ids look like "
                f"{there}, the dataset's like {here}."
            )
