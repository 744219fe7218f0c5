"""The command `python -m model_build synth`: pairs, their check, and their report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from ..data import Pair, load_pairs, read_pairs, write_pairs
from ..data.written import check_pair, is_written
from .check import check, unheard
from .endpoint import Models, write_pairs_with
from .errors import SynthError
from .pairs import make_pairs
from .report import as_text, measure, write_report

ACTIONS = ("check", "report")


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add `synth` to the pipeline's commands."""
    parser = commands.add_parser(
        "synth", help="simulated visits and their notes; `synth check FILE…`, `synth report FILE…`"
    )
    parser.add_argument(
        "action", nargs="?", choices=ACTIONS, help="look at files instead of making pairs"
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="pairs to look at")
    parser.add_argument("--pairs", type=int, default=1500, metavar="N", help="default 1500")
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same pairs (default 1)"
    )
    parser.add_argument("--specialty", help="only visits of this specialty")
    parser.add_argument("--out", type=Path, metavar="FILE", help="the pairs, as JSON Lines")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write a report of them here")
    parser.add_argument(
        "--compare",
        nargs=2,
        metavar=("NAME", "FILE"),
        help="a real set to report beside them (ACI-Bench's train.csv)",
    )
    parser.add_argument(
        "--endpoint", metavar="URL", help="have models behind this server write the pairs"
    )
    parser.add_argument("--model", metavar="NAME", help="the server's name of the generator")
    parser.add_argument("--reviewer", metavar="NAME", help="of the reviewer (default: the same)")
    parser.add_argument(
        "--adjudicator", metavar="NAME", help="of the adjudicator (default: the reviewer)"
    )


def run(args: argparse.Namespace) -> None:
    """Make pairs, or look at some."""
    if args.action == "check":
        _check(args.files)
    elif args.action == "report":
        _report(_read(args.files), args)
    else:
        _make(args)


def _make(args: argparse.Namespace) -> None:
    if args.out is None:
        raise SynthError("--out FILE is needed: where the pairs go")
    if args.endpoint:
        pairs = list(_from_endpoint(args))
    else:
        pairs = list(make_pairs(args.pairs, args.seed, _say, specialty=args.specialty))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write_pairs(args.out, pairs)
    print(f"Wrote {len(pairs)} pairs to {args.out}.")
    if args.report or args.compare:
        _report(pairs, args)


def _from_endpoint(args: argparse.Namespace) -> Iterable[Pair]:
    if not args.model:
        raise SynthError("--endpoint needs --model NAME: which of the server's models writes")
    reviewer = args.reviewer or args.model
    models = Models(args.model, reviewer, args.adjudicator or reviewer)
    try:
        from .chat import Chat  # its httpx is no part of the main installation
    except ImportError:
        raise SynthError(
            "an endpoint needs httpx; install it with `pip install -e '.[synth]'`."
        ) from None
    chat = Chat(args.endpoint)
    try:
        yield from write_pairs_with(chat, models, args.pairs, args.seed, say=_say)
    finally:
        chat.close()


def _report(pairs: list[Pair], args: argparse.Namespace) -> None:
    name = other = None
    if args.compare:
        name, other = args.compare[0], read_pairs(Path(args.compare[1]))
    figures = measure(pairs, other)
    if args.report:
        write_report(args.report, figures, name)
    else:
        print(as_text(figures, name))


def _check(files: list[Path]) -> None:
    faults = remarks = total = 0
    for path in _named(files):
        written = is_written(path)
        for pair in load_pairs(path):
            wrong = check_pair(pair) if written else check(pair)
            doubtful = unheard(pair) if written else []
            total, faults, remarks = total + 1, faults + bool(wrong), remarks + len(doubtful)
            for sentence in wrong:
                print(f"{pair.id}: {sentence}")
            for sentence in doubtful:
                print(f"{pair.id}, to be looked at: {sentence}")
    if faults:
        raise SynthError(f"{faults} of {total} pairs are not sound")
    print(
        f"{total} pairs, no fault, {remarks} to be looked at."
        if remarks
        else f"{total} pairs, no fault."
    )


def _read(files: list[Path]) -> list[Pair]:
    return [pair for path in _named(files) for pair in load_pairs(path)]


def _named(files: list[Path]) -> list[Path]:
    if not files:
        raise SynthError("name the files to look at")
    return files


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
