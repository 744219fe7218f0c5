"""Rotary embedding, KV cache and attention for WebAssembly SIMD, float32 throughout.

KV cache, per layer: keys [kv head][row / 8][channel][8 rows], values [kv head][channel / 8][row]
[8 channels], so that a vector holds four rows of one key channel, or four channels of one value.
Rows are positions for the shared prefix; a forked sequence owns further rows from `starts` on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tvm import tirx
from tvm.script import tirx as T

from .simd import exp, f32x4, i32, lane, max_lanes, splat, sum_lanes, thread_count, thread_id

MASKED = -1e30  # a score that no softmax lets through


@dataclass(frozen=True)
class AttentionShape:
    """Heads, channels and KV rows of one layer; `rows` is a multiple of eight."""

    heads: int
    kv_heads: int
    head_dim: int
    rows: int
    threads: int

    @property
    def group(self) -> int:
        """Query heads that share one key/value head."""
        return self.heads // self.kv_heads

    @property
    def group_tile(self) -> int:
        """Query heads of a group that one register tile takes: a divisor of the group, ≤ 4."""
        return max(t for t in (1, 2, 3, 4) if self.group % t == 0)

    @property
    def scores(self) -> int:
        """Length of a row of scores: every cache row, and room to start the own part on eight."""
        return self.rows + 8


def rope_append(shape: AttentionShape, table: int) -> tirx.PrimFunc:
    """Rotate queries and keys by position, append keys and values to the cache.

    qkv [n, (H + 2·KV)·D] → q [n, H·D], scaled by 1/sqrt(D). RoPE pairs channel i with i + D/2, as
    in Hugging Face's Llama; `cos`, `sin` [table, D/2].
    """
    H, KV, D, RW = shape.heads, shape.kv_heads, shape.head_dim, shape.rows
    half, width, scaling = D // 2, (H + 2 * KV) * D, 1.0 / math.sqrt(D)

    @T.prim_func(s_tir=True, private=True)
    def append(
        x_h: T.handle,
        c_h: T.handle,
        s_h: T.handle,
        p_h: T.handle,
        r_h: T.handle,
        k_h: T.handle,
        v_h: T.handle,
        q_h: T.handle,
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, width), "float32")
        cos = T.match_buffer(c_h, (table, half), "float32")
        sin = T.match_buffer(s_h, (table, half), "float32")
        positions = T.match_buffer(p_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        keys = T.match_buffer(k_h, (KV, RW // 8, D * 8), "float32")
        values = T.match_buffer(v_h, (KV, D // 8, RW * 8), "float32")
        q = T.match_buffer(q_h, (n, H * D), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        t = T.alloc_buffer((2,), "float32x4", scope="local")
        for r in T.serial(rows):
            p: T.let[T.int32] = positions[r]
            row: T.let[T.int32] = kv_rows[r]
            for h in T.serial(tid * (H + 2 * KV) // threads, (tid + 1) * (H + 2 * KV) // threads):
                if h < H + KV:
                    for i in T.serial(half // 4):
                        t[0] = (
                            x[r, T.Ramp(h * D + i * 4, 1, 4)] * cos[p, T.Ramp(i * 4, 1, 4)]
                            - x[r, T.Ramp(h * D + half + i * 4, 1, 4)] * sin[p, T.Ramp(i * 4, 1, 4)]
                        )
                        t[1] = (
                            x[r, T.Ramp(h * D + half + i * 4, 1, 4)] * cos[p, T.Ramp(i * 4, 1, 4)]
                            + x[r, T.Ramp(h * D + i * 4, 1, 4)] * sin[p, T.Ramp(i * 4, 1, 4)]
                        )
                        if h < H:
                            q[r, T.Ramp(h * D + i * 4, 1, 4)] = t[0] * f32x4(scaling)
                            q[r, T.Ramp(h * D + half + i * 4, 1, 4)] = t[1] * f32x4(scaling)
                        else:
                            for u in T.unroll(2):
                                for e in T.unroll(4):
                                    keys[h - H, row // 8, (u * half + i * 4 + e) * 8 + row % 8] = (
                                        lane(t[u], e)
                                    )
                else:
                    for i in T.serial(D // 4):
                        values[h - H - KV, i // 2, T.Ramp(row * 8 + i % 2 * 4, 1, 4)] = x[
                            r, T.Ramp(h * D + i * 4, 1, 4)
                        ]

    return append


def attend_prefix(shape: AttentionShape, longest: int) -> tirx.PrimFunc:
    """Causal attention of a prefill chunk: row r of q [n, H·D] sees cache rows 0 … pos + r.

    Four query rows of a head at a time; `scratch` [threads, 4·longest] holds their scores. Rows
    are dealt out in turn, since later ones see more.
    """
    H, KV, D, RW, L = shape.heads, shape.kv_heads, shape.head_dim, shape.rows, longest
    group, threads_max = shape.group, shape.threads

    @T.prim_func(s_tir=True, private=True)
    def attend(
        q_h: T.handle, k_h: T.handle, v_h: T.handle, pos: T.int64, o_h: T.handle, s_h: T.handle
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n = T.int64()
        q = T.match_buffer(q_h, (n, H * D), "float32")
        keys = T.match_buffer(k_h, (KV, RW // 8, D * 8), "float32")
        values = T.match_buffer(v_h, (KV, D // 8, RW * 8), "float32")
        o = T.match_buffer(o_h, (n, H * D), "float32")
        s = T.match_buffer(s_h, (threads_max * 4, L), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        first: T.let[T.int32] = i32(pos)
        a = T.alloc_buffer((8,), "float32x4", scope="local")
        t = T.alloc_buffer((4,), "float32x4", scope="local")
        z = T.alloc_buffer((4,), "float32", scope="local")
        for turn in T.serial((rows // 4 * H - tid + threads - 1) // threads):
            rb: T.let[T.int32] = (turn * threads + tid) // H
            h: T.let[T.int32] = (turn * threads + tid) % H
            kh: T.let[T.int32] = h // group
            blocks: T.let[T.int32] = (first + rb * 4 + 4 + 7) // 8
            for b in T.serial(blocks):
                for i in T.unroll(8):
                    a[i] = f32x4(0.0)
                for e in T.serial(D):
                    for r in T.unroll(4):
                        for u in T.unroll(2):
                            a[r * 2 + u] = (
                                a[r * 2 + u]
                                + splat(q[rb * 4 + r, h * D + e])
                                * keys[kh, b, T.Ramp(e * 8 + u * 4, 1, 4)]
                            )
                for r in T.unroll(4):
                    for u in T.unroll(2):
                        s[tid * 4 + r, T.Ramp(b * 8 + u * 4, 1, 4)] = a[r * 2 + u]
            for r in T.unroll(4):
                seen: T.let[T.int32] = first + rb * 4 + r + 1
                for i in T.serial(blocks * 8 - seen):
                    s[tid * 4 + r, seen + i] = T.float32(MASKED)
                for u in T.unroll(2):
                    t[u] = f32x4(MASKED)
                for b in T.serial(blocks):
                    for u in T.unroll(2):
                        t[u] = T.max(t[u], s[tid * 4 + r, T.Ramp(b * 8 + u * 4, 1, 4)])
                z[r] = max_lanes(T.max(t[0], t[1]))
                for u in T.unroll(2):
                    t[u] = f32x4(0.0)
                for b in T.serial(blocks):
                    for u in T.unroll(2):
                        t[2 + u] = exp(s[tid * 4 + r, T.Ramp(b * 8 + u * 4, 1, 4)] - splat(z[r]))
                        t[u] = t[u] + t[2 + u]
                        s[tid * 4 + r, T.Ramp(b * 8 + u * 4, 1, 4)] = t[2 + u]
                z[r] = T.float32(1) / sum_lanes(t[0] + t[1])
            for d8 in T.serial(D // 8):
                for i in T.unroll(8):
                    a[i] = f32x4(0.0)
                for i in T.serial(blocks * 8):
                    for r in T.unroll(4):
                        for u in T.unroll(2):
                            a[r * 2 + u] = (
                                a[r * 2 + u]
                                + splat(s[tid * 4 + r, i])
                                * values[kh, d8, T.Ramp(i * 8 + u * 4, 1, 4)]
                            )
                for r in T.unroll(4):
                    for u in T.unroll(2):
                        o[rb * 4 + r, T.Ramp(h * D + d8 * 8 + u * 4, 1, 4)] = a[r * 2 + u] * splat(
                            z[r]
                        )

    return attend


def sequence_scores(shape: AttentionShape, row_tile: int) -> tirx.PrimFunc:
    """Scores of each sequence's newest row against the prefix and its own rows.

    s [n, H·scores]: prefix row i at i, own row j at ⌈plen/8⌉·8 + j. A block of eight prefix keys
    serves all sequences while it is in the cache; `row_tile` (sequence, head) pairs share a
    register tile, so n·group must be a multiple of it.
    """
    H, KV, D, RW, S = shape.heads, shape.kv_heads, shape.head_dim, shape.rows, shape.scores
    G, RT, GT = shape.group, row_tile, shape.group_tile

    @T.prim_func(s_tir=True, private=True)
    def score(
        q_h: T.handle, k_h: T.handle, a_h: T.handle, r_h: T.handle, plen: T.int64, s_h: T.handle
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        q = T.match_buffer(q_h, (n, H * D), "float32")
        keys = T.match_buffer(k_h, (KV, RW // 8, D * 8), "float32")
        starts = T.match_buffer(a_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        s = T.match_buffer(s_h, (n, H * S), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        shared: T.let[T.int32] = (i32(plen) + 7) // 8
        a = T.alloc_buffer((8,), "float32x4", scope="local")
        for kh in T.serial(KV):
            for b in T.serial(tid * shared // threads, (tid + 1) * shared // threads):
                for f in T.serial(rows * G // RT):
                    for i in T.unroll(2 * RT):
                        a[i] = f32x4(0.0)
                    for e in T.serial(D):
                        for r in T.unroll(RT):
                            for u in T.unroll(2):
                                a[r * 2 + u] = (
                                    a[r * 2 + u]
                                    + splat(
                                        q[
                                            (f * RT + r) // G,
                                            (kh * G + (f * RT + r) % G) * D + e,
                                        ]
                                    )
                                    * keys[kh, b, T.Ramp(e * 8 + u * 4, 1, 4)]
                                )
                    for r in T.unroll(RT):
                        for u in T.unroll(2):
                            s[
                                (f * RT + r) // G,
                                T.Ramp((kh * G + (f * RT + r) % G) * S + b * 8 + u * 4, 1, 4),
                            ] = a[r * 2 + u]
            for y in T.serial(rows):
                start: T.let[T.int32] = starts[y] // 8
                own: T.let[T.int32] = (kv_rows[y] - starts[y] + 8) // 8
                for b in T.serial(tid * own // threads, (tid + 1) * own // threads):
                    for f in T.serial(G // GT):
                        for i in T.unroll(2 * GT):
                            a[i] = f32x4(0.0)
                        for e in T.serial(D):
                            for r in T.unroll(GT):
                                for u in T.unroll(2):
                                    a[r * 2 + u] = (
                                        a[r * 2 + u]
                                        + splat(q[y, (kh * G + f * GT + r) * D + e])
                                        * keys[kh, start + b, T.Ramp(e * 8 + u * 4, 1, 4)]
                                    )
                        for r in T.unroll(GT):
                            for u in T.unroll(2):
                                s[
                                    y,
                                    T.Ramp(
                                        (kh * G + f * GT + r) * S + (shared + b) * 8 + u * 4, 1, 4
                                    ),
                                ] = a[r * 2 + u]

    return score


def sequence_softmax(shape: AttentionShape) -> tirx.PrimFunc:
    """s becomes exp(s - max) in place, z [n, H] the reciprocal of its sum."""
    H, S = shape.heads, shape.scores

    @T.prim_func(s_tir=True, private=True)
    def softmax(s_h: T.handle, a_h: T.handle, r_h: T.handle, plen: T.int64, z_h: T.handle):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        s = T.match_buffer(s_h, (n, H * S), "float32")
        starts = T.match_buffer(a_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        z = T.match_buffer(z_h, (n, H), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        work: T.let[T.int32] = i32(n) * H
        prefix: T.let[T.int32] = i32(plen)
        t = T.alloc_buffer((4,), "float32x4", scope="local")
        for w in T.serial(tid * work // threads, (tid + 1) * work // threads):
            y: T.let[T.int32] = w // H
            at: T.let[T.int32] = w % H * S
            shared: T.let[T.int32] = (prefix + 7) // 8
            length: T.let[T.int32] = kv_rows[y] - starts[y] + 1
            blocks: T.let[T.int32] = shared + (length + 7) // 8
            for i in T.serial(shared * 8 - prefix):
                s[y, at + prefix + i] = T.float32(MASKED)
            for i in T.serial((blocks - shared) * 8 - length):
                s[y, at + shared * 8 + length + i] = T.float32(MASKED)
            for u in T.unroll(2):
                t[u] = f32x4(MASKED)
            for b in T.serial(blocks):
                for u in T.unroll(2):
                    t[u] = T.max(t[u], s[y, T.Ramp(at + b * 8 + u * 4, 1, 4)])
            top: T.let[T.float32] = max_lanes(T.max(t[0], t[1]))
            for u in T.unroll(2):
                t[u] = f32x4(0.0)
            for b in T.serial(blocks):
                for u in T.unroll(2):
                    t[2 + u] = exp(s[y, T.Ramp(at + b * 8 + u * 4, 1, 4)] - splat(top))
                    t[u] = t[u] + t[2 + u]
                    s[y, T.Ramp(at + b * 8 + u * 4, 1, 4)] = t[2 + u]
            z[y, w % H] = T.float32(1) / sum_lanes(t[0] + t[1])

    return softmax


def sequence_values(shape: AttentionShape, row_tile: int) -> tirx.PrimFunc:
    """o [n, H·D] = z · (s · values): first over the prefix for all sequences, then the own rows."""
    H, KV, D, RW, S = shape.heads, shape.kv_heads, shape.head_dim, shape.rows, shape.scores
    G, RT, GT = shape.group, row_tile, shape.group_tile
    d8s = D // 8

    @T.prim_func(s_tir=True, private=True)
    def weigh(
        s_h: T.handle,
        z_h: T.handle,
        v_h: T.handle,
        a_h: T.handle,
        r_h: T.handle,
        plen: T.int64,
        o_h: T.handle,
    ):
        T.func_attr({"tirx.noalias": True, "tirx.is_scheduled": True})
        n, m = T.int64(), T.int64()
        s = T.match_buffer(s_h, (n, H * S), "float32")
        z = T.match_buffer(z_h, (n, H), "float32")
        values = T.match_buffer(v_h, (KV, d8s, RW * 8), "float32")
        starts = T.match_buffer(a_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        o = T.match_buffer(o_h, (n, H * D), "float32")
        tid: T.let[T.int32] = thread_id()
        threads: T.let[T.int32] = thread_count()
        rows: T.let[T.int32] = i32(n)
        prefix: T.let[T.int32] = i32(plen)
        shared: T.let[T.int32] = (prefix + 7) // 8
        a = T.alloc_buffer((8,), "float32x4", scope="local")
        for w in T.serial(tid * (KV * d8s) // threads, (tid + 1) * (KV * d8s) // threads):
            kh: T.let[T.int32] = w // d8s
            d8: T.let[T.int32] = w % d8s
            for f in T.serial(rows * G // RT):
                for i in T.unroll(2 * RT):
                    a[i] = f32x4(0.0)
                for x in T.serial(prefix):
                    for r in T.unroll(RT):
                        for u in T.unroll(2):
                            a[r * 2 + u] = (
                                a[r * 2 + u]
                                + splat(s[(f * RT + r) // G, (kh * G + (f * RT + r) % G) * S + x])
                                * values[kh, d8, T.Ramp(x * 8 + u * 4, 1, 4)]
                            )
                for r in T.unroll(RT):
                    for u in T.unroll(2):
                        o[
                            (f * RT + r) // G,
                            T.Ramp((kh * G + (f * RT + r) % G) * D + d8 * 8 + u * 4, 1, 4),
                        ] = a[r * 2 + u]
            for y in T.serial(rows):
                start: T.let[T.int32] = starts[y]
                for f in T.serial(G // GT):
                    for r in T.unroll(GT):
                        for u in T.unroll(2):
                            a[r * 2 + u] = o[
                                y, T.Ramp((kh * G + f * GT + r) * D + d8 * 8 + u * 4, 1, 4)
                            ]
                    for x in T.serial(kv_rows[y] - start + 1):
                        for r in T.unroll(GT):
                            for u in T.unroll(2):
                                a[r * 2 + u] = (
                                    a[r * 2 + u]
                                    + splat(s[y, (kh * G + f * GT + r) * S + shared * 8 + x])
                                    * values[kh, d8, T.Ramp((start + x) * 8 + u * 4, 1, 4)]
                                )
                    for r in T.unroll(GT):
                        for u in T.unroll(2):
                            o[y, T.Ramp((kh * G + f * GT + r) * D + d8 * 8 + u * 4, 1, 4)] = a[
                                r * 2 + u
                            ] * splat(z[y, kh * G + f * GT + r])

    return weigh
