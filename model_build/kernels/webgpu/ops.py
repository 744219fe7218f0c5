"""The model's vocabulary on WebGPU: float32 activations, transposed weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tvm import te, tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op

from ...presets import LlamaConfig
from ...quantize import Quantization
from .. import Limits, PrefixRows, Role, Rows, Size, parameter
from . import attention, choice, linear
from . import rows as row_kernels
from .unpack import half, nibble, signed_byte

BINDING_LIMIT = 128 * 2**20  # bytes; the storage binding that every WebGPU device has
PREFILL_ROWS = 4  # query rows of one workgroup, in prefill attention and in linear layers


def _like(shape: list[Size], dtype: str = "float32") -> Tensor:
    return Tensor.placeholder(shape, dtype, "out")


class WebGpuOps:
    """`kernels.Ops` for WebGPU, with float16 scales where `shader_f16` says the device has them."""

    def __init__(
        self,
        config: LlamaConfig,
        quantization: Quantization,
        limits: Limits,
        shader_f16: bool = False,
    ) -> None:
        self.config, self.quantization, self.limits = config, quantization, limits
        self.shape = attention.AttentionShape(
            config.heads, config.kv_heads, config.head_dim, limits.rows + limits.spare
        )
        if quantization.scale_dtype == "float32":
            self.scale = "float32"
        else:
            self.scale = "float16" if shader_f16 else "packed"
        self._kernels: dict[tuple, tirx.PrimFunc] = {}

    # -- parameters ---------------------------------------------------------------------------

    def _scale(self, outputs: int, inputs: int, part: str, rows: Any = None) -> nn.Parameter:
        packed = self.scale == "packed"
        shape = (inputs // 32, outputs // 2 if packed else outputs)
        layout = "f32.cols" if self.scale == "float32" else "f16.cols"
        return parameter(
            shape, "uint32" if packed else self.scale, Role("weight", part, layout, rows)
        )

    def _words(self, outputs: int, inputs: int, bits: int, rows: Any = None) -> nn.Parameter:
        role = Role("weight", "q_weight", f"q{bits}.cols", rows)
        return parameter((inputs * bits // 32, outputs), "uint32", role)

    def linear_weights(self, outputs: int, inputs: int) -> dict[str, nn.Parameter]:
        parts = {
            "q_weight": self._words(outputs, inputs, 4),
            "q_scale": self._scale(outputs, inputs, "q_scale"),
        }
        if self.quantization.affine:
            parts["q_min"] = self._scale(outputs, inputs, "q_min")
        return parts

    def row_blocks(self, vocabulary: int, width: int) -> list[tuple[int, int]]:
        """Ranges of a table's rows, each within a storage binding and a multiple of 64."""
        row_bytes = width * self.quantization.table_bits // 8
        count = -(-vocabulary * row_bytes // BINDING_LIMIT)
        step = -(-vocabulary // count // 64) * 64
        return [(lo, min(lo + step, vocabulary)) for lo in range(0, vocabulary, step)]

    def table_weights(self, vocabulary: int, width: int) -> dict[str, nn.Parameter]:
        bits, parts = self.quantization.table_bits, {}
        for i, (lo, hi) in enumerate(self.row_blocks(vocabulary, width)):
            parts[f"q_weight_{i}"] = self._words(hi - lo, width, bits, (lo, hi))
            parts[f"q_scale_{i}"] = self._scale(hi - lo, width, "q_scale", (lo, hi))
        return parts

    def _blocks(self, table: nn.Module) -> list[tuple[int, int, Tensor, Tensor]]:
        ranges = self.row_blocks(table.vocabulary, table.width)
        return [
            (lo, hi, getattr(table, f"q_weight_{i}"), getattr(table, f"q_scale_{i}"))
            for i, (lo, hi) in enumerate(ranges)
        ]

    def norm_weights(self, width: int) -> nn.Parameter:
        return parameter((width,), "float32", Role("weight", "weight", "raw"))

    def cache(self) -> dict[str, nn.Parameter]:
        s = self.shape
        channels = s.kv_heads * s.head_dim
        return {
            "k": parameter((channels, s.rows), "float32", Role("state")),
            "v": parameter((s.rows, channels), "float32", Role("state")),
        }

    def choice_state(self) -> dict[str, nn.Parameter]:
        shape = (self.limits.sequences,)
        return {
            "choice": parameter(shape, "int32", Role("state")),
            "logprob": parameter(shape, "float32", Role("state")),
        }

    # -- steps --------------------------------------------------------------------------------

    def _kernel(self, make: Callable[..., tirx.PrimFunc], *args: Any) -> tirx.PrimFunc:
        key = (make.__name__, *args)
        if key not in self._kernels:
            self._kernels[key] = make(*args)
        return self._kernels[key]

    def fill_positions(
        self, positions: Tensor, kv_rows: Tensor, n: Size, pos: Size
    ) -> tuple[Tensor, Tensor]:
        return op.tensor_ir_inplace_op(
            self._kernel(row_kernels.fill_positions), "fill_positions",
            [positions, kv_rows, n, pos], [0, 1],
            [_like(positions.shape, "int32"), _like(kv_rows.shape, "int32")],
        )  # fmt: skip

    def _scale_at(self, scales: Any, group: Any, column: Any) -> Any:
        if self.scale == "packed":
            return half(scales[group, column // 2], column % 2)
        return scales[group, column].astype("float32")

    def _embed_block(self, tokens: Any, q: Any, s: Any, n: Size, lo: int, hi: int) -> Any:
        """TE: the token's row where the block holds it, else zero."""
        per_word = 32 // self.quantization.table_bits

        def value(i: Any, k: Any) -> Any:
            column = te.max(te.min(tokens[i] - lo, hi - lo - 1), 0)
            word = q[k // per_word, column]
            number = nibble(word, k % 8) - 7.0 if per_word == 8 else signed_byte(word, k % 4)
            inside = tirx.all(tokens[i] >= lo, tokens[i] < hi)
            scaled = number * self._scale_at(s, k // 32, column)
            return tirx.Select(inside, scaled, tirx.const(0.0, "float32"))

        return te.compute((n, self.config.hidden), value, name="embed")

    def embed(self, tokens: Tensor, table: nn.Module, n: Size) -> Tensor:
        x = None
        for lo, hi, q, s in self._blocks(table):

            def rows(t: Any, q: Any, s: Any, lo: int = lo, hi: int = hi) -> Any:
                return self._embed_block(t, q, s, n, lo, hi)

            part = op.tensor_expr_op(rows, "embed", [tokens, q, s])
            x = part if x is None else op.add(x, part)
        return x

    def norm(self, x: Tensor, weight: nn.Parameter, head: bool = False) -> Tensor:
        return op.rms_norm(x, weight, axes=-1, epsilon=self.config.rms_eps)

    def plain(self, x: Tensor) -> Tensor:
        return x

    def swiglu(self, gate_up: Tensor) -> Tensor:
        def compute(x: Any) -> Any:
            width = x.shape[1] // 2
            return te.compute(
                (x.shape[0], width),
                lambda i, j: x[i, j] * tirx.sigmoid(x[i, j]) * x[i, j + width],
                name="swiglu",
            )

        return op.tensor_expr_op(compute, "swiglu", [gate_up])

    def _matmul(
        self, a: Tensor, q: Tensor, s: Tensor, m: Tensor, into: Tensor | None, **shape: Any
    ) -> Tensor:
        n = a.shape[0]
        tile = 1 if isinstance(n, int) and n == 1 else PREFILL_ROWS
        kernel = self._kernel(
            linear.linear, shape["outputs"], shape["inputs"], tile, shape["bits"], self.scale,
            shape["affine"], shape["accumulate"], shape.get("width"), shape.get("offset", 0),
        )  # fmt: skip
        name = f"{shape['name']}_{shape['outputs']}_{shape['inputs']}_r{tile}"
        if into is None:
            return op.tensor_ir_op(kernel, name, [a, q, s, m], _like([n, shape["outputs"]]))
        return op.tensor_ir_inplace_op(kernel, name, [a, q, s, m, into], 4, _like(into.shape))

    def linear(self, a: Tensor, weights: nn.Module, into: Tensor | None = None) -> Tensor:
        minimum = weights.q_min if self.quantization.affine else weights.q_scale
        return self._matmul(
            a, weights.q_weight, weights.q_scale, minimum, into,
            name="linear" if into is None else "linear_add",
            outputs=weights.outputs, inputs=weights.inputs, bits=4,
            affine=self.quantization.affine, accumulate=into is not None,
        )  # fmt: skip

    def rope_append(
        self, qkv: Tensor, cos: Tensor, sin: Tensor, cache: nn.Module, rows: Rows
    ) -> tuple[Tensor, Tensor, Tensor]:
        keys, values, q = op.tensor_ir_inplace_op(
            self._kernel(attention.rope_append, self.shape, self.limits.positions), "rope_append",
            [qkv, cos, sin, rows.positions, rows.kv_rows, cache.k, cache.v], [5, 6, -1],
            [
                _like(cache.k.shape),
                _like(cache.v.shape),
                _like([qkv.shape[0], self.config.heads * self.config.head_dim]),
            ],
        )  # fmt: skip
        return q, keys, values

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, rows: Rows) -> Tensor:
        if isinstance(rows, PrefixRows):
            kernel = self._kernel(attention.attend_prefix, self.shape, PREFILL_ROWS)
            name, args = "attend_prefix", [q, keys, values, rows.pos]
        else:
            kernel = self._kernel(attention.attend_sequences, self.shape)
            name, args = "attend_sequences", [q, keys, values, rows.starts, rows.kv_rows, rows.plen]
        return op.tensor_ir_op(kernel, name, args, _like(q.shape))

    def keep(self, x: Tensor, hidden: Tensor) -> Tensor:
        return op.tensor_ir_inplace_op(
            self._kernel(row_kernels.copy_rows, x.shape[1]), "keep", [x, hidden], 1,
            _like(hidden.shape),
        )  # fmt: skip

    def take_row(self, hidden: Tensor, row: Size) -> Tensor:
        width = hidden.shape[1]
        return op.tensor_ir_op(
            self._kernel(row_kernels.take_row, width), "take_row", [hidden, row], _like([1, width])
        )

    def logits(self, a: Tensor, table: nn.Module, logits: Tensor) -> Tensor:
        for lo, hi, q, s in self._blocks(table):
            logits = self._matmul(
                a, q, s, s, logits, name=f"head_{lo}", outputs=hi - lo, inputs=table.width,
                bits=self.quantization.table_bits, affine=False, accumulate=False,
                width=table.vocabulary, offset=lo,
            )  # fmt: skip
        return logits

    def choose(self, x: Tensor, logits: Tensor, state: nn.Module) -> tuple[Tensor, ...]:
        buffers = [state.choice, state.logprob]
        return op.tensor_ir_inplace_op(
            self._kernel(choice.choose, self.config.vocab), "choose",
            [x, logits, *buffers], [2, 3], [_like(b.shape, b.dtype) for b in buffers],
        )  # fmt: skip
