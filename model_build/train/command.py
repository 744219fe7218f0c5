"""The command `python -m model_build train`: its options, and what it says when it cannot go on."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..presets import PRESETS
from ..quantize import QUANTIZATIONS
from .errors import TrainError
from .settings import LOG, Settings, Source

RUNS = Path("build/train")


def _above_zero(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return value


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add `train` to the pipeline's commands."""
    default = Settings()
    parser = commands.add_parser(
        "train",
        help="pairs of transcripts and notes → LoRA adapter",
        description=__doc__,
        argument_default=argparse.SUPPRESS,
    )
    parser.add_argument(
        "--data",
        action="append",
        type=Source.parse,
        metavar="FILE[:EPOCHS]",
        help="pairs to train on (JSON Lines, a folder of written visits, or a CSV as ACI-Bench and "
        "MTS-Dialog have it); several are mixed",
    )
    parser.add_argument(
        "--out", type=Path, default=None, help=f"the run's folder (default {RUNS}/MODEL)"
    )
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with this run as it was")

    def option(name: str, help: str, **how: object) -> None:
        key = name.removeprefix("--").replace("-", "_")
        value = getattr(default, key)
        shown = "" if value is None or value is False else f" (default {value})"
        parser.add_argument(name, help=help + shown, **how)

    option("--model", f"a preset ({', '.join(PRESETS)}), a Hugging Face folder or a GGUF file")
    option("--random-weights", "seeded noise instead of weights (for tests)", action="store_true")
    option("--in-order", "one file after the other instead of a mix", action="store_true")
    option("--held", "pairs whose NLL is measured now and then", metavar="FILE")
    option("--held-pairs", "so many of them, from the first", type=_count)
    option("--init-adapter", "go on from this adapter", metavar="FOLDER")
    option("--rank", "rank of a new adapter", type=_count)
    option("--alpha", "its scale: the update is alpha / rank", type=_above_zero)
    option("--rslora", "scale by alpha / sqrt(rank) instead", action="store_true")
    option("--learning-rate", "rate of the stable stretch", type=_above_zero)
    option("--warmup", "steps until it is reached", type=int)
    option("--decay", "share of the run in which it falls", type=float)
    option("--final-rate", "where it ends, as a share", type=float)
    option("--weight-decay", "of AdamW", type=float)
    option("--clip", "largest norm of the gradient", type=_above_zero)
    option("--steps", "so many steps, instead of what the epochs give", type=_count)
    option("--minutes", "time that the whole run may take", type=_above_zero)
    option("--batch-tokens", "tokens of a step", type=_count)
    option(
        "--row-tokens", "tokens that are in work at a time, which bounds the memory", type=_count
    )
    option("--max-tokens", "leave pairs out that need more", type=_count)
    option("--quantization", "train through weights stored so", choices=sorted(QUANTIZATIONS))
    option(
        "--preference",
        "texts to reject: 'planted' (the pairs' own notes with one error each), or a file with the "
        "columns id, section and rejected",
        metavar="planted|FILE",
    )
    option("--preference-weight", "what their loss counts beside the notes'", type=float)
    option("--beta", "DPO's beta: how firmly to stay near the start", type=_above_zero)
    option("--rejected", "rejected texts of a pair at a time", type=_count)
    option(
        "--dtype",
        "of the computation; auto is float32 on a CPU, else bfloat16",
        choices=["auto", "float32", "bfloat16"],
    )
    option("--seed", "of the adapter and the order of the data", type=int)
    option("--save-minutes", "time between checkpoints", type=float)
    option("--held-minutes", "time between measurements", type=float)
    option("--adapter-dtype", "of the finished adapter", choices=["float32", "float16", "bfloat16"])
    option("--workers", "threads on a CPU, a row each (default: one for each core)", type=_count)


def run(args: argparse.Namespace) -> None:
    """Run the command.

    Raises:
        CheckpointError, DataError, PromptError, TrainError: with what is wrong and what to do.
    """
    given = {k: v for k, v in vars(args).items() if k != "command"}
    resumed: Path | None = given.pop("resume", None)
    out: Path | None = given.pop("out")
    if resumed is not None:
        if given or out:
            raise TrainError("--resume goes on as the run was begun; give no other options.")
        folder, settings = resumed, Settings.read(resumed)
    else:
        settings = Settings(**{**given, "data": tuple(given.get("data", ()))})
        folder = out or RUNS / Path(settings.model).name.removesuffix(".gguf")
        if os.environ.get("RANK", "0") == "0":  # of several processes, the first
            _prepare(folder, settings)
    try:
        from .loop import train  # torch takes seconds to import
    except ModuleNotFoundError as error:
        raise TrainError(
            f"Training needs the package {error.name}: pip install -e '.[train]'"
        ) from None
    train(settings, folder, resume=resumed is not None, say=_say)


def _prepare(folder: Path, settings: Settings) -> None:
    if not settings.data:
        raise TrainError("Name at least one file of pairs with --data.")
    if (folder / LOG).exists():  # the settings alone tell of a run that never began
        raise TrainError(
            f"{folder} holds a run already. Go on with --resume {folder}, name another folder with "
            "--out, or delete it."
        )
    folder.mkdir(parents=True, exist_ok=True)
    settings.write(folder)


def _say(text: str) -> None:
    print(text, flush=True)
