"""The comparison itself must notice what it is there to notice."""

import numpy as np
import pytest

from tests.reference.compare import compare

REFERENCE = np.array([[0.0, 1.0, 3.0], [2.0, 1.995, -1.0]], np.float32)


def test_equal_logits_have_no_difference():
    found = compare(REFERENCE, REFERENCE, tie=0.01)
    assert (found.max_difference, found.relative_rms, found.mean_kl) == (0, 0, 0)
    assert (found.rows, found.other_tokens, found.near_ties) == (2, 0, 1)


def test_figures_match_hand_calculation():
    ours = REFERENCE.copy()
    ours[0] += [0.5, 0.0, 0.0]
    found = compare(ours, REFERENCE, tie=0.01)
    assert found.max_difference == pytest.approx(0.5)
    assert found.relative_rms == pytest.approx(0.5 / np.sqrt((REFERENCE**2).sum()), rel=1e-6)
    p = np.exp(REFERENCE[0]) / np.exp(REFERENCE[0]).sum()
    q = np.exp(ours[0]) / np.exp(ours[0]).sum()
    assert found.mean_kl == pytest.approx((p * np.log(p / q)).sum() / 2, rel=1e-5)


def test_another_token_is_wrong_unless_the_top_two_are_close():
    swapped = REFERENCE.copy()
    swapped[0] = [0.0, 3.1, 3.0]
    swapped[1] = [1.995, 2.0, -1.0]
    found = compare(swapped, REFERENCE, tie=0.01)
    assert (found.other_tokens, found.wrong_tokens) == (2, 1)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(bad):
    ours = REFERENCE.copy()
    ours[1, 2] = bad
    with pytest.raises(ValueError, match="finite"):
        compare(ours, REFERENCE, tie=0.01)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        compare(REFERENCE[:1], REFERENCE, tie=0.01)
