"""One model folder from one checkpoint: weights, tokenizer, prompt, kernels, plans, manifest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from .adapter import AdaptedCheckpoint, adapter_files, data_licence
from .checkpoint import open_checkpoint
from .kernels import Limits
from .manifest import is_current, model_key, staged_folder, write_manifest
from .prompt import write_prompt
from .quantize import QUANTIZATIONS

Say = Callable[[str], None]


def build_model(
    source: str,
    folder: Path,
    *,
    adapter: Path | None = None,
    quantization: str = "q4a16",
    random_weights: bool = False,
    int8: bool = True,
    force: bool = False,
    dump: Path | None = None,
    say: Say = print,
) -> bool:
    """Build a model folder, unless it is current; tells `say` what goes on.

    Args:
        source: a preset's name, a checkpoint folder or a GGUF file.
        folder: where the model folder goes; it is replaced as a whole, or left as it was.
        adapter: a PEFT LoRA folder to merge.
        quantization: a name of `QUANTIZATIONS`.
        random_weights: noise in the preset's shape (a test model).
        int8: also build the kernels with 8-bit activations.
        force: build even if nothing has changed.
        dump: a folder for the module after each compiler phase.

    Returns:
        Whether anything was built.

    Raises:
        CheckpointError: with what is missing or unfit.
    """
    limits, form = Limits(), QUANTIZATIONS[quantization]
    options = {"limits": asdict(limits), "int8": int8}
    if adapter is not None:
        options["adapter"] = [
            [p.name, p.stat().st_size, p.stat().st_mtime_ns] for p in adapter_files(adapter)
        ]
    key = model_key(source, form, random_weights=random_weights, options=options)
    if not force and is_current(folder, key):
        say(f"{folder} is current")
        return False

    from .compile import compile_model  # TVM takes seconds to import
    from .package import pack_weights

    started = time.monotonic()
    checkpoint = open_checkpoint(source, random_weights=random_weights)
    if adapter is not None:
        checkpoint = AdaptedCheckpoint(checkpoint, adapter)
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        tenth = 10 * done // total
        if tenth > shown:
            shown = tenth
            say(f"  weights {10 * tenth:3d} %")

    with staged_folder(folder) as staging:
        say(f"Packing the weights of {checkpoint.config.title} as {form.name}")
        pack_weights(checkpoint, form, staging, progress)
        write_prompt(checkpoint.config, staging)
        compile_model(checkpoint.config, form, limits, staging, int8=int8, dump=dump, say=say)
        write_manifest(
            staging,
            checkpoint,
            form,
            key=key,
            name=folder.name,
            data_licence=data_licence(adapter) if adapter is not None else None,
            context={
                "prefix": limits.prefix,
                "rows": limits.rows,
                "positions": limits.positions,
                "sequences": limits.sequences,
            },
        )
    say(f"{folder} built in {time.monotonic() - started:.0f} s")
    return True
