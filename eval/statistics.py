"""Means with bootstrap intervals, paired comparisons and agreement, all seeded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RESAMPLES = 10_000
SEED = 20240


@dataclass(frozen=True)
class Interval:
    """A mean over `n` cases with its percentile-bootstrap 95% interval."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Comparison:
    """Mean difference of paired values (a - b), its 95% interval and a two-sided p-value."""

    difference: float
    low: float
    high: float
    p: float
    n: int


def _resampled_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    picks = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    return values[picks].mean(axis=1)


def mean_interval(values: ArrayLike, seed: int = SEED) -> Interval:
    """The mean of values [n] and its interval over resampled cases.

    Raises:
        ValueError: for no values.
    """
    array = np.asarray(values, np.float64)
    if array.size == 0:
        raise ValueError("a mean of no values")
    if (array == array[0]).all():  # rounding would give an interval that misses its mean
        return Interval(float(array[0]), float(array[0]), float(array[0]), len(array))
    low, high = np.quantile(_resampled_means(array, seed), (0.025, 0.975))
    return Interval(float(array.mean()), float(low), float(high), len(array))


def compare(a: ArrayLike, b: ArrayLike, seed: int = SEED) -> Comparison:
    """Paired comparison of values [n] of the same cases, by random sign flips.

    The p-value is the share of sign patterns whose mean difference is at least as large, with the
    observed one counted (Phipson and Smyth 2010), so it is never zero.

    Raises:
        ValueError: for no values, or unequal numbers of them.
    """
    difference = np.asarray(a, np.float64) - np.asarray(b, np.float64)
    interval = mean_interval(difference, seed)
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(RESAMPLES, len(difference)))
    flipped = np.abs((signs * difference).mean(axis=1))
    beyond = int((flipped >= abs(interval.mean) - 1e-12).sum())
    p = (beyond + 1) / (RESAMPLES + 1)
    return Comparison(interval.mean, interval.low, interval.high, p, interval.n)


def cohen_kappa(a: Sequence[float], b: Sequence[float], weighted: bool = False) -> float | None:
    """Cohen's kappa of two raters' values of the same items.

    Args:
        a: one rater's categories, or ratings on a scale.
        b: the other's.
        weighted: with quadratic weights, for ratings on a scale.

    Returns:
        1 for full agreement, 0 for chance; None where chance leaves no room for disagreement
        (both gave one and the same value to all), or for no items.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} ratings against {len(b)}")
    values = sorted({*a, *b})
    if len(values) < 2:
        return None
    index = {value: i for i, value in enumerate(values)}
    counts = np.zeros((len(values), len(values)))
    for x, y in zip(a, b, strict=True):
        counts[index[x], index[y]] += 1
    scale = np.asarray(values, np.float64) if weighted else np.arange(len(values))
    gaps = scale[:, None] - scale[None, :]
    weights = gaps**2 if weighted else (gaps != 0).astype(np.float64)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(1 - (weights * counts).sum() / (weights * expected).sum())
