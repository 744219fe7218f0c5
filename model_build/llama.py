"""The Llama architecture, once for all targets.

Reads top-down: RMSNorm → attention with grouped queries and RoPE → SwiGLU, as in Hugging Face's
`LlamaForCausalLM`, with query/key/value and gate/up projections fused as MLC stores them. What a
step *is* on a target stands in `kernels/`; weights are loaded elsewhere, by the names that the
module tree gives.
"""

from __future__ import annotations

from typing import Any

from tvm import IRModule
from tvm.relax.frontend import nn
from tvm.relax.frontend.nn import Tensor

from .kernels import Limits, Ops, PrefixRows, Role, Rows, SequenceRows, Size, parameter
from .presets import LlamaConfig


def _adopt(module: nn.Module, parameters: dict[str, nn.Parameter]) -> None:
    for name, value in parameters.items():
        setattr(module, name, value)


class Linear(nn.Module):
    """A 4-bit linear layer without bias."""

    def __init__(self, ops: Ops, outputs: int, inputs: int) -> None:
        self.outputs, self.inputs = outputs, inputs
        _adopt(self, ops.linear_weights(outputs, inputs))


class Table(nn.Module):
    """The token embedding, and the output head."""

    def __init__(self, ops: Ops, vocabulary: int, width: int) -> None:
        self.vocabulary, self.width = vocabulary, width
        _adopt(self, ops.table_weights(vocabulary, width))


class RMSNorm(nn.Module):
    """x / sqrt(mean x² + eps) · weight."""

    def __init__(self, ops: Ops, width: int) -> None:
        self.weight = ops.norm_weights(width)


class Cache(nn.Module):
    """Keys and values of one layer."""

    def __init__(self, ops: Ops) -> None:
        _adopt(self, ops.cache())


