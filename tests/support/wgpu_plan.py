"""A WebGPU execution plan run from Python through wgpu, on whatever Vulkan device there is.

Slow and simple: it is for checking plans that no browser at hand can run, such as those with
shader-f16. The engine of the page is `webui/src/engine/gpu`.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from model_build.plan import evaluate
from model_build.unpack import read_records

SLOT = 256  # bytes between uniforms, WebGPU's alignment


def arranged(source: dict[str, Any], records: dict[str, np.ndarray]) -> np.ndarray:
    """A stored tensor in the order that the plan's `layout` names."""
    stored = records[f"{source['tensor']}.{source['part']}"]
    if source["layout"] == "raw":
        return stored.astype(np.float32)
    lo, hi = source.get("rows", (0, len(stored)))
    columns = stored[lo:hi].view(np.uint32) if source["layout"] == "q8.cols" else stored[lo:hi]
    return np.ascontiguousarray(columns.T)


class WgpuPlan:
    """One plan of a model folder, its weights loaded, ready to be called."""

    def __init__(self, folder: Path, plan_name: str, adapter: Any) -> None:
        import wgpu

        self.plan = json.loads((folder / plan_name).read_text())
        features = self.plan["features"]
        self.device = adapter.request_device_sync(required_features=features)
        usage = wgpu.BufferUsage
        self.usage = usage.STORAGE | usage.COPY_DST | usage.COPY_SRC
        self.uniform = usage.UNIFORM | usage.COPY_DST
        self.pipelines = [self._pipeline(k) for k in self.plan["kernels"]]
        records = read_records(folder)
        self.buffers = [self._buffer(b, records) for b in self.plan["buffers"]]
        self.index = {b["name"]: i for i, b in enumerate(self.plan["buffers"])}

    def _pipeline(self, kernel: dict[str, str]) -> Any:
        module = self.device.create_shader_module(code=kernel["wgsl"])
        return self.device.create_compute_pipeline(
            layout="auto", compute={"module": module, "entry_point": kernel["name"]}
        )

    def _buffer(self, buffer: dict[str, Any], records: dict[str, np.ndarray]) -> Any:
        if buffer["kind"] == "weight":
            data = arranged(buffer["source"], records)
        elif buffer["kind"] == "constant":
            constant = buffer["constant"]
            wave = {"cos": np.cos, "sin": np.sin}[constant["part"]]
            positions = np.arange(constant["length"], dtype=np.float64)
            data = wave(np.outer(positions, constant["frequencies"])).astype(np.float32)
        else:
            return self.device.create_buffer(size=max(4, buffer["bytes"]), usage=self.usage)
        assert data.nbytes == buffer["bytes"], buffer["name"]
        return self.device.create_buffer_with_data(data=data, usage=self.usage)

    def write(self, name: str, values: list[int]) -> None:
        """Fill the beginning of an input buffer."""
        data = np.asarray(values, np.int32)
        self.device.queue.write_buffer(self.buffers[self.index[name]], 0, data)

    def read(self, name: str, count: int, dtype: str = "float32") -> np.ndarray:
        """The first `count` elements of a buffer."""
        size = count * np.dtype(dtype).itemsize
        data = self.device.queue.read_buffer(self.buffers[self.index[name]], 0, size)
        return np.frombuffer(data, dtype).copy()

    def call(self, name: str, **symbols: int) -> None:
        """Run a function's steps in one submission."""
        steps = self.plan["functions"][name]["steps"]
        uniforms = np.zeros((len(steps), SLOT // 4), np.int32)
        for row, (_, _, scalars, grid) in zip(uniforms, steps, strict=True):
            values = [evaluate(s, symbols) for s in [*scalars, grid[0]]]
            row[: len(values)] = values
        uniform = self.device.create_buffer_with_data(data=uniforms, usage=self.uniform)
        encoder = self.device.create_command_encoder()
        work = encoder.begin_compute_pass()
        for i, (kernel, buffers, scalars, grid) in enumerate(steps):
            entries = [
                {"binding": b, "resource": {"buffer": self.buffers[at], "offset": 0}}
                for b, at in enumerate(buffers)
            ]
            size = 4 * (len(scalars) + 1)
            resource = {"buffer": uniform, "offset": i * SLOT, "size": size}
            entries.append({"binding": len(buffers), "resource": resource})
            pipeline = self.pipelines[kernel]
            group = self.device.create_bind_group(
                layout=pipeline.get_bind_group_layout(0), entries=entries
            )
            work.set_pipeline(pipeline)
            work.set_bind_group(0, group)
            work.dispatch_workgroups(*(evaluate(g, symbols) for g in grid))
        work.end()
        self.device.queue.submit([encoder.finish()])
