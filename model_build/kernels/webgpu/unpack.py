"""Stored weights as numbers, in expressions that WGSL has without extensions."""

from __future__ import annotations

from typing import Any

from tvm import tirx

Expr = Any


def _u32(value: int) -> Expr:
    return tirx.const(value, "uint32")


def nibble(word: Expr, index: Expr) -> Expr:
    """Nibble `index` (0 lowest) of a uint32, as float32 0 … 15."""
    shift = tirx.Cast("uint32", index * 4)
    return tirx.Cast("float32", tirx.bitwise_and(tirx.shift_right(word, shift), _u32(15)))


def signed_byte(word: Expr, index: Expr) -> Expr:
    """Byte `index` (0 lowest) of a uint32, as a signed number in float32."""
    shift = tirx.Cast("uint32", index * 8)
    byte = tirx.Cast("int32", tirx.bitwise_and(tirx.shift_right(word, shift), _u32(255)))
    return tirx.Cast("float32", tirx.bitwise_xor(byte, 128) - 128)


def half(word: Expr, index: Expr) -> Expr:
    """float16 bits in half `index` of a uint32, as float32.

    Subnormal values are built from their fraction: GPUs may flush float32 patterns that small.
    """
    shift = tirx.Cast("uint32", index * 16)
    bits = tirx.bitwise_and(tirx.shift_right(word, shift), _u32(0xFFFF))
    magnitude = tirx.bitwise_and(bits, _u32(0x7FFF))
    sign = tirx.shift_left(tirx.bitwise_and(bits, _u32(0x8000)), _u32(16))
    normal = tirx.shift_left(magnitude, _u32(13)) + _u32(112 << 23)
    small = tirx.reinterpret(
        "uint32", tirx.Cast("float32", magnitude) * tirx.const(2.0**-24, "float32")
    )
    value = tirx.Select(magnitude < _u32(1024), small, normal)
    return tirx.reinterpret("float32", tirx.bitwise_or(value, sign))
