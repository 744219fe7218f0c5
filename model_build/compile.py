"""A model's shape → its kernels and execution plans, for every target, in a model folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tvm import tirx

from .checkpoint import CheckpointError
from .codegen_wasm import ARENA, CONTROL, STACK_BASE, STACK_BYTES, compile_wasm
from .codegen_webgpu import compile_webgpu, launches_of
from .kernels import Limits
from .kernels.wasm.ops import WasmOps
from .kernels.webgpu.ops import WebGpuOps
from .llama import export
from .lower import lower_graph, wasm_target, webgpu_target
from .plan import Buffer, Environment, Launch, byte_size, plan_document, walk_functions
from .presets import LlamaConfig
from .quantize import Quantization
from .rope import inverse_frequencies

ALIGNMENT = 64  # bytes; a cache line


def _bounds(limits: Limits) -> dict[str, int]:
    return {"n": limits.chunk, "b": limits.sequences}


def _parameter_buffers(parameters: dict[str, Any], config: LlamaConfig) -> dict[str, Buffer]:
    """Buffers of the model's parameters, keyed and ordered as the compiled functions take them."""
    buffers: dict[str, Buffer] = {}
    for path, parameter in parameters.items():
        role, dtype = parameter.role, str(parameter.dtype)
        extra: dict[str, Any] = {}
        if role.kind == "weight":
            source = {"tensor": path.rpartition(".")[0], "part": role.part, "layout": role.layout}
            extra["source"] = {**source, **({"rows": list(role.rows)} if role.rows else {})}
        elif role.kind == "constant":
            extra["constant"] = {
                "kind": "rope",
                "part": role.part,
                "frequencies": inverse_frequencies(config).tolist(),
                "length": int(parameter.shape[0]),
            }
        name = path.rpartition(".")[2] if path.startswith("state.") else path
        buffers[name] = Buffer(name, byte_size(parameter.shape, dtype, {}), dtype, role.kind, extra)
    return buffers


def _head(config: LlamaConfig, limits: Limits, target: str, features: list[str]) -> dict[str, Any]:
    return {
        "target": target,
        "features": features,
        "model": {
            "layers": config.layers, "hidden": config.hidden, "heads": config.heads,
            "kv_heads": config.kv_heads, "head_dim": config.head_dim, "ff": config.ff,
            "vocab": config.vocab,
        },
        "limits": {
            "chunk": limits.chunk, "prefix": limits.prefix, "rows": limits.rows,
            "sequences": limits.sequences, "positions": limits.positions,
            "threads": limits.threads,
        },
    }  # fmt: skip


def require_compilable(config: LlamaConfig) -> None:
    """Refuse sizes that the kernels' tiles cannot take.

    Raises:
        CheckpointError: with the size that differs from what is needed.
    """
    heads = config.heads + 2 * config.kv_heads
    for what, size in (
        ("vocabulary", config.vocab),
        ("hidden size", config.hidden),
        ("feed-forward size", config.ff),
        ("projected width of queries, keys and values", heads * config.head_dim),
    ):
        if size % 64:
            raise CheckpointError(
                f"{config.title} has a {what} of {size}; the kernels work on 64 columns at a time, "
                "so it must be a multiple of 64."
            )
    if config.head_dim % 8 or config.head_dim > 256:
        raise CheckpointError(
            f"{config.title} has heads of {config.head_dim} channels; attention needs a multiple "
            "of 8, and at most 256."
        )


