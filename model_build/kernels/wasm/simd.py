"""128-bit vector vocabulary for the WebAssembly kernels, as TIR expressions.

Every function here builds an expression while TVMScript parses a kernel. Vectors are 128 bits
(`float32x4`, `int32x4`, `int16x8`, `uint8x16`), as in the WebAssembly SIMD specification.
"""

from __future__ import annotations

import math
from typing import Any

from tvm.script import tirx as T

Expr = Any

# The float16 scales of the weights are widened without a table: their bits shifted left by 13 and
# read as float32 are the value times 2^-112. The activations' scales carry 2^100 and the results
# 2^12, which multiply to one; no product leaves float32's range on the way.
F16_SHIFT = 2.0**-112
ACTIVATION_GAIN = 2.0**100
RESULT_GAIN = 2.0**12

_ROUNDING = 1.5 * 2**23
_EXP_COEFFICIENTS = [math.log(2) ** k / math.factorial(k) for k in range(7)]


def thread_id() -> Expr:
    """This thread's index; lowering turns the variable bound to it into a parameter."""
    return T.call_extern("int32", "thread_id")


def thread_count() -> Expr:
    """Number of threads that share a kernel; becomes a parameter like `thread_id`."""
    return T.call_extern("int32", "thread_count")


def i32(x: Expr) -> Expr:
    """An index as int32, the width of an address."""
    return T.Cast("int32", x)


def splat(x: Expr, lanes: int = 4) -> Expr:
    """The scalar in every lane."""
    return T.Broadcast(x, lanes)


def f32x4(value: float) -> Expr:
    """A constant in four float32 lanes."""
    return T.Broadcast(T.float32(value), 4)


def bits_as(dtype: str, x: Expr) -> Expr:
    """The same bits under another type."""
    return T.reinterpret(dtype, x)


def splat_i16(word: Expr) -> Expr:
    """A 32-bit word in every lane, as int16x8: its two halves side by side."""
    return bits_as("int16x8", splat(word))


def splat_i8(word: Expr) -> Expr:
    """A 32-bit word in every lane, as int8x16: its four bytes side by side."""
    return bits_as("int8x16", splat(word))


def lane(vector: Expr, index: int) -> Expr:
    """One lane as a scalar."""
    return T.Shuffle([vector], [index])


def sum_lanes(v: Expr) -> Expr:
    """Sum of four lanes, in a fixed order."""
    return (lane(v, 0) + lane(v, 1)) + (lane(v, 2) + lane(v, 3))


def max_lanes(v: Expr) -> Expr:
    """Largest of four lanes."""
    return T.max(T.max(lane(v, 0), lane(v, 1)), T.max(lane(v, 2), lane(v, 3)))


def absolute(v: Expr) -> Expr:
    """|v| for four float32 lanes."""
    return T.call_llvm_pure_intrin("float32x4", "llvm.fabs", v)


def nearest(v: Expr) -> Expr:
    """Round to nearest, ties to even, for four float32 lanes."""
    return T.call_llvm_pure_intrin("float32x4", "llvm.nearbyint", v)


def nearest_i32(v: Expr) -> Expr:
    """Round four float32 lanes to int32."""
    return T.Cast("int32x4", nearest(v))


def exp(x: Expr) -> Expr:
    """e^x for x ≤ 87, four lanes: 2^n · p(r), |r| ≤ 1/2, p of degree 6 (relative error 2e-7).

    WebAssembly has no exponential and a call into the host's would cost more than the kernel. n is
    rounded by adding 1.5 · 2^23, after which the sum's low bits hold it: `trunc_sat` would cost
    seven instructions. V8 makes the constants anew for every use, so callers take two vectors at
    a time.
    """
    y = T.max(x, f32x4(-87.0)) * f32x4(1.0 / math.log(2))
    shifted = bits_as("int32x4", y + f32x4(_ROUNDING))  # as bits, or TVM cancels the constants
    r = y - (bits_as("float32x4", shifted) - f32x4(_ROUNDING))
    p = f32x4(_EXP_COEFFICIENTS[6])
    for k in range(5, -1, -1):
        p = p * r + f32x4(_EXP_COEFFICIENTS[k])
    power = T.shift_left(shifted, splat(T.int32(23)))
    return bits_as("float32x4", bits_as("int32x4", p) + power)


def dot_i16(a: Expr, b: Expr) -> Expr:
    """`i32x4.dot_i16x8_s`: sums of neighbouring products of eight int16 lanes."""
    return T.call_llvm_pure_intrin("int32x4", "llvm.wasm.dot", a, b)


def dot_add_i8(a: Expr, b: Expr, c: Expr) -> Expr:
    """`i32x4.relaxed_dot_i8x16_i7x16_add_s`: c + sums of four int8·int7 products."""
    return T.call_llvm_pure_intrin(
        "int32x4", "llvm.wasm.relaxed.dot.i8x16.i7x16.add.signed", a, b, c
    )


def widen_f16(bits: Expr) -> Expr:
    """Four float16 bit patterns (int16 lanes) as float32x4 · 2^-112 (see `F16_SHIFT`)."""
    shifted = T.shift_left(T.Cast("int32x4", bits), splat(T.int32(13)))
    return bits_as("float32x4", T.bitwise_and(shifted, splat(T.int32(-1879048193))))


def widen_f16_scalar(bits: Expr) -> Expr:
    """One float16 bit pattern (int16) as float32."""
    shifted = T.shift_left(T.Cast("int32", bits), T.int32(13))
    return T.reinterpret("float32", T.bitwise_and(shifted, T.int32(-1879048193))) * T.float32(
        1.0 / F16_SHIFT
    )


def nibbles_i16(word: Expr, n: int) -> Expr:
    """Nibble n (0 to 3) of each 16-bit half of four words, as int16x8."""
    w = bits_as("uint16x8", word)
    w = T.shift_right(w, splat(T.uint16(4 * n), 8)) if n else w
    return bits_as("int16x8", T.bitwise_and(w, splat(T.uint16(15), 8)) if n < 3 else w)


def low_nibbles_i8(word: Expr) -> Expr:
    """Low nibble of each byte of four words, as int8x16."""
    return bits_as("int8x16", T.bitwise_and(bits_as("uint8x16", word), splat(T.uint8(15), 16)))


def high_nibbles_i8(word: Expr) -> Expr:
    """High nibble of each byte of four words, as int8x16."""
    return bits_as("int8x16", T.shift_right(bits_as("uint8x16", word), splat(T.uint8(4), 16)))


def bytes_i16(word: Expr, high: bool) -> Expr:
    """The low or high signed byte of each 16-bit half of four words, as int16x8."""
    w = bits_as("int16x8", word)
    w = w if high else T.shift_left(w, splat(T.int16(8), 8))
    return T.shift_right(w, splat(T.int16(8), 8))


def pack_pairs_i16(a: Expr, b: Expr) -> Expr:
    """Eight integers (two int32x4) as the four words the int16 linear kernels multiply by.

    Pairs stand in the order (0,2) (4,6) (1,3) (5,7): the order in which `nibbles_i16` and
    `bytes_i16` take a weight word apart.
    """
    packed = T.Shuffle([T.Cast("int16x4", a), T.Cast("int16x4", b)], [0, 2, 4, 6, 1, 3, 5, 7])
    return bits_as("int32x4", packed)