class RopeTables(nn.Module):
    """cos and sin [positions, head_dim / 2] of every position's angles."""

    def __init__(self, positions: int, head_dim: int) -> None:
        self.cos = parameter((positions, head_dim // 2), "float32", Role("constant", "cos"))
        self.sin = parameter((positions, head_dim // 2), "float32", Role("constant", "sin"))


class LlamaAttention(nn.Module):
    """Grouped-query attention with rotary positions."""

    def __init__(self, config: LlamaConfig, ops: Ops) -> None:
        self.ops = ops
        q, kv = config.heads * config.head_dim, config.kv_heads * config.head_dim
        self.qkv_proj = Linear(ops, q + 2 * kv, config.hidden)
        self.o_proj = Linear(ops, config.hidden, q)
        self.cache = Cache(ops)

    def forward(self, x: Tensor, norm: RMSNorm, rope: RopeTables, rows: Rows) -> Tensor:
        """x + attention(norm(x)), in place."""
        ops = self.ops
        qkv = ops.linear(ops.norm(x, norm.weight), self.qkv_proj)
        q, keys, values = ops.rope_append(qkv, rope.cos, rope.sin, self.cache, rows)
        return ops.linear(ops.plain(ops.attend(q, keys, values, rows)), self.o_proj, into=x)


class LlamaMLP(nn.Module):
    """SwiGLU feed-forward layer."""

    def __init__(self, config: LlamaConfig, ops: Ops) -> None:
        self.ops = ops
        self.gate_up_proj = Linear(ops, 2 * config.ff, config.hidden)
        self.down_proj = Linear(ops, config.hidden, config.ff)

    def forward(self, x: Tensor, norm: RMSNorm) -> Tensor:
        """x + mlp(norm(x)), in place."""
        ops = self.ops
        gate_up = ops.linear(ops.norm(x, norm.weight), self.gate_up_proj)
        return ops.linear(ops.swiglu(gate_up), self.down_proj, into=x)


class LlamaDecoderLayer(nn.Module):
    """Attention, then feed-forward, each on a normalised residual stream."""

    def __init__(self, config: LlamaConfig, ops: Ops) -> None:
        self.self_attn = LlamaAttention(config, ops)
        self.mlp = LlamaMLP(config, ops)
        self.input_layernorm = RMSNorm(ops, config.hidden)
        self.post_attention_layernorm = RMSNorm(ops, config.hidden)

    def forward(self, x: Tensor, rope: RopeTables, rows: Rows) -> Tensor:
        """One layer over the residual stream [n, hidden]."""
        x = self.self_attn(x, self.input_layernorm, rope, rows)
        return self.mlp(x, self.post_attention_layernorm)


class LlamaModel(nn.Module):
    """Embedding, layers and final norm."""

    def __init__(self, config: LlamaConfig, ops: Ops) -> None:
        self.embed_tokens = Table(ops, config.vocab, config.hidden)
        self.layers = nn.ModuleList([LlamaDecoderLayer(config, ops) for _ in range(config.layers)])
        self.norm = RMSNorm(ops, config.hidden)


class State(nn.Module):
    """The buffers through which the engine talks to the compiled functions."""

    def __init__(self, config: LlamaConfig, limits: Limits, ops: Ops) -> None:
        chunk, sequences = limits.chunk, limits.sequences
        self.tokens = parameter((chunk,), "int32", Role("input"))
        self.positions = parameter((chunk,), "int32", Role("input"))
        self.kv_rows = parameter((chunk,), "int32", Role("input"))
        self.starts = parameter((sequences,), "int32", Role("input"))
        self.hidden = parameter((chunk, config.hidden), "float32", Role("state"))
        self.logits = parameter((sequences, config.vocab), "float32", Role("state"))
        self.choice = nn.Module()
        _adopt(self.choice, ops.choice_state())


class LlamaForCausalLM(nn.Module):
    """The exported functions: prefill, head, decode (one sequence) and batch (several)."""

    def __init__(self, config: LlamaConfig, limits: Limits, ops: Ops) -> None:
        self.ops = ops
        self.model = LlamaModel(config, ops)
        if not config.tied:
            self.lm_head = Table(ops, config.vocab, config.hidden)
        self.tied = config.tied
        self.rope = RopeTables(limits.positions, config.head_dim)
        self.state = State(config, limits, ops)

    def _layers(self, n: Size, rows: Rows) -> Tensor:
        x = self.ops.embed(self.state.tokens, self.model.embed_tokens, n)
        for layer in self.model.layers:
            x = layer(x, self.rope, rows)
        return x

    def _choose(self, x: Tensor) -> tuple[Tensor, ...]:
        table = self.model.embed_tokens if self.tied else self.lm_head
        a = self.ops.norm(x, self.model.norm.weight, head=True)
        logits = self.ops.logits(a, table, self.state.logits)
        return (logits, *self.ops.choose(x, logits, self.state.choice))

    def prefill(self, n: int, pos: int) -> Tensor:
        """Append `tokens[:n]` to the prefix at position pos; their final rows go to `hidden`."""
        s = self.state
        positions, kv_rows = self.ops.fill_positions(s.positions, s.kv_rows, n, pos)
        return self.ops.keep(self._layers(n, PrefixRows(positions, kv_rows, pos)), s.hidden)

    def head(self, row: int) -> tuple[Tensor, ...]:
        """Logits and choice for one row of `hidden`, in row 0 of their buffers."""
        return self._choose(self.ops.take_row(self.state.hidden, row))

    def batch(self, b: int, plen: int) -> tuple[Tensor, ...]:
        """One token for each of b sequences: logits and choices in rows 0 … b-1."""
        s = self.state
        return self._choose(self._layers(b, SequenceRows(s.positions, s.kv_rows, s.starts, plen)))

    def decode(self, plen: int) -> tuple[Tensor, ...]:
        """`batch` for a single sequence, with kernels of its own."""
        return self.batch(1, plen)


def export(config: LlamaConfig, limits: Limits, ops: Ops) -> tuple[IRModule, dict[str, Any]]:
    """The Relax module of all functions, and its parameters by name."""
    spec = {
        "prefill": {"n": int, "pos": int},
        "head": {"row": int},
        "decode": {"plen": int},
        "batch": {"b": int, "plen": int},
    }
    module, parameters = LlamaForCausalLM(config, limits, ops).export_tvm(spec=spec)
    return module, dict(parameters)
