"""One TIR kernel, compiled to WebAssembly and run in Node on NumPy arrays."""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from tvm import tirx
from tvm.ir import IRModule

from model_build.codegen_wasm import ARENA, compile_wasm
from model_build.node import find_node

_RUNNER = Path(__file__).with_name("wasm_kernel.mjs")


class WasmKernel:
    """A compiled kernel; calling it runs every thread's share in turn, on copies of the arrays."""

    def __init__(self, function: tirx.PrimFunc, relaxed_simd: bool = False) -> None:
        self.module = compile_wasm(IRModule({"kernel": function}), relaxed_simd)
        self.symbols = [v.name for v in self.module.scalars["kernel"]]

    def __call__(self, *arrays: np.ndarray, threads: int = 1, **scalars: int) -> list[np.ndarray]:
        """All arrays as the kernel leaves them. Scalars go by the names they have in the kernel."""
        addresses, end = [], ARENA
        for array in arrays:
            addresses.append(end)
            end += -(-array.nbytes // 64) * 64
        blob = bytearray(end - ARENA)
        for address, array in zip(addresses, arrays, strict=True):
            at = address - ARENA
            blob[at : at + array.nbytes] = np.ascontiguousarray(array).tobytes()
        spec = {
            "kernel": "kernel", "addresses": addresses, "threads": threads,
            "scalars": [scalars[name] for name in self.symbols], "start": ARENA, "end": end,
        }  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            wasm, spec_file, data = (Path(folder) / n for n in ("k.wasm", "k.json", "k.bin"))
            wasm.write_bytes(self.module.single)
            spec_file.write_text(json.dumps(spec))
            data.write_bytes(bytes(blob))
            subprocess.run([find_node(), _RUNNER, wasm, spec_file, data], check=True)
            out = data.read_bytes()
        return [
            np.frombuffer(out, a.dtype, a.size, address - ARENA).reshape(a.shape).copy()
            for address, a in zip(addresses, arrays, strict=True)
        ]
