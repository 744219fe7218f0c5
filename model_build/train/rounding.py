"""A build's rounding of weights, in torch: what a stored matrix stands for, at every step.

The same arithmetic as in `quantize.py`, bit for bit (a test holds them together), without packing.
"""

from __future__ import annotations

import torch

from ..checkpoint import Checkpoint
from ..quantize import GROUP, QUANTIZATIONS, rounding_offsets
from .linear import Rounding


def rounding_of(quantization: str, checkpoint: Checkpoint, name: str) -> Rounding:
    """The rounding of a linear layer's merged weight, float32 [N, K] → the same.

    Args:
        quantization: a name of `QUANTIZATIONS`.
        checkpoint: the base.
        name: of the layer's weight.
    """
    form = QUANTIZATIONS[quantization]
    if form.affine:
        base = checkpoint.q4_1(name)
        if base is None:
            return round_affine
        offsets = torch.from_numpy(rounding_offsets(name, checkpoint.shapes[name]))
        scale, least = (torch.from_numpy(part).float() for part in (base.q_scale, base.q_min))
        return OnGrid(scale[..., None], least[..., None], offsets)
    kind = {"float16": torch.float16, "float32": torch.float32}[form.scale_dtype]
    return lambda weight: round_symmetric(weight, kind)


class OnGrid:
    """Codes in the base's own scales and minima (`quantize_on_grid`)."""

    def __init__(self, scale: torch.Tensor, least: torch.Tensor, offsets: torch.Tensor) -> None:
        self._scale, self._least, self._offsets = scale, least, offsets
        self._inverse = torch.where(scale == 0, 0.0, 1 / scale)

    def __call__(self, weight: torch.Tensor) -> torch.Tensor:
        self._move(weight.device)
        groups = weight.view(len(weight), -1, GROUP)
        codes = (groups - self._least).mul_(self._inverse)
        turn = self._offsets.view(groups.shape).float().add_(0.5).div_(256)
        codes.add_(turn).floor_().clamp_(0, 15)
        return codes.mul_(self._scale).add_(self._least).view_as(weight)

    def _move(self, device: torch.device) -> None:
        if self._scale.device != device:
            for name, value in vars(self).items():
                setattr(self, name, value.to(device))


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
