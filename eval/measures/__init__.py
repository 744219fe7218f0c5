"""The measures by name, and how a run's options make them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import EvalError
from .base import Column, Item, Measure, Progress, Values
from .bertscore import BertScore
from .bleurt import Bleurt
from .clinical import Clinical
from .form import Form
from .judge import Judge, JudgeOptions
from .rouge import Rouge

__all__ = ["MEASURES", "Column", "Item", "Measure", "MeasureOptions", "Progress", "Values"]
__all__ += ["open_measures"]


@dataclass(frozen=True)
class MeasureOptions:
    """What the command line says about measures."""

    names: Sequence[str] | None = None
    bertscore_model: str | None = None
    bertscore_layers: int | None = None
    bleurt: Path | None = None
    judge: JudgeOptions = field(default_factory=JudgeOptions)


MEASURES: dict[str, tuple[str, Callable[[MeasureOptions], Measure]]] = {
    "rouge": ("ROUGE-1, -2, -L, -Lsum of notes and sections", lambda _: Rouge()),
    "form": ("sections, repetition, copying, length, time", lambda _: Form()),
    "clinical": (
        "the clinical checks' verdicts: unsupported statements, omissions",
        lambda _: Clinical(),
    ),
    "bertscore": (
        "BERTScore; offline with MiniLM unless an encoder is named",
        lambda options: BertScore(options.bertscore_model, options.bertscore_layers),
    ),
    "bleurt": ("BLEURT, with a checkpoint folder", lambda options: Bleurt(options.bleurt)),
    "judge": ("a language model's ratings", lambda options: Judge(options.judge)),
}


def open_measures(options: MeasureOptions) -> list[Measure]:
    """The chosen measures, or all of them.

    Raises:
        EvalError: for a name that is not known.
    """
    names = options.names or list(MEASURES)
    for name in names:
        if name not in MEASURES:
            raise EvalError(f"There is no measure {name}; there are {', '.join(MEASURES)}.")
    return [MEASURES[name][1](options) for name in names]
