"""Command line of the model pipeline: `python -m model_build build …`, `… vocabulary`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import links
from .checkpoint import CheckpointError
from .data import DataError
from .node import ROOT
from .node_process import NodeError
from .presets import PRESETS
from .prompt import PromptError
from .quantize import QUANTIZATIONS
from .synth import command as synth
from .synth.errors import SynthError
from .train import command
from .train.errors import TrainError
from .vocabulary import FOLDER, VocabularyError, write_vocabularies


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = argparse.ArgumentParser(prog="python -m model_build", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="checkpoint → model folder")
    build.add_argument(
        "--model",
        default="smollm2-135m",
        help=f"a preset ({', '.join(PRESETS)}), a Hugging Face folder or a GGUF file",
    )
    build.add_argument("--adapter", type=Path, help="a PEFT LoRA folder to merge")
    build.add_argument("--quantization", choices=sorted(QUANTIZATIONS), default="q4a16")
    build.add_argument(
        "--random-weights", action="store_true", help="seeded noise instead of weights (test model)"
    )
    build.add_argument("--out", type=Path, help="the model folder (default build/models/NAME)")
    build.add_argument("--force", action="store_true", help="build even if nothing has changed")
    build.add_argument("--dump", type=Path, help="write the module after each compiler phase here")
    synth.add_parser(commands)
    command.add_parser(commands)
    links.add_parser(commands)
    vocabulary = commands.add_parser("vocabulary", help="the clinical checks' word lists")
    vocabulary.add_argument(
        "--out", type=Path, default=FOLDER, help=f"the folder (default {FOLDER.relative_to(ROOT)})"
    )
    return top


def _build(args: argparse.Namespace) -> None:
    from .build import build_model  # with TVM, which the other commands need not wait for

    out = sys.stdout  # TVM's own messages are kept off it while weights are packed
    name = Path(args.model).name.removesuffix(".gguf")
    if args.adapter:
        name += f"-{args.adapter.name}"
    if args.quantization != "q4a16":
        name += f"-{args.quantization}"
    build_model(
        args.model,
        args.out or Path("build/models") / name,
        adapter=args.adapter,
        quantization=args.quantization,
        random_weights=args.random_weights,
        force=args.force,
        dump=args.dump,
        say=lambda text: print(text, file=out, flush=True),
    )


def _vocabulary(args: argparse.Namespace) -> None:
    for path in write_vocabularies(args.out):
        print(f"Wrote {path}.")


COMMANDS = {
    "build": _build,
    "links": links.run,
    "synth": synth.run,
    "train": command.run,
    "vocabulary": _vocabulary,
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    args = parser().parse_args(arguments)
    try:
        COMMANDS[args.command](args)
    except (
        CheckpointError,
        DataError,
        NodeError,
        PromptError,
        SynthError,
        TrainError,
        VocabularyError,
    ) as error:
        print(f"model_build: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"model_build: {args.out or 'the output'} could not be written: {error}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
