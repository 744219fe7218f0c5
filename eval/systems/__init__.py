"""The systems by name, and how a run's options open them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import EvalError
from .base import Prediction, System
from .extractive import Extractive
from .predictions import FinishedNotes
from .transcript import TranscriptCopy

__all__ = ["SYSTEMS", "Prediction", "System", "SystemOptions", "expand", "open_system"]

SYSTEMS = {
    "copy": "the transcript itself",
    "extractive": "the transcript's own sentences, picked and assigned to sections",
    "predictions:FILE": "finished notes from a CSV or JSON Lines file with ids",
    "model:FOLDER": "a built model in the shipped engine and scribe, headless in Node",
    "site:FOLDER or ADDRESS": "the exported page, driven in Chromium",
    "endpoint:URL": "a server that speaks the OpenAI protocol",
}


@dataclass(frozen=True)
class SystemOptions:
    """What the command line says about systems; each one takes what concerns it."""

    backend: str = "node"
    threads: int | None = None
    kernels: str | None = None
    max_tokens: int | None = None
    query: str = "engine=cpu"
    model_name: str | None = None
    prompt: Path | None = None
    concurrency: int = 4
    timeout: float = 600
    temperature: float = 0.0
    seed: int = 0


def expand(specs: Sequence[str]) -> list[str]:
    """The same systems with `predictions:FOLDER` replaced by one for every file in the folder.

    Raises:
        EvalError: for a folder without such files.
    """
    found: list[str] = []
    for spec in specs:
        kind, _, what = spec.partition(":")
        if kind != "predictions" or not Path(what).is_dir() or not what:
            found.append(spec)
            continue
        files = [p for p in sorted(Path(what).iterdir()) if p.suffix in (".csv", ".jsonl")]
        if not files:
            raise EvalError(f"{what} holds no CSV or JSON Lines file.")
        found += [f"predictions:{path}" for path in files]
    return found


def open_system(spec: str, options: SystemOptions) -> System:
    """The system that `KIND` or `KIND:WHAT` stands for.

    Raises:
        EvalError: where there is no such system, or it lacks something.
        DataError: for a file of predictions that cannot be used.
    """
    kind, _, what = spec.partition(":")
    if spec == "copy":
        return TranscriptCopy()
    if spec == "extractive":
        return Extractive()
    if kind in ("predictions", "model", "site", "endpoint") and not what:
        raise EvalError(f"The system {kind} needs a name after the colon, as in {kind}:… .")
    # Imported when wanted: each brings heavy packages along.
    if kind == "predictions":
        return FinishedNotes(Path(what))
    if kind == "model" and options.backend == "torch":
        from .torch_model import TorchModel

        return TorchModel(Path(what), options.max_tokens)
    if kind == "model":
        from .node_model import NodeModel

        return NodeModel(Path(what), options.threads, options.kernels, options.max_tokens)
    if kind == "site":
        from .site import Site

        return Site(what, options.query, options.timeout)
    if kind == "endpoint":
        from .endpoint import Endpoint

        return Endpoint(what, options)
    raise EvalError(f"There is no system {spec}; there are {', '.join(SYSTEMS)}.")
