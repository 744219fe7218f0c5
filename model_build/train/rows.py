"""Examples as rows of tokens: each transcript once, its sections as forks behind it.

A row holds one or more trees without padding:

    tree:       transcript        section 1    section 2  …
    positions:  0 … p-1           p, p+1, …    p, p+1, …

A token of a transcript sees the tokens before it; a token of a section sees its own tree's whole
transcript and its own section up to itself. The engine decodes in the same way, so positions and
what is seen agree with it token for token.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from .examples import Example, Fork


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
class Choice:
    """Two texts of one section, by their losses from the token on at which they part."""

    name: str
    chosen: slice
    rejected: slice


@dataclass(frozen=True)
class Row:
    """One forward pass.

    `ids` and `positions` are int64 [tokens]. `at` are the int64 [losses] places whose next token
    has a loss, and `labels` those tokens: first the `written` tokens of the texts that should be
    written, then those of the rejected ones.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    at: torch.Tensor
    labels: torch.Tensor
    written: int
    trees: tuple[Tree, ...]
    choices: tuple[Choice, ...]

    @property
    def tokens(self) -> int:
        """Tokens that are read."""
        return len(self.ids)

    def to(self, device: torch.device) -> Row:
        """The row with its tensors on a device."""
        moved = (t.to(device) for t in (self.ids, self.positions, self.at, self.labels))
        return Row(*moved, self.written, self.trees, self.choices)


def make_row(examples: Sequence[Example]) -> Row:
    """The row of the given examples, in their order."""
    written = sum(example.losses for example in examples)
    ids: list[int] = []
    positions: list[int] = []
    counted: tuple[list[tuple[int, int]], ...] = ([], [])  # (place, label): written, rejected
    trees: list[Tree] = []
    choices: list[Choice] = []
    for example in examples:
        start, length = len(ids), len(example.prefix)
        ids += example.prefix
        positions += range(length)
        ends = []
        right: dict[str, int] = {}  # where the losses of each section's right text end
        for fork in sorted(example.forks, key=lambda f: f.parts_at is not None):
            begin = len(ids)
            ids += [*fork.prompt, *fork.target[:-1]]  # nothing follows the stop token
            positions += range(length, length + len(ids) - begin)
            places = range(begin + len(fork.prompt) - 1, len(ids))
            losses = counted[fork.parts_at is not None]
            pairs = [*zip(places, fork.target, strict=True)][fork.parts_at or 0 :]
            if fork.parts_at is None:
                right[fork.key] = len(losses) + len(pairs)
            else:
                first, end = written + len(losses), right[fork.key]
                chosen = slice(end - len(_right(example, fork).target) + fork.parts_at, end)
                choices.append(
                    Choice(_name(example, fork), chosen, slice(first, first + len(pairs)))
                )
            losses += pairs
            ends.append(len(ids))
        trees.append(Tree(start, start + length, tuple(ends)))
    at, labels = zip(*counted[0], *counted[1], strict=True)
    tensors = (torch.tensor(values, dtype=torch.int64) for values in (ids, positions, at, labels))
    return Row(*tensors, written, tuple(trees), tuple(choices))


def _name(example: Example, fork: Fork) -> str:
    """What tells a rejected text from all others."""
    return hashlib.sha256(repr((example.where, fork.key, fork.target)).encode()).hexdigest()[:24]


def _right(example: Example, rejected: Fork) -> Fork:
    """The text that should be written in a rejected one's place."""
    return next(f for f in example.forks if f.key == rejected.key and f.parts_at is None)


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
