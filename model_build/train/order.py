"""Which examples every step trains on: a plan that follows from the settings and the seed alone."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from .examples import Example

Stream = Sequence[tuple[Sequence[Example], float]]
"""Files as their examples and epochs."""


def plan_steps(
    files: Stream, batch_tokens: int, *, seed: int, in_order: bool = False, rejected: int = 0
) -> list[list[Example]]:
    """The examples of each step, with about `batch_tokens` tokens a step.

    Every epoch of a file is shuffled and spread evenly over the run, so that short and long files
    mix; with `in_order` a file begins when the one before it is done. Every example comes with
    `rejected` of its rejected texts, other ones each time.
    """
    chance = random.Random(seed)
    placed: list[tuple[float, Example]] = []
    for index, (examples, epochs) in enumerate(files):
        once: list[Example] = []
        for epoch in range(math.ceil(epochs)):
            shuffled = chance.sample(list(examples), len(examples))
            once += [example.offer(epoch, rejected) for example in shuffled]
        once = once[: round(epochs * len(examples))]
        shift = index if in_order else 0
        placed += [(shift + (i + chance.random()) / len(once), e) for i, e in enumerate(once)]
    steps: list[list[Example]] = [[]]
    tokens = 0
    for _, example in sorted(placed, key=lambda item: item[0]):
        if steps[-1] and tokens + example.tokens / 2 > batch_tokens:
            steps.append([])
            tokens = 0
        steps[-1].append(example)
        tokens += example.tokens
    return [step for step in steps if step]


def share_out(rows: Sequence[list[Example]], parts: int) -> list[list[list[Example]]]:
    """Rows dealt to `parts` workers, the largest first to the one with the least to do."""
    shares: list[list[list[Example]]] = [[] for _ in range(parts)]
    loads = [0] * parts
    for row in sorted(rows, key=lambda row: -sum(e.tokens for e in row)):
        least = loads.index(min(loads))
        shares[least].append(row)
        loads[least] += sum(e.tokens for e in row)
    return shares
