"""Both WebGPU plans beside the reference on a Vulkan device that has shader-f16.

No browser's software adapter offers shader-f16, but Mesa's llvmpipe does, through wgpu.
"""

from typing import Any

import pytest

from model_build.presets import PRESETS
from tests.reference.cases import GPU_LIMITS, prompts
from tests.reference.compare import compare
from tests.reference.llama import references
from tests.support.build import built_model
from tests.support.wgpu_plan import WgpuPlan

MODEL = "tiny"
STEPS = 8


@pytest.fixture(scope="module")
def adapter() -> Any:
    wgpu = pytest.importorskip("wgpu", reason="the package wgpu is not installed")
    found = [
        a
        for a in wgpu.gpu.enumerate_adapters_sync()
        if a.info["backend_type"] == "Vulkan" and "shader-f16" in a.features
    ]
    if not found:
        pytest.skip(
            "no Vulkan device with shader-f16 (Debian: apt-get install mesa-vulkan-drivers)"
        )
    return found[0]


@pytest.mark.parametrize("plan_name", ["plan.webgpu.json", "plan.webgpu-f16.json"])
def test_logits(plan_name: str, adapter: Any, report: list[str]):
    """Prefill in chunks, then decoding steps fed with the reference's tokens."""
    reference = references(built_model(MODEL), PRESETS[MODEL], prompts(MODEL))[0]
    plan = WgpuPlan(built_model(MODEL), plan_name, adapter)
    vocabulary, chunk = PRESETS[MODEL].vocab, plan.plan["limits"]["chunk"]
    length = len(reference.ids)
    for pos in range(0, length, chunk):
        part = reference.ids[pos : pos + chunk]
        plan.write("tokens", part)
        plan.call("prefill", n=len(part), pos=pos)
    plan.call("head", row=(length - 1) % chunk)
    rows = [plan.read("logits", vocabulary)]
    start = -(-length // 8) * 8
    for step, token in enumerate(reference.feed[:STEPS]):
        plan.write("tokens", [token])
        plan.write("positions", [length + step])
        plan.write("starts", [start])
        plan.write("kv_rows", [start + step])
        plan.call("decode", plen=length)
        rows.append(plan.read("logits", vocabulary))
        assert plan.read("choice", 1, "int32")[0] == rows[-1].argmax()
    expected = [reference.prefill[-1], *reference.decode[:STEPS]]
    limit = GPU_LIMITS[MODEL].relative_rms
    for ours, theirs in zip(rows, expected, strict=True):
        found = compare(ours[None], theirs[None], tie=2 * limit * float((theirs**2).mean() ** 0.5))
        assert found.relative_rms < limit and found.wrong_tokens == 0
    report.append(f"{MODEL} {plan_name} through wgpu on {adapter.info['device']}: {found.line()}")
