"""LoRA layers that work on the merged weight.

PEFT's own layer adds `B · A · x` to `W · x` at every token. Here the merged weight
W' = W + s · B · A is formed once a step, so that the way up costs one product with W', as in the
built model, and only the gradients of A and B pass through the low rank. With a quantization the
merged weight is rounded as a build rounds it, and the gradient goes straight through the rounding
(Bengio et al., arXiv 1308.3432).

Layers, settings and files are PEFT's: a run saves a plain LoRA adapter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from peft.tuners.lora import Linear
from torch.nn import functional

ADAPTER = "default"

Rounding = Callable[[torch.Tensor], torch.Tensor]
"""float32 [N, K] → the float32 that a stored matrix stands for."""


class MergedLinear(Linear):
    """A LoRA layer whose forward pass uses the weight of the last `refresh`."""

    effective: torch.Tensor | None = None
    rounding: Rounding | None = None

    def factors(self) -> tuple[torch.nn.Parameter, torch.nn.Parameter]:
        """A [rank, inputs] and B [outputs, rank]."""
        return self.lora_A[ADAPTER].weight, self.lora_B[ADAPTER].weight

    @property
    def factor_scale(self) -> float:
        """s in W' = W + s · B · A."""
        return self.scaling[ADAPTER]

    @torch.no_grad()
    def refresh(self) -> None:
        """Merge anew, after A or B have changed."""
        base = self.get_base_layer().weight
        a, b = self.factors()
        merged = torch.addmm(base.float(), b.float(), a.float(), alpha=self.factor_scale)
        if self.rounding is not None:
            merged = self.rounding(merged)
        if self.effective is None:
            self.effective = merged.to(base.dtype)
        else:
            self.effective.copy_(merged)

    def forward(self, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
        """y = W' x; with the adapter disabled y = W x."""
        if self.disable_adapters or self.effective is None:
            return self.get_base_layer()(x)
        return _Merged.apply(x, self.effective, *self.factors(), self.factor_scale)


class _Merged(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        a: torch.Tensor,
        b: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        ctx.save_for_backward(x, weight, a, b)
        ctx.scale = scale
        return functional.linear(x, weight)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        x, weight, a, b = ctx.saved_tensors
        flat, above = x.reshape(-1, x.shape[-1]), grad.reshape(-1, grad.shape[-1])
        d_x = (above @ weight).view_as(x) if ctx.needs_input_grad[0] else None
        d_a = ((above @ b.to(above.dtype)).T @ flat).to(a.dtype).mul_(ctx.scale)
        d_b = (above.T @ (flat @ a.to(flat.dtype).T)).to(b.dtype).mul_(ctx.scale)
        return d_x, None, d_a, d_b, None
