"""Lowered Relax functions → the execution plan that the page runs.

A plan is data: buffers with sizes (and, for WebAssembly, addresses), and per function a list of
steps {kernel, buffers, scalars, grid}. Scalars and grids are expressions over the few symbols that
change from call to call: a number, a symbol's name, or [operator, …].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from tvm import ir, relax, tirx
from tvm.ir import IRModule

FORMAT = 1

Expression = Any  # int | str | [operator, …]
Environment = dict[Any, Expression]

_BINARY = {
    "Add": "+", "Sub": "-", "Mul": "*", "FloorDiv": "//", "FloorMod": "%", "Div": "//", "Mod": "%",
    "Min": "min", "Max": "max", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "EQ": "==",
}  # fmt: skip

_EVALUATE: dict[str, Callable[..., int]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "//": lambda a, b: a // b, "%": lambda a, b: a % b, "min": min, "max": max,
    "<": lambda a, b: int(a < b), "<=": lambda a, b: int(a <= b), ">": lambda a, b: int(a > b),
    ">=": lambda a, b: int(a >= b), "==": lambda a, b: int(a == b),
    ">>": lambda a, b: a >> b, "<<": lambda a, b: a << b, "?": lambda c, a, b: a if c else b,
}  # fmt: skip


def evaluate(expression: Expression, symbols: dict[str, int]) -> int:
    """The value of a plan's expression (the executors' meaning, for tests and sizes)."""
    if isinstance(expression, int):
        return expression
    if isinstance(expression, str):
        return symbols[expression]
    operator, *operands = expression
    return _EVALUATE[operator](*(evaluate(o, symbols) for o in operands))


def expression_of(e: Any, environment: Environment) -> Expression:
    """A TIR integer expression as a plan's expression.

    Raises `KeyError` for a variable that the environment lacks, `NotImplementedError` for an
    operator that plans do not have.
    """
    kind = type(e).__name__
    if isinstance(e, int):
        return e
    if kind == "IntImm":
        return int(e.value)
    if isinstance(e, tirx.Var):
        return environment[e]
    if kind == "PrimValue":
        return expression_of(e.value, environment)
    if kind == "Cast":
        return expression_of(e.value, environment)
    if kind == "Select":
        parts = (e.condition, e.true_value, e.false_value)
        return _fold(["?", *(expression_of(p, environment) for p in parts)])
    if kind == "Call" and e.op.name in ("tirx.shift_right", "tirx.shift_left"):
        operator = ">>" if e.op.name.endswith("right") else "<<"
        return _fold([operator, *(expression_of(a, environment) for a in e.args)])
    if kind in _BINARY:
        operands = [expression_of(e.a, environment), expression_of(e.b, environment)]
        return _fold([_BINARY[kind], *operands])
    raise NotImplementedError(f"a plan has no expression for {kind}: {e}")


def _fold(expression: list) -> Expression:
    operator, *operands = expression
    if all(isinstance(o, int) for o in operands):
        return _EVALUATE[operator](*operands)
    return expression


@dataclass
class Launch:
    """One kernel launch of a call: indices into the call's tensors, scalars, and grid."""

    kernel: str
    tensors: list[int]
    scalars: list[Expression]
    grid: list[Expression] | None = None


# (name of the TIR function, its symbols bound) → launches
Launcher = Callable[[str, Environment], list[Launch]]


@dataclass
class Buffer:
    """A buffer of the plan; `bytes` is what it needs, scratch being shared by all functions."""

    name: str
    bytes: int
    dtype: str
    kind: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class Function:
    """Steps of one function: (kernel, buffer names, scalars, grid)."""

    symbols: list[str]
    steps: list[Launch]
    buffers: list[list[str]]


def byte_size(shape: Iterable[Any], dtype: str, bounds: dict[str, int]) -> int:
    """Bytes of a tensor whose symbolic sizes take their upper bounds."""
    sizes = [int(d) if not isinstance(d, tirx.Var) else bounds[d.name] for d in shape]
    return math.prod(sizes) * np.dtype(dtype).itemsize


