"""A build's rounding of weights, in torch: what a stored matrix stands for, at every step.

The same arithmetic as in `quantize.py`, bit for bit (a test holds them together), without packing.
"""

from __future__ import annotations

import torch

from ..quantize import GROUP, QUANTIZATIONS
from .linear import Rounding


def rounding_of(name: str) -> Rounding:
    """The rounding of linear layers in a format of `QUANTIZATIONS`: float32 [N, K] → the same."""
    form = QUANTIZATIONS[name]
    if form.affine:
        return round_affine
    kind = {"float16": torch.float16, "float32": torch.float32}[form.scale_dtype]
    return lambda weight: round_symmetric(weight, kind)


def round_affine(weight: torch.Tensor) -> torch.Tensor:
    """16 levels a group, from its minimum to its maximum (`quantize_affine`)."""
    groups = weight.view(len(weight), -1, GROUP)
    least, most = torch.aminmax(groups, dim=-1, keepdim=True)
    start = least.half().float()
    scale = most.sub_(start).div_(15).half().float()
    inverse = torch.where(scale == 0, 0.0, 1 / scale)
    codes = (groups - start).mul_(inverse).round_().clamp_(0, 15)
    return codes.mul_(scale).add_(start).view_as(weight)


def round_symmetric(weight: torch.Tensor, kind: torch.dtype) -> torch.Tensor:
    """15 levels a group around zero (`quantize_symmetric`)."""
    groups = weight.view(len(weight), -1, GROUP).to(kind)
    scale = groups.abs().amax(-1, keepdim=True) / torch.tensor(7, dtype=kind)
    codes = torch.round(groups / scale + torch.tensor(7, dtype=kind)).nan_to_num_(7, 14, 0)
    levels = codes.clamp_(0, 14).float().sub_(7)
    return levels.mul_(scale.float()).view_as(weight)
