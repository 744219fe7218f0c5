"""Logits of both targets in Chromium, and of the CPU target in Node, beside `transformers`' own."""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from model_build.presets import PRESETS
from tests.reference.cases import CPU_LIMITS, GPU_LIMITS, Limit, prompts
from tests.reference.compare import Logits, compare, rms
from tests.reference.llama import Reference, references
from tests.support.build import built_model
from tests.support.lab import ChromiumLab, NodeLab, Run, chromium_lab

SLOW = "llama-3.2-1b-2layer"  # two minutes on two cores: with --full
CPU_CASES = [pytest.param(m, marks=pytest.mark.full if m == SLOW else ()) for m in CPU_LIMITS]


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[ChromiumLab]:
    with chromium_lab(browser) as started:
        yield started


@functools.cache
def expected(model: str, quantization: str | None = None, transcripts: int = 3) -> list[Reference]:
    folder = built_model(model, quantization)
    return references(folder, PRESETS[model], prompts(model)[:transcripts])


def task(reference: Reference, steps: int | None = None) -> dict:
    return {
        "task": "logits",
        "ids": reference.ids,
        "at": reference.at,
        "feed": reference.feed[:steps],
    }


def check(label: str, limit: Limit, ours: Logits, theirs: Logits, report: list[str]) -> None:
    """Fails where logits pass a limit or another token is chosen without a near tie."""
    scale = rms(theirs.astype(np.float64))
    tie = 2 * (limit.max_difference or limit.relative_rms * scale)
    found = compare(ours, theirs, tie)
    report.append(f"{label}: {found.line()}")
    if limit.max_difference is not None:
        assert found.max_difference < limit.max_difference, label
    if limit.mean_kl is not None:
        assert found.mean_kl < limit.mean_kl, label
    if limit.relative_rms is not None:
        assert found.relative_rms < limit.relative_rms, label
    assert found.wrong_tokens == 0, label


def check_all(
    label: str, limit: Limit, run: Run, theirs: Sequence[Reference], report: list[str]
) -> None:
    """Checks each transcript's prompt and decode rows against the reference's."""
    for i, reference in enumerate(theirs[: len(run.results)]):
        rows = run.logits[i]
        at, steps = len(reference.at), len(rows) - len(reference.at)
        which = f"{label} transcript {i + 1}"
        check(f"{which} prefill", limit, rows[:at], reference.prefill, report)
        check(f"{which} decode", limit, rows[at:], reference.decode[:steps], report)


@pytest.mark.parametrize("model", CPU_CASES)
def test_cpu(model: str, lab: ChromiumLab, tmp_path: Path, report: list[str]):
    """Within the limits, and the same bits for 1 and 2 threads, in Chromium and Node."""
    tasks = [task(reference) for reference in expected(model)]
    folder = built_model(model)
    run = lab.run(folder, tasks, threads=2)
    assert (run.info["kind"], run.info["threads"], run.info["kernels"]) == ("CPU", 2, "int16")
    check_all(f"{model} CPU", CPU_LIMITS[model], run, expected(model), report)
    digests = [hashlib.sha256(run.logits[i].tobytes()).hexdigest() for i in range(len(tasks))]
    short = [one | {"digest": True} for one in tasks]
    others = {
        ("Chromium", 1): lab.run(folder, short, threads=1),
        ("Node", 1): NodeLab().run(folder, short, tmp_path, threads=1),
        ("Node", 2): NodeLab().run(folder, short, tmp_path, threads=2),
    }
    for (place, threads), other in others.items():
        assert other.info["threads"] == threads
        found = [result["sha256"] for result in other.results]
        assert found == digests, f"other logits in {place} with {threads} threads"


# What software WebGPU does within the time of a default run; the rest runs with --full.
GPU_CASES = [
    pytest.param("tiny", 3, 64),
    pytest.param("smollm2-135m", 1, 64),
    pytest.param("smollm2-135m", 3, 64, marks=pytest.mark.full),
    pytest.param("llama-3.2-1b-2layer", 3, 64, marks=pytest.mark.full),
]


@pytest.mark.parametrize(("model", "transcripts", "steps"), GPU_CASES)
def test_gpu(model: str, transcripts: int, steps: int, lab: ChromiumLab, report: list[str]):
    tasks = [task(reference, steps) for reference in expected(model)[:transcripts]]
    run = lab.run(built_model(model), tasks, engine="gpu", halfPrecision=False)
    assert run.info["kind"].startswith("GPU")
    label = f"{model} {run.info['kind']}"
    check_all(label, GPU_LIMITS[model], run, expected(model), report)


@pytest.mark.parametrize("engine", ["cpu", "gpu"])
@pytest.mark.parametrize("quantization", ["q4f16_1", "q4f32_1"])
def test_mlcs_own_formats(quantization: str, engine: str, lab: ChromiumLab, report: list[str]):
    """The same kernels run the weights that MLC's tools can read."""
    reference = expected("tiny", quantization, 1)
    tasks = [task(one, 16) for one in reference]
    folder = built_model("tiny", quantization)
    run = lab.run(folder, tasks, engine=engine, halfPrecision=False)
    limit = (CPU_LIMITS if engine == "cpu" else GPU_LIMITS)["tiny"]
    check_all(f"tiny {quantization} {run.info['kind']}", limit, run, reference, report)
