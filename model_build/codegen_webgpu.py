"""Kernels → WGSL shaders, and the launches that their host functions make."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tvm
from tvm import tirx
from tvm.ir import IRModule

from .lower import dump_into, finish_phases, kernel_phases, kernels_of, run_phases, webgpu_phases
from .plan import Environment, Launch, expression_of

_GRID = ("blockIdx.x", "blockIdx.y", "blockIdx.z")


@dataclass(frozen=True)
class WebGpuKernels:
    """WGSL by kernel name, and the host functions that launch them."""

    shaders: dict[str, str]
    hosts: dict[str, tirx.PrimFunc]


def compile_webgpu(
    module: IRModule, target: tvm.target.Target, dump: Path | None = None
) -> WebGpuKernels:
    """Compile the kernels of a lowered module."""
    phases = [*kernel_phases(), *webgpu_phases()]
    split = run_phases(kernels_of(module, target), phases, dump_into(dump, "webgpu"))
    devices = {gv: f for gv, f in split.functions.items() if _is_kernel(f)}
    hosts = {gv.name_hint: f for gv, f in split.functions.items() if not _is_kernel(f)}
    finished = run_phases(IRModule(devices), finish_phases(), dump_into(dump, "webgpu-last"))
    source = tvm.get_global_func("target.build.webgpu")(finished, target).inspect_source()
    shaders: dict[str, str] = {}
    for part in re.split(r"(?m)^// Function: \w+\n", source):
        name = re.search(r"(?m)^fn (\w+)\(", part)
        if name:
            shaders[name.group(1)] = mend_shader(part)
    return WebGpuKernels(shaders, hosts)


def _is_kernel(function: tirx.PrimFunc) -> bool:
    return function.attrs.get("calling_conv", None) == 2  # CallingConv::kDeviceKernelLaunch


def mend_shader(source: str) -> str:
    """WGSL as TVM writes it, with what we found wrong or slow put right.

    The guard for folded grids lets one workgroup too many through (`>` for `>=`), and private
    arrays that are only indexed by literals keep software WebGPU from using registers.
    """
    code = "\n".join(line for line in source.splitlines() if not line.startswith("//"))
    code = code.replace("> podArgs.packGridDimX)", ">= podArgs.packGridDimX)")
    declaration = re.compile(r"(?m)^\s*var (\w+) : array<(\w+), (\d+)>;\n")
    for match in list(declaration.finditer(code)):
        name, dtype, length = match.group(1), match.group(2), int(match.group(3))
        rest = code.replace(match.group(0), "")
        uses = re.findall(rf"\b{name}\b(\[\d+i\])?", rest)
        if uses and all(uses):
            scalars = "".join(f"  var {name}_{i} : {dtype};\n" for i in range(length))
            code = code.replace(match.group(0), scalars)
            code = re.sub(rf"\b{name}\[(\d+)i\]", rf"{name}_\1", code)
    return code


def launches_of(host: tirx.PrimFunc, bound: Environment) -> list[Launch]:
    """The kernel launches of a host function, its variables bound by name.

    Raises `NotImplementedError` for a host statement that a plan cannot express.
    """
    by_name = {v.name: e for v, e in bound.items()}
    parameters = list(host.params)
    buffers = [p for p in parameters if isinstance(p.ty, tirx.buffer.BufferType)]
    environment: Environment = {p: by_name[p.name] for p in parameters if p.name in by_name}
    for p in buffers:
        for size in p.ty.shape:
            if isinstance(size, tirx.Var) and size.name in by_name:
                environment[size] = by_name[size.name]
    alias: dict[Any, Any] = {}
    launches: list[Launch] = []

    def index_of(data: Any) -> int:
        variable = data.args[0]
        while not any(b.same_as(variable) for b in buffers):
            variable = alias[variable].args[0]
        return next(i for i, b in enumerate(buffers) if b.same_as(variable))

    def launch(call: Any) -> None:
        tags = list(call.attrs.launch_params)
        arguments = list(call.args)[1:]
        count = len(arguments) - len(tags)
        tensors, scalars = [], []
        for a in arguments[:count]:
            if type(a).__name__ == "Call" and a.op.name == "tirx.buffer_data":
                tensors.append(index_of(a))
            else:
                scalars.append(expression_of(a, environment))
        sizes = dict(zip(tags, arguments[count:], strict=True))
        grid = [expression_of(sizes[t], environment) if t in sizes else 1 for t in _GRID]
        launches.append(Launch(call.args[0].value, tensors, scalars, grid))

    def walk(statement: Any) -> None:
        kind = type(statement).__name__
        if hasattr(statement, "seq"):
            for s in statement.seq:
                walk(s)
        elif kind == "Bind":
            environment[statement.var] = expression_of(statement.value, environment)
        elif kind == "DeclBuffer":
            alias[statement.buffer] = statement.data
        elif kind == "Evaluate":
            call = statement.value
            if type(call).__name__ == "Call" and call.op.name == "tirx.call_ffi_kernel":
                launch(call)
        else:
            raise NotImplementedError(f"a launch cannot contain {kind}")
        if hasattr(statement, "body"):
            walk(statement.body)

    walk(host.body)
    return launches
