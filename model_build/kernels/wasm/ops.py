"""The model's vocabulary on WebAssembly: integer activations, tiled weights, explicit threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tvm import tirx
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor, op

from ...presets import LlamaConfig
from ...quantize import Quantization
from .. import Limits, PrefixRows, Role, Rows, Size, parameter
from . import activation, attention, choice, embedding, linear
from . import rows as row_kernels
from .simd import ACTIVATION_GAIN

IntegerActivation = tuple[Tensor, Tensor, Tensor]  # words [n, K·bits/32], scale, sum [n, K/32]


def _like(shape: list[Size], dtype: str = "float32") -> Tensor:
    return Tensor.placeholder(shape, dtype, "out")


class WasmOps:
    """`kernels.Ops` for WebAssembly; `bits` is the width of the activations (16 or 8)."""

    def __init__(
        self, config: LlamaConfig, quantization: Quantization, limits: Limits, bits: int = 16
    ) -> None:
        self.config, self.quantization, self.limits, self.bits = config, quantization, limits, bits
        self.shape = attention.AttentionShape(
            config.heads,
            config.kv_heads,
            config.head_dim,
            limits.rows + limits.spare,
            limits.threads,
        )
        self.half = quantization.scale_dtype == "float16"
        self.gain = ACTIVATION_GAIN if self.half else 1.0
        self._kernels: dict[tuple, tirx.PrimFunc] = {}

    # -- parameters ---------------------------------------------------------------------------

    def _scale(self, outputs: int, groups: int, part: str) -> nn.Parameter:
        dtype, layout = ("int16", "f16.tile8") if self.half else ("float32", "f32.tile8")
        shape = (outputs // linear.TILE, groups, linear.TILE)
        return parameter(shape, dtype, Role("weight", part, layout))

    def _words(self, outputs: int, inputs: int, bits: int) -> nn.Parameter:
        shape = (outputs // linear.TILE, inputs // 32, bits * linear.TILE)
        return parameter(shape, "int32", Role("weight", "q_weight", f"q{bits}.tile8"))

    def linear_weights(self, outputs: int, inputs: int) -> dict[str, nn.Parameter]:
        parts = {
            "q_weight": self._words(outputs, inputs, 4),
            "q_scale": self._scale(outputs, inputs // 32, "q_scale"),
        }
        if self.quantization.affine:
            parts["q_min"] = self._scale(outputs, inputs // 32, "q_min")
        return parts

    def table_weights(self, vocabulary: int, width: int) -> dict[str, nn.Parameter]:
        return {
            "q_weight": self._words(vocabulary, width, self.quantization.table_bits),
            "q_scale": self._scale(vocabulary, width // 32, "q_scale"),
        }

    def norm_weights(self, width: int) -> nn.Parameter:
        return parameter((1, width), "float32", Role("weight", "weight", "raw"))

    def cache(self) -> dict[str, nn.Parameter]:
        s = self.shape
        return {
            "k": parameter((s.kv_heads, s.rows // 8, s.head_dim * 8), "float32", Role("state")),
            "v": parameter((s.kv_heads, s.head_dim // 8, s.rows * 8), "float32", Role("state")),
        }

    def choice_state(self) -> dict[str, nn.Parameter]:
        shape = (self.limits.sequences, choice.SLICES)
        return {
            "best_value": parameter(shape, "float32", Role("state")),
            "best_index": parameter(shape, "int32", Role("state")),
            "exp_sum": parameter(shape, "float32", Role("state")),
        }

    # -- steps --------------------------------------------------------------------------------

    def _kernel(self, make: Callable[..., tirx.PrimFunc], *args: Any) -> tirx.PrimFunc:
        key = (make.__name__, *args)
        if key not in self._kernels:
            self._kernels[key] = make(*args)
        return self._kernels[key]

    def _row_tile(self, n: Size) -> int:
        """Rows of a register tile: one where a single sequence decodes, else four."""
        return 1 if isinstance(n, int) and n == 1 else 4

    def fill_positions(
        self, positions: Tensor, kv_rows: Tensor, n: Size, pos: Size
    ) -> tuple[Tensor, Tensor]:
        return op.tensor_ir_inplace_op(
            self._kernel(row_kernels.fill_positions),
            "fill_positions",
            [positions, kv_rows, n, pos],
            [0, 1],
            [_like(positions.shape, "int32"), _like(kv_rows.shape, "int32")],
        )

    def embed(self, tokens: Tensor, table: nn.Module, n: Size) -> Tensor:
        V, K = table.vocabulary, table.width
        if self.quantization.table_bits == 8:
            kernel = self._kernel(embedding.embed_q8, V, K)
        else:
            kernel = self._kernel(embedding.embed_q4, V, K, self.quantization)
        return op.tensor_ir_op(
            kernel, "embed", [tokens, table.q_weight, table.q_scale], _like([n, K])
        )

    def _quantize(
        self, x: Tensor, weight: Tensor, width: int, source: str, bits: int | None = None
    ) -> IntegerActivation:
        n, groups, bits = x.shape[0], width // 32, bits or self.bits
        kernel = self._kernel(
            activation.quantize_activation, width, source, bits, self.gain, self.config.rms_eps
        )
        return op.tensor_ir_op(
            kernel,
            f"{source}_i{bits}_{width}",
            [x, weight],
            [
                _like([n, width * bits // 32], "int32"),
                _like([n, groups]),
                _like([n, groups]),
            ],
        )

    def norm(self, x: Tensor, weight: nn.Parameter, head: bool = False) -> IntegerActivation:
        return self._quantize(x, weight, x.shape[1], "norm", 16 if head else self.bits)

    def plain(self, x: Tensor) -> IntegerActivation:
        return self._quantize(x, x, x.shape[1], "plain")

    def swiglu(self, gate_up: Tensor) -> IntegerActivation:
        return self._quantize(gate_up, gate_up, gate_up.shape[1] // 2, "swiglu")

    def linear(
        self, a: IntegerActivation, weights: nn.Module, into: Tensor | None = None
    ) -> Tensor:
        N, K, n = weights.outputs, weights.inputs, a[0].shape[0]
        R = self._row_tile(n)
        kernel = self._kernel(
            linear.linear_q4, N, K, R, self.quantization, self.bits, into is not None
        )
        minimum = weights.q_min if self.quantization.affine else weights.q_scale
        args = [*a, weights.q_weight, weights.q_scale, minimum]
        name = f"linear_{N}_{K}_r{R}"
        if into is None:
            return op.tensor_ir_op(kernel, name, args, _like([n, N]))
        return op.tensor_ir_inplace_op(
            kernel, name + "_add", [*args, into], len(args), _like([n, N])
        )

    def rope_append(
        self, qkv: Tensor, cos: Tensor, sin: Tensor, cache: nn.Module, rows: Rows
    ) -> tuple[Tensor, Tensor, Tensor]:
        kernel = self._kernel(attention.rope_append, self.shape, self.limits.positions)
        keys, values, q = op.tensor_ir_inplace_op(
            kernel,
            "rope_append",
            [qkv, cos, sin, rows.positions, rows.kv_rows, cache.k, cache.v],
            [5, 6, -1],
            [
                _like(cache.k.shape),
                _like(cache.v.shape),
                _like([qkv.shape[0], self.config.heads * self.config.head_dim]),
            ],
        )
        return q, keys, values

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, rows: Rows) -> Tensor:
        shape, n = self.shape, q.shape[0]
        if isinstance(rows, PrefixRows):
            longest = self.limits.prefix + 8
            out, _scratch = op.tensor_ir_op(
                self._kernel(attention.attend_prefix, shape, longest),
                "attend_prefix",
                [q, keys, values, rows.pos],
                [_like(q.shape), _like([self.limits.threads * 4, longest])],
            )
            return out
        tile = shape.group_tile if self._row_tile(n) == 1 else 4
        seen = [rows.starts, rows.kv_rows, rows.plen]
        scores = op.tensor_ir_op(
            self._kernel(attention.sequence_scores, shape, tile),
            f"scores_r{tile}",
            [q, keys, *seen],
            _like([n, shape.heads * shape.scores]),
        )
        weights, norms = op.tensor_ir_inplace_op(
            self._kernel(attention.sequence_softmax, shape),
            "softmax",
            [scores, *seen],
            [0, -1],
            [_like([n, shape.heads * shape.scores]), _like([n, shape.heads])],
        )
        return op.tensor_ir_op(
            self._kernel(attention.sequence_values, shape, tile),
            f"values_r{tile}",
            [weights, norms, values, *seen],
            _like(q.shape),
        )

    def keep(self, x: Tensor, hidden: Tensor) -> Tensor:
        return op.tensor_ir_inplace_op(
            self._kernel(row_kernels.copy_rows, x.shape[1]),
            "keep",
            [x, hidden],
            1,
            _like(hidden.shape),
        )

    def take_row(self, hidden: Tensor, row: Size) -> Tensor:
        width = hidden.shape[1]
        return op.tensor_ir_op(
            self._kernel(row_kernels.take_row, width), "take_row", [hidden, row], _like([1, width])
        )

    def logits(self, a: IntegerActivation, table: nn.Module, logits: Tensor) -> Tensor:
        V, K, R = table.vocabulary, table.width, self._row_tile(a[0].shape[0])
        if self.quantization.table_bits == 8:
            kernel = self._kernel(linear.linear_q8, V, K, R)
            args = [*a[:2], table.q_weight, table.q_scale]
        else:
            kernel = self._kernel(linear.linear_q4, V, K, R, self.quantization, 16, False)
            args = [*a, table.q_weight, table.q_scale, table.q_scale]
        return op.tensor_ir_inplace_op(
            kernel, f"head_r{R}", [*args, logits], len(args), _like(logits.shape)
        )

    def choose(self, x: Tensor, logits: Tensor, state: nn.Module) -> tuple[Tensor, ...]:
        buffers = [state.best_value, state.best_index, state.exp_sum]
        return op.tensor_ir_inplace_op(
            self._kernel(choice.best_of_slices, self.config.vocab, self.config.vocab),
            "choose",
            [x, logits, *buffers],
            [2, 3, 4],
            [_like(b.shape, b.dtype) for b in buffers],
        )
