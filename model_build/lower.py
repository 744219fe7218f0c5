"""Lowering: from the Relax model to scheduled kernels, in named phases.

One list of phases brings the graph to calls of kernels over planned storage; one list per target
brings the kernels to what its code generator takes. `lower(..., dump=folder)` writes the module
after every phase, for reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import tvm
from tvm import relax, s_tir, tirx
from tvm.ir import IRModule
from tvm.s_tir import dlight

Pass = tvm.ir.transform.Pass
Phase = tuple[str, Sequence[Pass]]

WASM_FEATURES = (
    "+simd128", "+bulk-memory", "+atomics", "+sign-ext", "+nontrapping-fptoint", "+mutable-globals",
)  # fmt: skip


def wasm_target(relaxed_simd: bool = False) -> tvm.target.Target:
    """WebAssembly with 128-bit SIMD; `relaxed_simd` adds the int8 dot product."""
    features = [*WASM_FEATURES, *(["+relaxed-simd"] if relaxed_simd else [])]
    target = tvm.target.Target(
        {
            "kind": "llvm",
            "mtriple": "wasm32-unknown-unknown",
            "mattr": features,
            "opt-level": 3,
            "vector-width": 128,
        }
    )
    return target.with_host(target)


def webgpu_target() -> tvm.target.Target:
    """WebGPU; kernels that hold float16 values say so themselves (`enable f16`)."""
    return tvm.target.Target("webgpu", host="llvm")


def bound_symbols(bounds: dict[str, int]) -> Pass:
    """Upper bounds of the symbolic sizes, so that storage can be planned ahead of time."""

    @tvm.transform.module_pass(opt_level=0, name="BoundSymbols")
    def apply(module: IRModule, _context: tvm.transform.PassContext) -> IRModule:
        functions = {
            gv: f.with_attr("tir_var_upper_bound", bounds) if isinstance(f, relax.Function) else f
            for gv, f in module.functions.items()
        }
        return IRModule(functions, attrs=module.attrs)

    return apply


def graph_phases(bounds: dict[str, int], schedule: bool) -> list[Phase]:
    """Relax → kernel calls over planned storage. `schedule` fuses and schedules TE operators."""
    t = relax.transform
    phases: list[Phase] = []
    if schedule:
        rules = dlight.gpu
        phases += [
            ("legalize", [t.LegalizeOps()]),
            ("fuse", [t.AnnotateTIROpPattern(), t.FoldConstant(), t.FuseOps(), t.FuseTIR()]),
            (
                "schedule",
                [
                    dlight.ApplyDefaultSchedule(
                        rules.Reduction(), rules.GeneralReduction(), rules.Fallback()
                    )
                ],
            ),
        ]
    return [
        *phases,
        ("bound", [t.DeadCodeElimination(), bound_symbols(bounds)]),
        ("calls", [t.ToNonDataflow(), t.RemovePurityChecking(), t.CallTIRRewrite()]),
        ("storage", [t.StaticPlanBlockMemory()]),
    ]


def kernel_phases() -> list[Phase]:
    """TIR with blocks → flat loops over one-dimensional buffers, for every target."""
    s, t = s_tir.transform, tirx.transform
    return [
        (
            "blocks",
            [
                s.CanonicalizeLoop(),
                s.LowerCrossThreadReduction(),
                s.LowerInitBlock(),
                s.PlanAndUpdateBufferAllocationLocation(),
                s.ConvertBlocksToOpaque(),
                s.LiftThreadBinding(),
                s.CompactBufferAllocation(),
                s.UnifyThreadBinding(),
                s.LowerMatchBuffer(),
                s.StmtSimplify(),
                s.LowerOpaqueBlock(),
            ],
        ),
        ("flatten", [t.FlattenBuffer(), t.ForceNarrowIndexToInt32(), s.LoopPartition()]),
        ("loops", [t.VectorizeLoop(True), t.StorageRewrite(), t.UnrollLoop()]),
        (
            "simplify",
            [s.RenormalizeSplitPattern(), t.StmtSimplify(), t.RemoveNoOp(), t.CommonSubexprElim()],
        ),
    ]


def webgpu_phases() -> list[Phase]:
    """Barriers in place, and each kernel split from the host code that launches it."""
    s, t = s_tir.transform, tirx.transform
    return [
        ("verify", [t.VerifyMemory(), t.AnnotateEntryFunc()]),
        ("barriers", [s.ThreadSync("shared"), s.ThreadSync("warp"), s.LowerThreadAllreduce()]),
        ("split", [s.MergeSharedMemoryAllocations(), t.SplitHostDevice()]),
    ]


def finish_phases() -> list[Phase]:
    """The last step before code generation of a device function."""
    t = tirx.transform
    return [("intrinsics", [t.LowerWarpMemory(), t.StmtSimplify(), t.LowerIntrin()])]


def plain_entry_points() -> Phase:
    """Kernels as plain C functions: pointers, scalars, thread id, thread count, all 32 bits."""

    @tvm.transform.module_pass(opt_level=0, name="PlainEntryPoints")
    def apply(module: IRModule, _context: tvm.transform.PassContext) -> IRModule:
        return IRModule({gv: plain_entry_point(f) for gv, f in module.functions.items()})

    return "entry points", [apply]


def scalar_parameters(function: tirx.PrimFunc) -> list[tirx.Var]:
    """The scalars a WebAssembly kernel takes after its pointers: its own, then used shape sizes."""
    own = [p for p in function.params if not isinstance(p.ty, tirx.buffer.BufferType)]
    free = list(tirx.analysis.undefined_vars(function.body, list(function.params)))
    shape = [v for v in free if not any(v.same_as(p) for p in own)]
    return [*own, *shape]


def plain_entry_point(function: tirx.PrimFunc) -> tirx.PrimFunc:
    """One kernel with buffers replaced by pointers.

    The variables that the kernel binds to `thread_id()` and `thread_count()` become its last two
    parameters. TVM 0.27 has no pass of this kind: its own ABI passes packed DLTensors.
    """
    pointers: dict[str, tirx.Var] = {
        p.name: tirx.Var(p.name, tvm.ir.PointerType(p.ty.dtype))
        for p in function.params
        if isinstance(p.ty, tirx.buffer.BufferType)
    }
    widen, scalars = [], []
    for v in scalar_parameters(function):
        if str(v.ty.dtype) == "int32":
            scalars.append(v)
            continue
        narrow = tirx.Var(v.name + "_i32", "int32")
        scalars.append(narrow)
        widen.append(tirx.Bind(v, tirx.Cast("int64", narrow)))
    threads: dict[str, tirx.Var] = {}
    body = []
    for statement in function.body.seq if hasattr(function.body, "seq") else [function.body]:
        kind = type(statement).__name__
        if kind == "Bind" and getattr(statement.value, "op", None) is not None:
            call = statement.value
            if getattr(call.op, "name", "") == "tirx.call_extern":
                threads[call.args[0].value] = statement.var
                continue
        if kind == "DeclBuffer" and getattr(statement.data, "op", None) is not None:
            parameter = statement.data.args[0]
            statement = tirx.DeclBuffer(statement.buffer, data=pointers[parameter.name])
        body.append(statement)
    order = [threads["thread_id"], threads["thread_count"]]
    return tirx.PrimFunc(
        [*pointers.values(), *scalars, *order],
        tirx.SeqStmt([*widen, *body]),
        function.ret_type,
        function.attrs,
    )


def run_phases(module: IRModule, phases: Sequence[Phase], dump: Callable | None) -> IRModule:
    """Run the phases in order; `dump(name, module)` is called after each."""
    for name, passes in phases:
        module = tvm.ir.transform.Sequential(list(passes))(module)
        if dump is not None:
            dump(name, module)
    return module


def dump_into(folder: Path | None, prefix: str) -> Callable | None:
    """A `dump` for `run_phases` that writes each module's script into a folder."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    count = iter(range(100))

    def dump(name: str, module: IRModule) -> None:
        file = folder / f"{prefix}.{next(count):02d}.{name.replace(' ', '-')}.py"
        file.write_text(module.script(show_meta=False))

    return dump


def lower_graph(
    module: IRModule,
    bounds: dict[str, int],
    target: tvm.target.Target,
    schedule: bool,
    dump: Path | None = None,
) -> IRModule:
    """Relax functions that call kernels over planned storage, and the kernels they call."""
    with target:
        return run_phases(module, graph_phases(bounds, schedule), dump_into(dump, "graph"))


def kernels_of(module: IRModule, target: tvm.target.Target) -> IRModule:
    """The module's TIR functions alone, named and bound to a target."""
    kernels = {
        gv: f.with_attr("global_symbol", gv.name_hint)
        for gv, f in module.functions.items()
        if isinstance(f, tirx.PrimFunc)
    }
    return tirx.transform.BindTarget(target)(IRModule(kernels))
