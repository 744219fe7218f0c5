"""The loss of a row's note tokens, with logits for those tokens alone and never all at once."""

from __future__ import annotations

from typing import Any

import torch

CHUNK = 128
"""Tokens whose logits exist at a time: 25 MB in float32 for SmolLM2's vocabulary."""


def token_losses(hidden: torch.Tensor, head: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of each label, float32 [tokens].

    Args:
        hidden: [tokens, channels] after the last norm.
        head: the output head [vocabulary, channels], which gets no gradient.
        labels: int64 [tokens].
    """
    return _TokenLosses.apply(hidden, head, labels)


class _TokenLosses(torch.autograd.Function):
    """The gradient is formed on the way up, while a chunk's logits are there anyway."""

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, head: torch.Tensor, labels: torch.Tensor
    ) -> torch.Tensor:
        losses = torch.empty(len(labels), dtype=torch.float32, device=hidden.device)
        with_gradient = ctx.needs_input_grad[0]
        gradient = torch.empty_like(hidden) if with_gradient else None
        for begin in range(0, len(labels), CHUNK):
            part = slice(begin, begin + CHUNK)
            wanted = labels[part, None]
            logits = (hidden[part] @ head.T).float()
            known = torch.log_softmax(logits, -1)
            losses[part] = -known.gather(-1, wanted)[:, 0]
            if gradient is not None:
                known.exp_()
                known.scatter_add_(-1, wanted, -torch.ones_like(wanted, dtype=known.dtype))
                torch.mm(known.to(head.dtype), head, out=gradient[part])
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return losses

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = ctx.saved_tensors
        return gradient * grad[:, None].to(gradient.dtype), None, None
