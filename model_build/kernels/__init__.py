"""Kernels per target, behind one vocabulary that the model definition speaks.

`Ops` is that vocabulary. `wasm.ops.WasmOps` and `webgpu.ops.WebGpuOps` implement it; the model in
`llama.py` is written once against it and knows neither layouts nor threads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor

Kind = Literal["weight", "constant", "state", "input"]
Size = Any  # an int or a symbolic TIR variable


@dataclass(frozen=True)
class Role:
    """What a parameter of the compiled functions is, for the execution plan.

    For weights `part` names the stored record (`q_weight`, `q_scale`, `q_min`, `weight`), `layout`
    the order in which the target wants it, and `rows` the range of output rows held, where a
    table is cut.
    """

    kind: Kind
    part: str = ""
    layout: str = ""
    rows: tuple[int, int] | None = None


def parameter(shape: tuple[int, ...], dtype: str, role: Role) -> nn.Parameter:
    """A parameter that remembers its role."""
    p = nn.Parameter(shape, dtype)
    p.role = role
    return p


@dataclass(frozen=True)
class Limits:
    """Sizes that the plan is built for; tokens, sequences, threads or KV rows.

    `rows` is the pool that the prefix and all sequences share; `spare` rows behind it take what
    padding rows write.
    """

    chunk: int = 128
    prefix: int = 4352
    rows: int = 7680
    sequences: int = 16
    positions: int = 8192
    threads: int = 16
    spare: int = 8


@dataclass(frozen=True)
class PrefixRows:
    """The rows of a prefill chunk: consecutive positions from `pos`, KV row = position."""

    positions: Tensor
    kv_rows: Tensor
    pos: Size


@dataclass(frozen=True)
class SequenceRows:
    """One new row for each of several sequences that share the first `plen` KV rows.

    Row r has RoPE position `positions[r]`, is stored in `kv_rows[r]`, and sees the prefix and the
    rows `starts[r]` … `kv_rows[r]`.
    """

    positions: Tensor
    kv_rows: Tensor
    starts: Tensor
    plen: Size


Rows = PrefixRows | SequenceRows
Activation = Any  # what a target's linear layers read


class Ops(Protocol):
    """The steps of a Llama, as one target computes them. x is the residual stream [n, hidden]."""

    def linear_weights(self, outputs: int, inputs: int) -> dict[str, nn.Parameter]:
        """Parameters of a 4-bit linear layer, by attribute name."""

    def table_weights(self, vocabulary: int, width: int) -> dict[str, nn.Parameter]:
        """Parameters of an embedding table or output head, by attribute name."""

    def norm_weights(self, width: int) -> nn.Parameter:
        """The weight of an RMSNorm."""

    def cache(self) -> dict[str, nn.Parameter]:
        """The key and value cache of one layer: `k`, `v`."""

    def choice_state(self) -> dict[str, nn.Parameter]:
        """Where the greedy choice of each row is left, by buffer name."""

    def fill_positions(
        self, positions: Tensor, kv_rows: Tensor, n: Size, pos: Size
    ) -> tuple[Tensor, Tensor]:
        """positions and kv_rows of a prefill chunk: pos, pos + 1, …"""

    def embed(self, tokens: Tensor, table: nn.Module, n: Size) -> Tensor:
        """Rows of the table for the first n tokens."""

    def norm(self, x: Tensor, weight: nn.Parameter, head: bool = False) -> Activation:
        """RMSNorm; `head` says that the output head reads it."""

    def plain(self, x: Tensor) -> Activation:
        """x as a linear layer's input."""

    def swiglu(self, gate_up: Tensor) -> Activation:
        """silu(gate) · up of [n, 2·ff]."""

    def linear(self, a: Activation, weights: nn.Module, into: Tensor | None = None) -> Tensor:
        """a · Wᵀ, added to `into` in place where given."""

    def rope_append(
        self, qkv: Tensor, cos: Tensor, sin: Tensor, cache: nn.Module, rows: Rows
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rotated, scaled queries, and the cache with the new keys and values in it."""

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, rows: Rows) -> Tensor:
        """Attention [n, heads·head_dim] of each row over what it may see."""

    def keep(self, x: Tensor, hidden: Tensor) -> Tensor:
        """hidden with its first n rows replaced by x."""

    def take_row(self, hidden: Tensor, row: Size) -> Tensor:
        """One row [1, hidden]."""

    def logits(self, a: Activation, table: nn.Module, logits: Tensor) -> Tensor:
        """The logits buffer with a row for each row of a."""

    def choose(self, x: Tensor, logits: Tensor, state: nn.Module) -> tuple[Tensor, ...]:
        """The choice buffers, filled for each row of x."""
