"""Execution plans: expressions, the walk over lowered functions, and the shape of real plans."""

import itertools
import json
from pathlib import Path

import pytest
from tvm import tirx

from model_build.checkpoint import CheckpointError
from model_build.codegen_webgpu import mend_shader
from model_build.compile import compile_wasm_model, compile_webgpu_model, require_compilable
from model_build.kernels import Limits
from model_build.kernels.webgpu.linear import column_tile
from model_build.kernels.webgpu.ops import BINDING_LIMIT, WebGpuOps
from model_build.plan import evaluate, expression_of
from model_build.presets import PRESETS, LlamaConfig
from model_build.quantize import QUANTIZATIONS

SMALL = LlamaConfig("small", "Small", 2, 64, 4, 2, 32, 128, 192, 1e4, 1e-5)
LIMITS = Limits(chunk=8, prefix=24, rows=48, sequences=4, positions=64, threads=2)


def test_expressions_fold_and_evaluate() -> None:
    n = tirx.Var("n", "int64")
    e = expression_of(tirx.floordiv(n + 3, 4) * 2 + tirx.min(n, 7), {n: "n"})
    assert e == ["+", ["*", ["//", ["+", "n", 3], 4], 2], ["min", "n", 7]]
    for value in (1, 6, 40):
        assert evaluate(e, {"n": value}) == (value + 3) // 4 * 2 + min(value, 7)
    assert expression_of(tirx.floordiv(n + 3, 4), {n: 9}) == 3
    with pytest.raises(KeyError):
        expression_of(n, {})
    with pytest.raises(NotImplementedError, match="no expression for"):
        expression_of(tirx.sqrt(tirx.const(2.0, "float32")), {})


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder: Path = tmp_path_factory.mktemp("plans")
    form = QUANTIZATIONS["q4a16"]
    compile_wasm_model(SMALL, form, LIMITS, folder)
    compile_webgpu_model(SMALL, form, LIMITS, folder)
    compile_webgpu_model(SMALL, form, LIMITS, folder, shader_f16=True)
    return {p.name: json.loads(p.read_text()) for p in folder.glob("plan.*.json")}


def test_plans_are_self_consistent(plans: dict[str, dict]) -> None:
    assert set(plans) == {"plan.wasm.json", "plan.webgpu.json", "plan.webgpu-f16.json"}
    for plan in plans.values():
        assert plan["format"] == 1
        assert set(plan["functions"]) == {"prefill", "head", "decode", "batch"}
        used = set()
        for function in plan["functions"].values():
            for kernel, buffers, scalars, *grid in function["steps"]:
                used.add(kernel)
                assert all(0 <= b < len(plan["buffers"]) for b in buffers)
                symbols = dict.fromkeys(function["symbols"], 4)
                assert all(evaluate(s, symbols) >= 0 for s in scalars)
                assert len(grid) == (plan["target"] == "webgpu")
        assert used == set(range(len(plan["kernels"])))


def test_wasm_buffers_do_not_overlap(plans: dict[str, dict]) -> None:
    plan = plans["plan.wasm.json"]
    spans = sorted((b["offset"], b["offset"] + b["bytes"]) for b in plan["buffers"])
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    assert plan["stack"]["base"] + plan["stack"]["bytes"] * 17 <= plan["control"] < spans[0][0]
    assert spans[-1][1] <= plan["memory"]


def test_webgpu_kernels_fit_the_default_limits(plans: dict[str, dict]) -> None:
    for name in ("plan.webgpu.json", "plan.webgpu-f16.json"):
        for kernel in plans[name]["kernels"]:
            assert kernel["wgsl"].count("var<storage") <= 8
            assert ("enable f16;" in kernel["wgsl"]) <= name.endswith("-f16.json")
        assert all(b["bytes"] <= BINDING_LIMIT for b in plans[name]["buffers"])


def test_decoding_takes_few_dispatches(plans: dict[str, dict]) -> None:
    for name in ("plan.webgpu.json", "plan.webgpu-f16.json"):
        assert len(plans[name]["functions"]["batch"]["steps"]) == 9 * SMALL.layers + 4


def test_shaders_are_mended() -> None:
    source = (
        "// Function: k\n"
        "fn k() {\n"
        "  if (blockIdx.z * gridDim.x + blockIdx.x > podArgs.packGridDimX) { return; }\n"
        "  var a : array<f32, 2>;\n  var b : array<f32, 2>;\n"
        "  a[0i] = a[1i];\n  b[i] = 1f;\n}"
    )
    mended = mend_shader(source)
    assert "blockIdx.x >= podArgs.packGridDimX" in mended
    assert "var a_0 : f32;" in mended and "a_0 = a_1;" in mended
    assert "var b : array<f32, 2>;" in mended  # indexed by a variable: stays an array
    assert "Function" not in mended


def test_big_tables_are_cut_into_bindings() -> None:
    config = PRESETS["llama-3.2-1b"]
    ops = WebGpuOps(config, QUANTIZATIONS["q4a16"], Limits())
    blocks = ops.row_blocks(config.vocab, config.hidden)
    assert blocks[0][0] == 0 and blocks[-1][1] == config.vocab and len(blocks) == 2
    assert all(a[1] == b[0] for a, b in itertools.pairwise(blocks))
    for lo, hi in blocks:
        assert (hi - lo) * config.hidden <= BINDING_LIMIT and (hi - lo) % 64 == 0


def test_sizes_that_the_kernels_cannot_take_are_refused() -> None:
    from dataclasses import replace

    require_compilable(PRESETS["smollm2-135m"])
    with pytest.raises(CheckpointError, match="vocabulary of 32003"):
        require_compilable(replace(SMALL, vocab=32003))
    with pytest.raises(CheckpointError, match="heads of 20 channels"):
        require_compilable(replace(SMALL, head_dim=20, heads=16, kv_heads=8))
    with pytest.raises(ValueError, match="multiple of 64"):
        column_tile(100)
