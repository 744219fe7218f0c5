"""Weight formats: which bits a linear layer, the embedding table and a norm are stored in.

A matrix is [N, K], N outputs of K inputs each, and every format keeps one scale for each group of
32 elements along K. 4-bit codes lie eight to a uint32, the low four bits first, as in MLC.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

GROUP = 32
"""Elements along K that share one scale, in every format."""

_ROWS_AT_ONCE = 1 << 22  # elements; bounds the scratch memory of a large table


@dataclass(frozen=True)
class Quantization:
    """One storage format for a model's weights.

    `affine` formats store a scale and a minimum per group (w = q * scale + minimum); the others
    are MLC's symmetric ones (w = (q - 7) * scale). `table_bits` is for the embedding and the
    output head, `norm_dtype` for the RMSNorm weights.
    """

    name: str
    linear_bits: Literal[4]
    table_bits: Literal[4, 8]
    scale_dtype: Literal["float16", "float32"]
    affine: bool
    norm_dtype: Literal["float16", "float32"]


QUANTIZATIONS: dict[str, Quantization] = {
    "q4a16": Quantization("q4a16", 4, 8, "float16", affine=True, norm_dtype="float32"),
    "q4f16_1": Quantization("q4f16_1", 4, 4, "float16", affine=False, norm_dtype="float16"),
    "q4f32_1": Quantization("q4f32_1", 4, 4, "float32", affine=False, norm_dtype="float32"),
}


@dataclass(frozen=True)
class Packed:
    """One quantized matrix [N, K] as it is stored.

    `q_weight` is uint32 [N, K/8] for 4 bits and int8 [N, K] for 8; `q_scale` is float16 or
    float32 [N, K/32]; `q_min`, of the same shape, is there in the affine format only.
    """

    q_weight: NDArray
    q_scale: NDArray
    q_min: NDArray | None = None

    def parts(self) -> dict[str, NDArray]:
        """The arrays by the last part of their records' names."""
        parts = {"q_weight": self.q_weight, "q_scale": self.q_scale}
        return parts if self.q_min is None else {**parts, "q_min": self.q_min}

    def rows(self, index: NDArray | slice) -> "Packed":
        """The same matrix with its rows chosen or reordered."""
        return Packed(**{name: part[index] for name, part in self.parts().items()})


def concatenate(matrices: list[Packed]) -> Packed:
    """Stack matrices of one format and one K by rows."""
    parts = [matrix.parts() for matrix in matrices]
    return Packed(**{name: np.concatenate([p[name] for p in parts]) for name in parts[0]})


