"""Command line of the model pipeline: `python -m model_build build …`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .build import build_model
from .checkpoint import CheckpointError
from .presets import PRESETS
from .prompt import PromptError
from .quantize import QUANTIZATIONS


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
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    args = parser().parse_args(arguments)
    out = sys.stdout  # TVM's own messages are kept off it while weights are packed
    name = Path(args.model).name.removesuffix(".gguf")
    if args.adapter:
        name += f"-{args.adapter.name}"
    if args.quantization != "q4a16":
        name += f"-{args.quantization}"
    try:
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
    except (CheckpointError, PromptError) as error:
        print(f"model_build: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"model_build: the model folder could not be written: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
