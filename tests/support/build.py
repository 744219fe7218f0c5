"""Builds what the tests look at through the Makefile, which knows what is still current."""

import functools
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_MODEL = "smollm2-135m"
DEFAULT_ADAPTER = ROOT / "model_build" / "adapters" / "scribe"
RANDOM_MODELS = ("tiny", "llama-3.2-1b-2layer")
REFERENCE_CACHE = ROOT / "build" / "test-reference"
REPORTS = ROOT / "build" / "test-reports"


def make(*arguments: str) -> None:
    """Runs make in the repository.

    Raises:
        RuntimeError: with the end of its output, when a step fails.
    """
    # The outer make's flags and variables are not for this one.
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = (done.stdout + done.stderr)[-4000:]
        raise RuntimeError(f"make {' '.join(arguments)} failed:\n{tail}")


def _arguments(name: str) -> list[str]:
    return [f"MODEL={name}", *(["RANDOM_WEIGHTS=1"] if name in RANDOM_MODELS else [])]


@functools.cache
def built_model(name: str, quantization: str | None = None) -> Path:
    """The model folder of a preset, with random weights where it is a test model.

    Args:
        name: the preset.
        quantization: another weight format than the default one.
    """
    form = [f"QUANTIZATION={quantization}"] if quantization else []
    make("model", *_arguments(name), *form)
    adapter = DEFAULT_ADAPTER.name if name == DEFAULT_MODEL and DEFAULT_ADAPTER.exists() else None
    folder = "-".join(part for part in (name, adapter, quantization) if part)
    return ROOT / "build" / "models" / folder


@functools.cache
def exported_site(name: str) -> Path:
    """The exported site of a preset; the default model's is the one that `make run` serves."""
    out = "dist" if name == DEFAULT_MODEL else f"build/test-sites/{name}"
    make("build-web", f"OUT={out}", *_arguments(name))
    return ROOT / out


@functools.cache
def built_lab() -> Path:
    """The bundled page that runs the engine alone, for logits and figures."""
    make("lab")
    return ROOT / "build" / "lab"
