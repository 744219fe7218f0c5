"""Kernels → one WebAssembly module with plain C entry points, without any runtime."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tvm
from tvm.ir import IRModule

from .lower import (
    dump_into,
    finish_phases,
    kernel_phases,
    kernels_of,
    plain_entry_points,
    run_phases,
    scalar_parameters,
    wasm_target,
)

# Addresses below the plan's buffers. The linker puts the module's own stack and data at zero;
# each thread gets a stack of its own, and the executor keeps its control words in a block.
STACK_BASE, STACK_BYTES = 0x20000, 0x10000
CONTROL = 0x180000
ARENA = 0x200000


@dataclass(frozen=True)
class WasmKernels:
    """The linked module twice (shared and unshared memory), and each kernel's scalar names."""

    shared: bytes
    single: bytes
    scalars: dict[str, list]


def compile_wasm(
    module: IRModule, relaxed_simd: bool = False, dump: Path | None = None
) -> WasmKernels:
    """Compile the kernels of a lowered module and link them.

    Raises `RuntimeError` with the linker's words when linking fails.
    """
    target = wasm_target(relaxed_simd)
    kernels = kernels_of(module, target)
    flat = run_phases(kernels, kernel_phases(), dump_into(dump, "wasm"))
    scalars = {gv.name_hint: scalar_parameters(f) for gv, f in flat.functions.items()}
    plain = run_phases(flat, [plain_entry_points(), *finish_phases()], dump_into(dump, "wasm-last"))
    code = tvm.get_global_func("target.build.llvm")(plain, target)
    if dump is not None:
        (dump / "kernels.ll").write_text(code.inspect_source("ll"))
    with tempfile.TemporaryDirectory() as folder:
        object_file = Path(folder) / "kernels.o"
        code.write_to_file(str(object_file))
        names = sorted(scalars)
        return WasmKernels(
            _link(object_file, names, shared=True), _link(object_file, names, shared=False), scalars
        )


def _link(object_file: Path, names: list[str], shared: bool) -> bytes:
    out = object_file.with_suffix(".shared.wasm" if shared else ".wasm")
    command = [
        sys.executable, "-m", "ziglang", "wasm-ld", str(object_file), "-o", str(out),
        "--no-entry", "--import-memory", "--initial-memory=1048576", "--max-memory=4294967296",
        "-z", f"stack-size={STACK_BYTES}", "--strip-all", "-O2",
        "--export=__stack_pointer", *[f"--export={name}" for name in names],
        *(["--shared-memory"] if shared else []),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"linking the WebAssembly kernels failed: {done.stderr.strip()}")
    return out.read_bytes()
