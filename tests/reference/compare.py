"""How far logits lie from the reference's, and whether they choose the same tokens."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Comparison:
    """Differences over a set of rows; every row is one position's logits."""

    rows: int
    max_difference: float
    relative_rms: float
    """Root mean square of the differences, as a share of the reference's logits' own."""
    mean_kl: float
    """Mean over rows of KL(reference || ours), in nats."""
    other_tokens: int
    """Rows whose greedy token differs from the reference's."""
    wrong_tokens: int
    """Those among them where the reference's top two lie further apart than `tie`."""
    near_ties: int
    """Rows where the reference's top two lie closer than `tie`."""

    def line(self) -> str:
        """The figures in one line, for the report after a test run."""
        return (
            f"{self.rows} rows: max |Δ| {self.max_difference:.2e}, rms {self.relative_rms:.2e} of "
            f"the logits', KL {self.mean_kl:.1e}; other greedy tokens {self.other_tokens}, "
            f"of these near ties {self.other_tokens - self.wrong_tokens} "
            f"(near ties in all {self.near_ties})"
        )

    def as_dict(self) -> dict[str, float]:
        """The figures for a JSON file."""
        return asdict(self)


def log_softmax(logits: Logits) -> NDArray[np.float64]:
    """Row-wise log-probabilities, in float64."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def rms(values: NDArray[np.float64]) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(values**2)))


def compare(ours: Logits, reference: Logits, tie: float) -> Comparison:
    """Compares logits row by row.

    Args:
        ours: [rows, vocabulary].
        reference: of the same shape.
        tie: the gap between the reference's top two below which another choice is excused.

    Raises:
        ValueError: when shapes differ or a value is not finite, which no figure would show.
    """
    if ours.shape != reference.shape:
        raise ValueError(f"logits of shape {ours.shape} beside a reference of {reference.shape}")
    if not (np.isfinite(ours).all() and np.isfinite(reference).all()):
        raise ValueError("some logits are not finite")
    difference = ours.astype(np.float64) - reference
    theirs = log_softmax(reference)
    kl = (np.exp(theirs) * (theirs - log_softmax(ours))).sum(axis=-1)
    top_two = np.sort(np.partition(reference, -2, axis=-1)[:, -2:], axis=-1)
    close = (top_two[:, 1] - top_two[:, 0]) < tie
    other = ours.argmax(axis=-1) != reference.argmax(axis=-1)
    return Comparison(
        rows=len(ours),
        max_difference=float(np.abs(difference).max()),
        relative_rms=rms(difference) / rms(reference.astype(np.float64)),
        mean_kl=float(kl.mean()),
        other_tokens=int(other.sum()),
        wrong_tokens=int((other & ~close).sum()),
        near_ties=int(close.sum()),
    )
