"""A language model's ratings as a measure, with the agreement of two judges or two passes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..chat import ChatClient
from ..errors import EvalError
from ..judge.cache import AnswerCache
from ..judge.rater import Rater, Subject, Usage
from ..judge.rating import COUNTS, SCALES, Rating
from ..statistics import cohen_kappa
from .base import Column, Item, Measure, Progress, Values

COMPOSITE = "composite"
VISITS = "visits_with_major_hallucination"


@dataclass(frozen=True)
class JudgeOptions:
    """Who judges: servers and their models (one server serves all models), passes, prices.

    `prices` are dollars per million prompt and completion tokens.
    """

    urls: Sequence[str] = ()
    models: Sequence[str] = ()
    passes: int = 1
    cache: Path = Path("build/eval/judge-cache")
    concurrency: int = 4
    timeout: float = 300
    prices: tuple[float, float] | None = None


class Judge(Measure):
    """Ratings 1-5, counts, and our composite: the mean over all judges and passes.

    Raises:
        EvalError: for servers and models that do not pair up.
    """

    name = "judge"

    def __init__(self, options: JudgeOptions) -> None:
        if len(options.urls) > 1 and len(options.urls) != len(options.models):
            raise EvalError(
                f"{len(options.urls)} judges and {len(options.models)} judge models were named; "
                "name one model for each server."
            )
        self._options = options
        self._usage: dict[str, Usage] = {}
        self._agreement: dict[str, float | None] = {}
        self._unrated = 0

    def absent(self) -> str | None:
        """What is missing."""
        if not self._options.urls:
            return "No judge was named (--judge URL --judge-model NAME)."
        if not self._options.models:
            return "The judge's model was not named (--judge-model NAME)."
        return None

    def settings(self) -> dict[str, Any]:
        """Models, passes, tokens, costs, and the agreement of the first two raters (kappa)."""
        usage = {name: asdict(usage) for name, usage in self._usage.items()}
        settings: dict[str, Any] = {
            "models": list(self._options.models),
            "passes": self._options.passes,
            "usage": usage,
            "unrated": self._unrated,
            "kappa": self._agreement,
        }
        if self._options.prices:
            per_prompt, per_completion = self._options.prices
            settings["cost_dollars"] = round(
                sum(
                    u.prompt_tokens * per_prompt + u.completion_tokens * per_completion
                    for u in self._usage.values()
                )
                / 1e6,
                6,
            )
        return settings

    def columns(self) -> dict[str, Column]:
        """`judge_` before the names of the scales, the counts, `composite` and `visits_…`."""
        by = f"judge {' and '.join(self._options.models)}"
        scales = {
            f"judge_{n}": Column(f"{n.replace('_', ' ').capitalize()} ({by})", "higher", "rating")
            for n in SCALES
        }
        counts = {
            f"judge_{n}": Column(f"{n.replace('_', ' ').capitalize()} ({by})", "lower", "count")
            for n in COUNTS
        }
        return {
            **scales,
            f"judge_{COMPOSITE}": Column(
                f"Composite, ours: mean of the five ratings ({by})", "higher", "rating"
            ),
            **counts,
            f"judge_{VISITS}": Column(f"Visits with major hallucinations ({by})", "lower", "share"),
        }

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Means over the raters; None for a note that no rater could rate.

        Raises:
            EvalError: where a server is down; answers so far are kept in the cache.
        """
        subjects = [Subject(item.pair.transcript, item.prediction.note) for item in items]
        raters = self._raters()
        ratings: list[list[Rating | None]] = []
        for rater in raters:
            report = progress if rater is raters[0] else _silent
            try:
                ratings.append(rater.rate(subjects, report))
            finally:
                self._usage[rater.name] = rater.usage
        self._agreement = agreement(ratings[0], ratings[1]) if len(ratings) > 1 else {}
        columns = list(self.columns())
        scored: list[Values] = []
        for of_case in zip(*ratings, strict=True):
            given = [values_of(rating) for rating in of_case if rating]
            self._unrated += not given
            mean = {c: sum(v[c] for v in given) / len(given) if given else None for c in columns}
            scored.append(mean)
        return scored

    def _raters(self) -> list[Rater]:
        options = self._options
        cache = AnswerCache(options.cache)
        urls = options.urls if len(options.urls) > 1 else list(options.urls) * len(options.models)

        def rater(url: str, model: str, number: int) -> Rater:
            def connect() -> ChatClient:
                return ChatClient(url, model, timeout=options.timeout)

            return Rater(model, connect, cache, number, options.concurrency)

        return [
            rater(url, model, number)
            for url, model in zip(urls, options.models, strict=True)
            for number in range(1, options.passes + 1)
        ]


def _silent(_: int) -> None:
    pass


def values_of(rating: Rating) -> dict[str, float]:
    """One rating as the measure's columns."""
    values = {f"judge_{name}": float(getattr(rating, name)) for name in (*SCALES, *COUNTS)}
    values[f"judge_{COMPOSITE}"] = rating.composite
    values[f"judge_{VISITS}"] = float(rating.major_hallucinations > 0)
    return values


def agreement(
    one: Sequence[Rating | None], other: Sequence[Rating | None]
) -> dict[str, float | None]:
    """Cohen's kappa of two raters over the notes that both rated.

    Ratings are weighted quadratically; of counts it is asked whether there is any.
    """
    both = [(a, b) for a, b in zip(one, other, strict=True) if a and b]
    found: dict[str, float | None] = {"notes": len(both)}
    for name in SCALES:
        found[name] = cohen_kappa(
            [getattr(a, name) for a, _ in both], [getattr(b, name) for _, b in both], weighted=True
        )
    for name in COUNTS:
        found[name] = cohen_kappa(
            [float(getattr(a, name) > 0) for a, _ in both],
            [float(getattr(b, name) > 0) for _, b in both],
        )
    return {k: v if v is None else round(v, 4) for k, v in found.items()}
