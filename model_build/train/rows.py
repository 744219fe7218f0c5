"""Examples as rows of tokens: each transcript once, its sections as forks behind it.

A row holds one or more trees without padding:

    tree:       transcript        section 1    section 2  …
    positions:  0 … p-1           p, p+1, …    p, p+1, …

A token of a transcript sees the tokens before it; a token of a section sees its own tree's whole
transcript and its own section up to itself. The engine decodes in the same way, so positions and
what is seen agree with it token for token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from .examples import Example


@dataclass(frozen=True)
class Tree:
    """Where one example's tokens lie in a row: the transcript, then each fork's end."""

    start: int
    prefix_end: int
    fork_ends: tuple[int, ...]

    @property
    def forks(self) -> Iterator[tuple[int, int]]:
        """First token and end of each fork."""
        return pairwise((self.prefix_end, *self.fork_ends))


@dataclass(frozen=True)
class Target:
    """One section's text in a row: whose it is, and its part of the row's losses."""

    example: Example
    key: str
    losses: slice


@dataclass(frozen=True)
class Row:
    """One forward pass.

    `ids` and `positions` are int64 [tokens]. `at` are the int64 [losses] places whose next token
    counts, and `labels` those tokens.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    at: torch.Tensor
    labels: torch.Tensor
    trees: tuple[Tree, ...]
    targets: tuple[Target, ...]

    @property
    def tokens(self) -> int:
        return len(self.ids)

    @property
    def losses(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> Row:
        """The row with its tensors on a device."""
        moved = (t.to(device) for t in (self.ids, self.positions, self.at, self.labels))
        return Row(*moved, self.trees, self.targets)


def make_row(examples: Iterable[Example]) -> Row:
    """The row of the given examples, in their order."""
    ids: list[int] = []
    positions: list[int] = []
    at: list[int] = []
    labels: list[int] = []
    trees: list[Tree] = []
    targets: list[Target] = []
    for example in examples:
        start = len(ids)
        ids += example.prefix
        positions += range(len(example.prefix))
        ends = []
        for fork in example.forks:
            begin = len(ids)
            ids += [*fork.prompt, *fork.target[:-1]]  # nothing follows the stop token
            positions += range(len(example.prefix), len(example.prefix) + len(ids) - begin)
            targets.append(
                Target(example, fork.key, slice(len(labels), len(labels) + len(fork.target)))
            )
            at += range(begin + len(fork.prompt) - 1, len(ids))
            labels += fork.target
            ends.append(len(ids))
        trees.append(Tree(start, start + len(example.prefix), tuple(ends)))
    tensors = (torch.tensor(values, dtype=torch.int64) for values in (ids, positions, at, labels))
    return Row(*tensors, tuple(trees), tuple(targets))


def pack(examples: Sequence[Example], most: int) -> list[list[Example]]:
    """Examples grouped so that a row has at most `most` tokens; a longer one is a row alone.

    Longest first into the fullest row that has room, so that few rows are needed.
    """
    rows: list[list[Example]] = []
    sizes: list[int] = []
    for example in sorted(examples, key=lambda e: -e.tokens):
        fitting = [i for i, size in enumerate(sizes) if size + example.tokens <= most]
        if fitting:
            best = max(fitting, key=lambda i: sizes[i])
            rows[best].append(example)
            sizes[best] += example.tokens
        else:
            rows.append([example])
            sizes.append(example.tokens)
    return rows
