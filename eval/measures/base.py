"""What a measure is: numbers for each case, and a word on what they mean."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from model_build.data import Pair

from ..systems.base import Prediction

Values = dict[str, float | None]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Column:
    """One number per case.

    `label` names it in tables, the model that it was computed with included. `better` says which
    way is good, None where neither is. `unit` is 'share' (0-1), 'score' (0-1, shown times 100 as
    is usual), 'count', 'ratio', 'rating' (1-5) or 'seconds'.
    """

    label: str
    better: Literal["higher", "lower"] | None = None
    unit: Literal["share", "score", "count", "ratio", "rating", "seconds"] = "score"

    def to_json(self) -> dict[str, Any]:
        """As it stands in summary.json."""
        return asdict(self)


@dataclass(frozen=True)
class Item:
    """A case with a system's note for it."""

    pair: Pair
    prediction: Prediction


class Measure:
    """Computes one or more columns. None stands for a case to which a column does not apply."""

    name: str = ""

    def absent(self) -> str | None:
        """Why the measure cannot be computed here, as a sentence; None when it can."""
        return None

    def settings(self) -> dict[str, Any]:
        """What decides the numbers, as JSON values."""
        return {}

    def columns(self) -> dict[str, Column]:
        """The columns by name."""
        raise NotImplementedError

    def findings(self) -> dict[str, list[dict[str, Any]]] | None:
        """Statements judged by the last `score`, by case; None for a measure that judges none."""
        return None

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Values of every column for each item, in order; `progress` counts finished items."""
        raise NotImplementedError
