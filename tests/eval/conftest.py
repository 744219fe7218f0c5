"""Small datasets and runs that the tests of the evaluation share."""

from pathlib import Path

import pytest

from eval.generate import generate
from eval.run_folder import RunFolder
from eval.systems.base import System
from model_build.data import Pair, Turn, write_pairs

NOTE = "SUBJECTIVE\n\nThe left knee hurts.\n\nPLAN\n\nIbuprofen 400 mg twice daily for a week."


def make_pairs(count: int) -> list[Pair]:
    return [
        Pair(
            f"V{n}",
            "made",
            (Turn("doctor", f"hello {n} ."), Turn("patient", "my left knee hurts a lot .")),
            f"{NOTE} Visit {n}.",
        )
        for n in range(1, count + 1)
    ]


@pytest.fixture
def pairs() -> list[Pair]:
    return make_pairs(5)


@pytest.fixture
def dataset(tmp_path: Path, pairs: list[Pair]) -> Path:
    path = tmp_path / "visits.jsonl"
    write_pairs(path, pairs)
    return path


def make_run(path: Path, pairs: list[Pair], system: System) -> RunFolder:
    """A run folder with a system's notes, not scored."""
    identity = {"dataset": {"cases": len(pairs)}, "system": {"name": system.name}}
    folder = RunFolder.create(path, identity, {"dataset": {"name": "made", "notes": []}}, pairs)
    generate(folder, pairs, system, lambda text: None)
    return folder