def compile_model(
    config: LlamaConfig,
    quantization: Quantization,
    limits: Limits,
    folder: Path,
    *,
    int8: bool = False,
    dump: Path | None = None,
    say: Callable[[str], None] = lambda _text: None,
) -> None:
    """Write the plans and kernels of every target into a model folder.

    Raises:
        CheckpointError: for a shape that the kernels cannot take.
    """
    require_compilable(config)

    def below(name: str) -> Path | None:
        return dump / name if dump else None

    say("Compiling for WebAssembly")
    compile_wasm_model(config, quantization, limits, folder, dump=below("wasm"))
    if int8:
        say("Compiling for WebAssembly with 8-bit activations")
        compile_wasm_model(config, quantization, limits, folder, 8, below("wasm-int8"))
    for shader_f16 in (False, True):
        name = "webgpu-f16" if shader_f16 else "webgpu"
        say(f"Compiling for WebGPU {'with' if shader_f16 else 'without'} shader-f16")
        compile_webgpu_model(config, quantization, limits, folder, shader_f16, below(name))


def compile_wasm_model(
    config: LlamaConfig,
    quantization: Quantization,
    limits: Limits,
    folder: Path,
    bits: int = 16,
    dump: Path | None = None,
) -> None:
    """Write `plan.wasm.json` and the kernel modules (or `…-int8…` for 8-bit activations)."""
    module, parameters = export(config, limits, WasmOps(config, quantization, limits, bits))
    lowered = lower_graph(module, _bounds(limits), wasm_target(), schedule=False, dump=dump)
    kernels = compile_wasm(lowered, relaxed_simd=bits == 8, dump=dump)

    def launch(name: str, environment: Environment) -> list[Launch]:
        by_name = {v.name: e for v, e in environment.items()}
        function = lowered[name]
        buffers = [p for p in function.params if isinstance(p.ty, tirx.buffer.BufferType)]
        scalars = [by_name[v.name] for v in kernels.scalars[name]]
        return [Launch(name, list(range(len(buffers))), scalars)]

    buffers = _parameter_buffers(parameters, config)
    functions, scratch = walk_functions(lowered, buffers, launch, _bounds(limits))
    ordered = [*buffers.values(), *scratch]
    address = ARENA
    for buffer in ordered:
        buffer.extra["offset"] = address
        address += -(-buffer.bytes // ALIGNMENT) * ALIGNMENT
    suffix = "" if bits == 16 else f".int{bits}"
    head = {
        **_head(config, limits, "wasm", [] if bits == 16 else ["relaxed-simd"]),
        "row_multiple": 4,
        "memory": address,
        "control": CONTROL,
        "stack": {"base": STACK_BASE, "bytes": STACK_BYTES},
        "module": {"shared": f"kernels{suffix}.wasm", "single": f"kernels{suffix}.single.wasm"},
    }
    _write(folder / f"plan.wasm{suffix}.json", plan_document(head, {}, ordered, functions))
    (folder / f"kernels{suffix}.wasm").write_bytes(kernels.shared)
    (folder / f"kernels{suffix}.single.wasm").write_bytes(kernels.single)


def compile_webgpu_model(
    config: LlamaConfig,
    quantization: Quantization,
    limits: Limits,
    folder: Path,
    shader_f16: bool = False,
    dump: Path | None = None,
) -> None:
    """Write `plan.webgpu.json`, or `plan.webgpu-f16.json` for devices with shader-f16."""
    target = webgpu_target()
    ops = WebGpuOps(config, quantization, limits, shader_f16)
    module, parameters = export(config, limits, ops)
    lowered = lower_graph(module, _bounds(limits), target, schedule=True, dump=dump)
    kernels = compile_webgpu(lowered, target, dump)

    def launch(name: str, environment: Environment) -> list[Launch]:
        return launches_of(kernels.hosts[name], environment)

    buffers = _parameter_buffers(parameters, config)
    functions, scratch = walk_functions(lowered, buffers, launch, _bounds(limits))
    ordered = [*buffers.values(), *scratch]
    head = {
        **_head(config, limits, "webgpu", ["shader-f16"] if shader_f16 else []),
        "row_multiple": 1,
        "memory": sum(b.bytes for b in ordered),
    }
    shaders = {name: {"wgsl": code} for name, code in kernels.shaders.items()}
    name = "plan.webgpu-f16.json" if shader_f16 else "plan.webgpu.json"
    _write(folder / name, plan_document(head, shaders, ordered, functions))


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")))