class Walker:
    """Walks one Relax function after storage planning."""

    def __init__(
        self,
        function: relax.Function,
        parameters: dict[str, Buffer],
        primitive: Callable[[str], tirx.PrimFunc],
        launcher: Launcher,
        bounds: dict[str, int],
    ) -> None:
        self.function, self.primitive, self.launcher = function, primitive, launcher
        self.bounds = bounds
        self.symbols: Environment = {}
        self.scratch: list[int] = []  # bytes of each
        self.value: dict[Any, Any] = {}  # relax variable → buffer name or tuple of them
        names = list(parameters)
        tensors = [p for p in function.params if isinstance(p.ty, relax.TensorType)]
        if len(tensors) != len(names):
            raise ValueError(f"{len(tensors)} tensor parameters, {len(names)} names")
        for p in function.params:
            if isinstance(p.ty, relax.ShapeType):
                self.symbols |= {v: v.name for v in p.ty.values}
        self.value |= dict(zip(tensors, names, strict=True))
        self.result = Function([str(s) for s in self.symbols.values()], [], [])

    def _allocate(self, size: int) -> str:
        self.scratch.append(size)
        return f"scratch.{len(self.scratch) - 1}"

    def run(self) -> Function:
        """The function's steps; scratch sizes are left in `self.scratch`."""
        for block in self.function.body.blocks:
            for binding in block.bindings:
                self.value[binding.var] = self._bind(binding.value)
        return self.result

    def _bind(self, value: Any) -> Any:
        kind = type(value).__name__
        if isinstance(value, relax.Var):
            return self.value[value]
        if kind == "Tuple":
            return [self._bind(v) for v in value.fields]
        if kind == "TupleGetItem":
            return self.value[value.tuple_value][value.index]
        if kind != "Call":
            raise NotImplementedError(f"a plan has no step for {kind}: {value}")
        if isinstance(value.op, ir.GlobalVar):
            self._call(value)
            return None
        name = value.op.name
        if name == "relax.memory.alloc_storage":
            return self._allocate(int(value.args[0].values[0]))
        if name == "relax.memory.alloc_tensor":
            return self.value[value.args[0]]
        if name == "relax.builtin.alloc_tensor":
            return self._allocate(
                byte_size(value.args[0].values, str(value.args[1].value), self.bounds)
            )
        raise NotImplementedError(f"a plan has no step for {name}")

    def _call(self, call: relax.Call) -> None:
        name = call.op.name_hint
        environment: Environment = {}
        tensors = []
        for parameter, argument in zip(self.primitive(name).params, call.args, strict=True):
            if isinstance(parameter.ty, tirx.buffer.BufferType):
                tensors.append(self.value[argument])
                for size, actual in zip(parameter.ty.shape, argument.ty.shape.values, strict=True):
                    if isinstance(size, tirx.Var):
                        environment[size] = expression_of(actual, self.symbols)
            else:
                environment[parameter] = expression_of(argument, self.symbols)
        for launch in self.launcher(name, environment):
            self.result.steps.append(launch)
            self.result.buffers.append([tensors[i] for i in launch.tensors])


def walk_functions(
    module: IRModule, parameters: dict[str, Buffer], launcher: Launcher, bounds: dict[str, int]
) -> tuple[dict[str, Function], list[Buffer]]:
    """All functions of a lowered module, and the scratch buffers they share.

    Functions never run at the same time, so the i-th scratch buffer serves all of them.
    """
    primitives = {
        gv.name_hint: f for gv, f in module.functions.items() if isinstance(f, tirx.PrimFunc)
    }
    functions: dict[str, Function] = {}
    scratch: list[int] = []
    for gv, f in module.functions.items():
        if not isinstance(f, relax.Function):
            continue
        walker = Walker(f, parameters, primitives.__getitem__, launcher, bounds)
        functions[gv.name_hint] = walker.run()
        sizes = walker.scratch
        length = max(len(scratch), len(sizes))
        scratch = [max(a[i] if i < len(a) else 0 for a in (scratch, sizes)) for i in range(length)]
    shared = [Buffer(f"scratch.{i}", size, "uint8", "scratch") for i, size in enumerate(scratch)]
    return functions, shared


def plan_document(
    head: dict[str, Any],
    kernels: dict[str, dict[str, Any]],
    buffers: list[Buffer],
    functions: dict[str, Function],
) -> dict[str, Any]:
    """The plan as JSON-ready data; `kernels` maps names to what a kernel carries besides."""
    used = sorted({step.kernel for f in functions.values() for step in f.steps})
    kernel_index = {name: i for i, name in enumerate(used)}
    buffer_index = {b.name: i for i, b in enumerate(buffers)}
    return {
        "format": FORMAT,
        **head,
        "kernels": [{"name": name, **kernels.get(name, {})} for name in used],
        "buffers": [
            {"name": b.name, "bytes": b.bytes, "dtype": b.dtype, "kind": b.kind, **b.extra}
            for b in buffers
        ],
        "functions": {
            name: {
                "symbols": f.symbols,
                "steps": [
                    [
                        kernel_index[step.kernel],
                        [buffer_index[b] for b in names],
                        step.scalars,
                        *([step.grid] if step.grid is not None else []),
                    ]
                    for step, names in zip(f.steps, f.buffers, strict=True)
                ],
            }
            for name, f in functions.items()
        },
    }
