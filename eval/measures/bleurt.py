"""BLEURT with `bleurt-pytorch`, where a folder with a converted checkpoint is given.

That package works with version 4 of `transformers` and not with the version that the rest of the
harness needs, so it runs in a process of its own: the environment variable BLEURT_PYTHON names
the Python that has it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import EvalError
from .base import Column, Item, Measure, Progress, Values

WORKER = Path(__file__).with_name("bleurt_worker.py")


class Bleurt(Measure):
    """BLEURT's regression score; about 0 to 1 for BLEURT-20.

    Args:
        checkpoint: a folder that `bleurt-pytorch` loads; None leaves the measure out.
    """

    name = "bleurt"

    def __init__(self, checkpoint: Path | None = None) -> None:
        self._checkpoint = checkpoint
        self._python = os.environ.get("BLEURT_PYTHON") or sys.executable

    def absent(self) -> str | None:
        """What is missing."""
        if self._checkpoint is None:
            return "No BLEURT checkpoint folder was given (--bleurt FOLDER)."
        if not self._checkpoint.is_dir():
            return f"There is no BLEURT checkpoint folder {self._checkpoint}."
        probe = [self._python, str(WORKER), "--probe"]
        try:
            done = subprocess.run(probe, capture_output=True, text=True, check=False)
        except OSError as error:
            return f"{self._python} (BLEURT_PYTHON) does not start ({error.strerror})."
        if done.returncode:
            why = done.stderr.strip().rpartition("\n")[2]
            return (
                f"bleurt-pytorch does not work in {self._python} ({why}); install it beside "
                "transformers 4 and name that Python in BLEURT_PYTHON."
            )
        return None

    def settings(self) -> dict[str, Any]:
        """The checkpoint's name."""
        return {"checkpoint": self._checkpoint.name if self._checkpoint else None}

    def columns(self) -> dict[str, Column]:
        """`bleurt`."""
        name = self._checkpoint.name if self._checkpoint else "no checkpoint"
        return {"bleurt": Column(f"BLEURT ({name})", "higher")}

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Scores as the checkpoint gives them.

        Raises:
            EvalError: where the process fails.
        """
        process = subprocess.Popen(
            [self._python, str(WORKER), str(self._checkpoint)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        lines = [json.dumps([item.pair.note, item.prediction.note]) for item in items]
        told, errors = process.communicate("\n".join(lines) + "\n")
        values = [float(line) for line in told.split()]
        if process.returncode or len(values) != len(items):
            raise EvalError(f"BLEURT failed: {errors.strip()[-800:]}")
        progress(len(items))
        return [{"bleurt": value} for value in values]