def pack_nibbles(codes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Codes 0..15 [N, K] to words [N, K/8]; element 8j+i is nibble i of word j, low first."""
    pairs = codes[:, 0::2] | codes[:, 1::2] << 4
    return np.ascontiguousarray(pairs).view("<u4")


def unpack_nibbles(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The inverse of `pack_nibbles`: words [N, K/8] to codes [N, K]."""
    pairs = np.ascontiguousarray(words, dtype="<u4").view(np.uint8)
    return np.stack([pairs & 15, pairs >> 4], axis=-1).reshape(len(words), -1)


def quantize_affine(weight: NDArray[np.float32]) -> Packed:
    """4 bits with a float16 scale and minimum per group: w = q * scale + minimum.

    The scale spans from the minimum *as stored* to the group's maximum, and codes are rounded
    against the stored pair, so that rounding to float16 costs no more than its own last bit.
    """

    def encode(groups: NDArray[np.float32]) -> Packed:
        minimum = groups.min(-1).astype(np.float16)
        start = minimum.astype(np.float32)
        scale = ((groups.max(-1) - start) / np.float32(15)).astype(np.float16)
        codes = _codes(groups - start[..., None], scale, 0, 15)
        return Packed(pack_nibbles(_flat(codes).astype(np.uint8)), scale, minimum)

    return _by_rows(weight, encode)


def quantize_on_grid(
    weight: NDArray[np.float32], base: Packed, offsets: NDArray[np.uint8]
) -> Packed:
    """An updated 4-bit affine matrix in its own scales and minima.

    The base lies on its grid, and an update is far smaller than half a step of it: rounded to the
    nearest code, nearly every weight would fall back to where it was, and the update be lost. So
    each weight has its own place between two codes where rounding turns (`rounding_offsets`), and
    as many weights take a step as the update is steps long, on average.

    Args:
        weight: float32 [N, K], the base's values and the update.
        base: the matrix before the update.
        offsets: uint8 [N, K].
    """
    groups = weight.reshape(len(weight), -1, GROUP)
    scale, minimum = (part.astype(np.float32)[..., None] for part in (base.q_scale, base.q_min))
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    turn = (offsets.reshape(groups.shape).astype(np.float32) + np.float32(0.5)) / np.float32(256)
    codes = np.clip(np.floor((groups - minimum) * inverse + turn), 0, 15)
    return Packed(pack_nibbles(_flat(codes).astype(np.uint8)), base.q_scale, base.q_min)


def rounding_offsets(name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Random bytes that depend on a tensor's name alone: builds agree, and training with them."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16], "little")
    count = math.prod(shape)
    words = np.random.Philox(key=key).random_raw(-(-count // 8)).astype("<u8")
    return words.view(np.uint8)[:count].reshape(shape)


def quantize_symmetric(weight: NDArray[np.float32], dtype: Literal["float16", "float32"]) -> Packed:
    """MLC's 4 bits (`q4f16_1`, `q4f32_1`): scale = max|w| / 7, q = round(w / scale + 7) in 0..14.

    As in MLC's `group_quantization.py`, the weight is rounded to `dtype` first, every step of the
    arithmetic is done in it, and halves go to the even neighbour. A group of zeros, where MLC
    divides by zero, gets the code of zero, 7.
    """
    kind = np.dtype(dtype).type

    def encode(groups: NDArray[np.float32]) -> Packed:
        values = groups.astype(kind)
        scale = np.abs(values).max(-1) / kind(7)
        codes = np.rint(values / scale[..., None] + kind(7))
        codes = np.clip(np.nan_to_num(codes, nan=7, posinf=14, neginf=0), 0, 14)
        return Packed(pack_nibbles(_flat(codes).astype(np.uint8)), scale)

    return _by_rows(weight, encode)


def quantize_int8(weight: NDArray[np.float32]) -> Packed:
    """8 bits, symmetric, with a float16 scale per group (GGUF's Q8_0): w = q * scale."""

    def encode(groups: NDArray[np.float32]) -> Packed:
        scale = (np.abs(groups).max(-1) / np.float32(127)).astype(np.float16)
        return Packed(_flat(_codes(groups, scale, -127, 127)).astype(np.int8), scale)

    return _by_rows(weight, encode)


def affine_from_q4_1(blocks: NDArray[np.uint8]) -> Packed:
    """GGUF's Q4_1 blocks [N, K/32 * 20 bytes] without loss.

    A block is a float16 scale, a float16 minimum and 16 bytes; byte i holds element i in its low
    and element i + 16 in its high nibble (`block_q4_1` in llama.cpp's ggml-common.h).
    """
    parts = blocks.reshape(len(blocks), -1, 20)
    header = np.ascontiguousarray(parts[..., :4]).view("<f2")
    codes = np.concatenate([parts[..., 4:] & 15, parts[..., 4:] >> 4], axis=-1)
    scale, minimum = (np.ascontiguousarray(header[..., i]) for i in (0, 1))
    return Packed(pack_nibbles(_flat(codes)), scale, minimum)


def int8_from_q8_0(blocks: NDArray[np.uint8]) -> Packed:
    """GGUF's Q8_0 blocks [N, K/32 * 34 bytes] without loss: a float16 scale and 32 int8 each."""
    parts = blocks.reshape(len(blocks), -1, 34)
    scale = np.ascontiguousarray(parts[..., :2]).view("<f2")[..., 0]
    return Packed(np.ascontiguousarray(_flat(parts[..., 2:])).view(np.int8), scale)


def quantize_linear(weight: NDArray[np.float32], quantization: Quantization) -> Packed:
    """A linear layer's float32 [N, K] in the given format. K must be a multiple of 32."""
    if quantization.affine:
        return quantize_affine(weight)
    return quantize_symmetric(weight, quantization.scale_dtype)


def quantize_table(weight: NDArray[np.float32], quantization: Quantization) -> Packed:
    """An embedding table's float32 [V, K] in the given format. K must be a multiple of 32."""
    if quantization.table_bits == 8:
        return quantize_int8(weight)
    return quantize_symmetric(weight, quantization.scale_dtype)


def dequantize(packed: Packed) -> NDArray[np.float32]:
    """The float32 [N, K] that a stored matrix stands for."""
    if packed.q_weight.dtype == np.int8:
        values = packed.q_weight.astype(np.float32)
    else:
        values = unpack_nibbles(packed.q_weight).astype(np.float32)
        if packed.q_min is None:
            values -= np.float32(7)
    groups = values.reshape(len(values), -1, GROUP)
    groups *= packed.q_scale.astype(np.float32)[..., None]
    if packed.q_min is not None:
        groups += packed.q_min.astype(np.float32)[..., None]
    return values


def _codes(
    values: NDArray[np.float32], scale: NDArray[np.float16], low: int, high: int
) -> NDArray[np.float32]:
    """Values [N, G, 32] over their stored scales [N, G], rounded and clipped; 0 for no scale."""
    wide = scale.astype(np.float32)[..., None]
    inverse = np.divide(np.float32(1), wide, out=np.zeros_like(wide), where=wide != 0)
    return np.clip(np.rint(values * inverse), low, high)


def _flat(groups: NDArray) -> NDArray:
    return groups.reshape(len(groups), -1)


def _by_rows(
    weight: NDArray[np.float32], encode: Callable[[NDArray[np.float32]], Packed]
) -> Packed:
    """Apply `encode` to [rows, K/32, 32] pieces, so that a large table needs little scratch."""
    if weight.ndim != 2 or weight.shape[1] % GROUP:
        raise ValueError(f"a matrix of shape {weight.shape} has no whole groups of {GROUP} inputs")
    rows = max(1, _ROWS_AT_ONCE // weight.shape[1])
    # Zero scales are dealt with where they matter; who packs looks for scales that are not finite.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return concatenate(
            [
                encode(piece.astype(np.float32, copy=False).reshape(len(piece), -1, GROUP))
                for piece in (weight[i : i + rows] for i in range(0, len(weight), rows))
            ]
        )
