"""Intervals, paired tests and agreement against what is known about them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics import cohen_kappa, compare, mean_interval


def test_the_interval_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(200):
        interval = mean_interval(rng.normal(3, 1, 40))
        inside += interval.low <= 3 <= interval.high
    assert 0.88 <= inside / 200 <= 0.99


def test_the_interval_is_that_of_the_normal_for_many_values():
    values = np.random.default_rng(2).normal(0, 2, 4000)
    interval = mean_interval(values)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * 2 / np.sqrt(4000), rel=0.05)
    assert mean_interval(values) == interval, "the same seed gives the same interval"


def test_equal_values_have_no_interval():
    interval = mean_interval([0.1] * 7)
    assert (interval.mean, interval.low, interval.high, interval.n) == (0.1, 0.1, 0.1, 7)
    with pytest.raises(ValueError, match="no values"):
        mean_interval([])


def test_p_values_are_uniform_without_a_difference():
    rng = np.random.default_rng(3)
    found = [compare(rng.normal(0, 1, 20), rng.normal(0, 1, 20)).p for _ in range(100)]
    assert 0.01 <= np.mean(np.array(found) < 0.1) <= 0.2
    assert compare([1.0, 2.0], [1.0, 2.0]).p == 1


def test_a_clear_difference_is_found():
    rng = np.random.default_rng(4)
    base = rng.normal(0, 1, 40)
    result = compare(base + 0.5 + rng.normal(0, 0.1, 40), base)
    assert result.p < 0.001
    assert result.low < 0.5 < result.high


def test_p_of_all_signs():
    """Eight equal differences: 2 of 256 sign patterns reach the observed mean."""
    assert compare([1.0] * 8, [0.0] * 8).p == pytest.approx(2 / 256, abs=0.003)


def test_kappa():
    """The example of Cohen's kappa's usual table: 20, 5, 10, 15 give 0.4."""
    a = [1] * 20 + [1] * 5 + [0] * 10 + [0] * 15
    b = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert cohen_kappa(a, b) == pytest.approx(0.4)
    assert cohen_kappa([1, 2, 3], [1, 2, 3], weighted=True) == 1
    assert cohen_kappa([1, 2, 3, 4], [2, 3, 4, 5], weighted=True) > cohen_kappa(
        [1, 2, 3, 4], [2, 3, 4, 5]
    )
    assert cohen_kappa([1, 1], [1, 1]) is None
    assert cohen_kappa([], []) is None


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=40))
def test_kappa_does_not_care_who_is_who(pairs: list[tuple[int, int]]):
    a, b = zip(*pairs, strict=True)
    for weighted in (False, True):
        one, other = cohen_kappa(a, b, weighted), cohen_kappa(b, a, weighted)
        assert one is None or one == pytest.approx(other)
        assert one is None or one <= 1
