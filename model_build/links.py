"""`python -m model_build links`: fits the weights by which the checks link statements to turns.

Written visits say in which turns each statement of their note was said, so every turn of a visit is
an example: does the statement rest on it or not? A logistic regression over the features of
`webui/src/scribe/checks/evidence.ts` answers that. One of them, how close a turn lies to
the likeliest turns of the statements around, needs the weights themselves: they are fitted in
rounds.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checks import SOURCES, Checks, utf16_length
from .data import Pair, load_pairs
from .node import ROOT

WEIGHTS = SOURCES / "checks" / "evidence-weights.json"
VISITS = Path(__file__).parent / "synth" / "visits"
ROUNDS = 4

Weights = dict[str, float]


def add_parser(commands: Any) -> None:
    """The command's arguments."""
    command = commands.add_parser("links", help="fit how the checks link statements to turns")
    command.add_argument(
        "--data", type=Path, nargs="+", default=[VISITS], help="written visits (default: all)"
    )
    command.add_argument(
        "--out", type=Path, default=WEIGHTS, help=f"default {WEIGHTS.relative_to(ROOT)}"
    )


def run(args: argparse.Namespace) -> None:
    """Fits and writes the weights."""
    weights = fit([pair for path in args.data for pair in load_pairs(path)])
    args.out.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    print(f"Wrote {args.out}.")


def fit(pairs: Sequence[Pair]) -> Weights:
    """The weights of all features and the bias.

    Raises:
        ChecksError: where the checks cannot run.
    """
    from sklearn.linear_model import LogisticRegression

    weights: Weights = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    names = [name for name in weights if name != "bias"]
    for _ in range(ROUNDS):
        features, stated = _examples(pairs, names, weights)
        fitted = LogisticRegression(max_iter=1000).fit(features, stated)
        values = [*fitted.coef_[0], fitted.intercept_[0]]
        weights = {
            name: round(float(v), 4) for name, v in zip([*names, "bias"], values, strict=True)
        }
    return weights


def _examples(
    pairs: Iterable[Pair], names: Sequence[str], weights: Weights
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Features [examples, names] of every turn for every statement, and whether it states it."""
    rows: list[list[float]] = []
    stated: list[bool] = []
    with Checks() as checks:
        for pair in pairs:
            spans = statement_turns(pair)
            for statement in checks.links(pair.dialogue, pair.note, weights):
                turns = turns_of(spans, statement)
                if not turns:
                    continue
                for turn, features in enumerate(statement["turns"]):
                    rows.append([features[name] for name in names])
                    stated.append(turn in turns)
    return np.array(rows, np.float32), np.array(stated)


Span = tuple[int, int, frozenset[int]]


def statement_turns(pair: Pair) -> list[Span]:
    """Begin, end (in UTF-16 units of the note) and turns of each statement of a written visit."""
    spans: list[Span] = []
    at = 0
    for own in pair.statements:
        begin = pair.note.index(own.text, at)
        at = begin + len(own.text)
        first = utf16_length(pair.note[:begin])
        turns = frozenset(turn for fact in own.facts for turn in pair.facts[fact].turns)
        spans.append((first, first + utf16_length(own.text), turns))
    return spans


def turns_of(spans: Iterable[Span], statement: dict[str, Any]) -> frozenset[int]:
    """The turns of a checked statement: those of all statements of the visit that it overlaps."""
    return frozenset(
        turn
        for begin, end, turns in spans
        if statement["start"] < end and statement["end"] > begin
        for turn in turns
    )
