"""What a run is asked to do; kept in the run's folder, so that it can go on with the same."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from .errors import TrainError

FILE = "settings.json"
LOG = "log.jsonl"


@dataclass(frozen=True)
class Source:
    """A file of pairs, and how often the run goes through it (2.5 times is fine)."""

    path: str
    epochs: float = 1.0

    @classmethod
    def parse(cls, text: str) -> Source:
        """`FILE` or `FILE:EPOCHS`."""
        path, colon, epochs = text.rpartition(":")
        try:
            found = cls(path, float(epochs)) if colon else cls(text)
        except ValueError:
            found = cls(text)  # the colon belongs to the name
        if not 0 < found.epochs < float("inf"):
            raise TrainError(f"{text}: the number of epochs must be above zero.")
        return found


@dataclass(frozen=True)
class Settings:
    """All options of a run (`python -m model_build train --help` explains them)."""

    model: str = "smollm2-135m"
    random_weights: bool = False
    data: tuple[Source, ...] = ()
    in_order: bool = False
    held: str | None = None
    held_pairs: int = 8
    init_adapter: str | None = None
    rank: int = 64
    alpha: float = 128.0
    rslora: bool = False
    learning_rate: float = 4e-4
    warmup: int = 15
    decay: float = 0.3
    final_rate: float = 0.02
    weight_decay: float = 0.01
    clip: float = 1.0
    steps: int | None = None
    minutes: float | None = None
    batch_tokens: int = 6144
    row_tokens: int = 6144
    max_tokens: int | None = None
    quantization: str | None = None
    preference: str | None = None
    preference_weight: float = 1.0
    beta: float = 0.1
    rejected: int = 2
    dtype: str = "auto"
    seed: int = 0
    save_minutes: float = 10.0
    held_minutes: float = 20.0
    adapter_dtype: str = "float16"
    workers: int | None = None

    def write(self, folder: Path) -> None:
        """Keep the settings in a run's folder."""
        text = json.dumps(asdict(self), indent=1) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8")

    def recipe(self) -> dict[str, Any]:
        """The settings for an adapter's readers: without the data, of files only the name."""
        told = asdict(self)
        del told["data"]
        for name in ("model", "held", "init_adapter", "preference"):
            if told[name] is not None:
                told[name] = Path(told[name]).name
        return told

    @classmethod
    def read(cls, folder: Path) -> Settings:
        """The settings of a run that was begun.

        Raises:
            TrainError: where the folder holds no run, or its settings are damaged.
        """
        path = folder / FILE
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            sources = tuple(Source(**source) for source in stored.pop("data"))
            known = {f.name for f in fields(cls)}  # an older run may have kept more
            return cls(data=sources, **{k: v for k, v in stored.items() if k in known})
        except FileNotFoundError:
            raise TrainError(f"{folder} holds no run to go on with: {FILE} is missing.") from None
        except (ValueError, TypeError, KeyError) as error:
            raise TrainError(f"{path} is damaged ({error}); begin the run anew.") from None
