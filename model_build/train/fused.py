"""A Llama's norms and feed-forward layers with few passes over memory and little kept, for CPUs.

`transformers` writes them as many small operations, each of which reads and writes whole tensors,
and autograd keeps most of those until the way down. Here each is one step: a norm keeps its input,
a feed-forward layer keeps its input and the two projections before the gate, and what lies between
is formed again in pieces that fit into the processor's cache.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from transformers.models.llama.modeling_llama import LlamaMLP, LlamaRMSNorm

from .linear import MergedLinear

PIECE = 512
"""Tokens that go through a feed-forward layer's inner steps at a time."""


def fuse(model: torch.nn.Module) -> None:
    """Have all norms and feed-forward layers of a Llama work so."""
    for module in model.modules():
        if isinstance(module, LlamaRMSNorm):
            module.forward = MethodType(_norm, module)
        elif isinstance(module, LlamaMLP):
            module.forward = MethodType(_feed_forward, module)


def _norm(self: LlamaRMSNorm, x: torch.Tensor) -> torch.Tensor:
    return _Norm.apply(x, self.weight, self.variance_epsilon)


class _Norm(torch.autograd.Function):
    """y = w · x / rms(x); w gets no gradient."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        inverse = norm.square_().div_(x.shape[-1]).add_(eps).rsqrt_()
        ctx.save_for_backward(x, weight, inverse)
        return (x * inverse).mul_(weight)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight, inverse = ctx.saved_tensors
        d_x = grad * weight
        along = (d_x * x).sum(-1, keepdim=True).mul_(inverse.pow(3)).div_(x.shape[-1])
        return d_x.mul_(inverse).addcmul_(x, along, value=-1), None, None


def _feed_forward(self: LlamaMLP, x: torch.Tensor) -> torch.Tensor:
    layers: list[MergedLinear] = [self.gate_proj, self.up_proj, self.down_proj]
    if any(layer.disable_adapters for layer in layers):
        return LlamaMLP.forward(self, x)
    weights = [layer.effective for layer in layers]
    factors = [factor for layer in layers for factor in layer.factors()]
    scale = layers[0].factor_scale
    return _FeedForward.apply(x[0], *weights, *factors, scale)[None]


class _FeedForward(torch.autograd.Function):
    """y = down(silu(gate x) · up x) on x [tokens, channels], with A and B of the three layers."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, *args: Any) -> torch.Tensor:
        gate_weight, up_weight, down_weight = args[:3]
        gate, up = x @ gate_weight.T, x @ up_weight.T
        y = torch.empty_like(x)
        for at in range(0, len(x), PIECE):
            part = slice(at, at + PIECE)
            inner = torch.nn.functional.silu(gate[part]).mul_(up[part])
            torch.mm(inner, down_weight.T, out=y[part])
        ctx.save_for_backward(x, gate, up, *args[:9])
        ctx.scale = args[9]
        return y

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, all_gate, all_up, w_gate, w_up, w_down, *factors = ctx.saved_tensors
        a_gate, b_gate, a_up, b_up, a_down, b_down = factors
        sums = [torch.zeros_like(factor) for factor in factors]
        d_a_gate, d_b_gate, d_a_up, d_b_up, d_a_down, d_b_down = sums
        d_x = torch.empty_like(x)
        for at in range(0, len(x), PIECE):
            part = slice(at, at + PIECE)
            gate, up, above = all_gate[part], all_up[part], grad[part]
            share = torch.sigmoid(gate)
            silu = gate * share
            inner = silu * up
            d_a_down.addmm_((above @ b_down).T, inner)
            d_b_down.addmm_(above.T, inner @ a_down.T)
            d_inner = torch.mm(above, w_down, out=inner)
            # d silu / d gate = share + silu · (1 - share)
            slope = torch.addcmul(share, silu, share, value=-1).add_(silu)
            d_gate = slope.mul_(up).mul_(d_inner)
            d_up = d_inner.mul_(silu)
            for d_out, weight, a, b, d_a, d_b in (
                (d_gate, w_gate, a_gate, b_gate, d_a_gate, d_b_gate),
                (d_up, w_up, a_up, b_up, d_a_up, d_b_up),
            ):
                if weight is w_gate:
                    torch.mm(d_out, weight, out=d_x[part])
                else:
                    d_x[part].addmm_(d_out, weight)
                d_a.addmm_((d_out @ b).T, x[part])
                d_b.addmm_(d_out.T, x[part] @ a.T)
        torch._foreach_mul_(sums, ctx.scale)
        return d_x, None, None, None, *sums, None
