"""The learning rate: warm-up, a stable stretch, decay (WSD; Hu et al., arXiv 2404.06395).

A run ends after a number of steps or when its time is up, whichever comes first. How far it has
come is the larger of the two shares, so the decay always ends with the run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Learning rate by step and time.

    Args:
        peak: the rate of the stable stretch.
        warmup: steps until it is reached, in a straight line.
        decay: share of the run, at its end, in which the rate falls in a straight line.
        final: the rate at the very end, as a share of the peak.
        steps: of the whole run.
        seconds: that the run may take, or None.
    """

    peak: float
    warmup: int
    decay: float
    final: float
    steps: int
    seconds: float | None = None

    def progress(self, step: int, seconds: float) -> float:
        """How much of the run is done, from 0 to 1, after `step` steps and `seconds`."""
        by_time = seconds / self.seconds if self.seconds else 0.0
        return min(1.0, max(step / self.steps, by_time))

    def rate(self, step: int, seconds: float) -> float:
        """The rate of the step that follows after `step` steps."""
        left = 1 - self.progress(step, seconds)
        rate = self.peak * min(1.0, (step + 1) / max(1, self.warmup))
        if left < self.decay:
            rate *= self.final + (1 - self.final) * left / self.decay
        return rate

    def is_over(self, step: int, seconds: float, last: float = 0.0) -> bool:
        """Whether no further step fits, given how long the last one took."""
        return step >= self.steps or bool(self.seconds and seconds + last > self.seconds)
