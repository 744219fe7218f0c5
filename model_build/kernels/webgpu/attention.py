"""Rotary embedding, KV cache and attention for WebGPU, one online softmax per query row.

Cache of a layer: keys [kv head · channel, row], values [row, kv head · channel]. A workgroup has a
thread per channel: it scores that many keys at a time (thread = key), then adds up their values
(thread = channel), for all query rows that it holds. Milakov & Gimelshein, arXiv 1805.02867.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tvm import tirx
from tvm.script import tirx as T

MASKED = -1e30


@dataclass(frozen=True)
class AttentionShape:
    """Heads, channels and KV rows of one layer."""

    heads: int
    kv_heads: int
    head_dim: int
    rows: int

    @property
    def group(self) -> int:
        """Query heads that share one key/value head."""
        return self.heads // self.kv_heads


def rope_append(shape: AttentionShape, table: int) -> tirx.PrimFunc:
    """Rotate queries and keys by position, append keys and values to the cache.

    qkv [n, (H + 2·KV)·D] → q [n, H·D]; channel i pairs with i + D/2; `cos`, `sin` [table, D/2].
    """
    H, KV, D, RW = shape.heads, shape.kv_heads, shape.head_dim, shape.rows
    half, width = D // 2, (H + 2 * KV) * D

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
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, m = T.int64(), T.int64()
        x = T.match_buffer(x_h, (n, width), "float32")
        cos = T.match_buffer(c_h, (table, half), "float32")
        sin = T.match_buffer(s_h, (table, half), "float32")
        positions = T.match_buffer(p_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m,), "int32")
        keys = T.match_buffer(k_h, (KV * D, RW), "float32")
        values = T.match_buffer(v_h, (RW, KV * D), "float32")
        q = T.match_buffer(q_h, (n, H * D), "float32")
        for by in T.thread_binding(n, thread="blockIdx.y"):
            for bx in T.thread_binding(H + 2 * KV, thread="blockIdx.x"):
                for tx in T.thread_binding(D, thread="threadIdx.x"):
                    with T.sblock("rope"):
                        T.reads()
                        T.writes()
                        out = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        out[0] = x[by, bx * D + tx]
                        if bx < H + KV:
                            if tx < half:
                                out[0] = (
                                    out[0] * cos[positions[by], tx]
                                    - x[by, bx * D + tx + half] * sin[positions[by], tx]
                                )
                            else:
                                out[0] = (
                                    out[0] * cos[positions[by], tx - half]
                                    + x[by, bx * D + tx - half] * sin[positions[by], tx - half]
                                )
                        if bx < H:
                            q[by, bx * D + tx] = out[0]
                        else:
                            if bx < H + KV:
                                keys[(bx - H) * D + tx, kv_rows[by]] = out[0]
                            else:
                                values[kv_rows[by], (bx - H - KV) * D + tx] = out[0]

    return append


def attend_prefix(shape: AttentionShape, row_tile: int) -> tirx.PrimFunc:
    """Causal attention of a prefill chunk: row r of q [n, H·D] sees cache rows 0 … pos + r.

    A workgroup holds `row_tile` consecutive rows of one head.
    """
    H, KV, D, RW, R = shape.heads, shape.kv_heads, shape.head_dim, shape.rows, row_tile
    group, scaling = shape.group, 1.0 / math.sqrt(shape.head_dim)

    @T.prim_func(s_tir=True, private=True)
    def attend(q_h: T.handle, k_h: T.handle, v_h: T.handle, pos: T.int64, o_h: T.handle):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n = T.int64()
        q = T.match_buffer(q_h, (n, H * D), "float32")
        keys = T.match_buffer(k_h, (KV * D, RW), "float32")
        values = T.match_buffer(v_h, (RW, KV * D), "float32")
        o = T.match_buffer(o_h, (n, H * D), "float32")
        for by in T.thread_binding((n + R - 1) // R, thread="blockIdx.y"):
            for bx in T.thread_binding(H, thread="blockIdx.x"):
                for tx in T.thread_binding(D, thread="threadIdx.x"):
                    with T.sblock("attend"):
                        T.reads()
                        T.writes()
                        query = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        score = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        weight = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        top = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        new = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        total = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        acc = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        s = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        kv = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        for r in T.unroll(R):
                            query[r * D + tx] = q[
                                T.min(by * R + r, n - 1), bx * D + tx
                            ] * T.float32(scaling)
                            top[r] = T.float32(MASKED)
                            total[r] = T.float32(0)
                            acc[r] = T.float32(0)
                        T.tvm_storage_sync("shared")
                        for t in T.serial((pos + T.min(by * R + R, n) + D - 1) // D):
                            for r in T.unroll(R):
                                s[r] = T.float32(0)
                            if t * D + tx < pos + n:
                                for d in T.serial(D):
                                    kv[0] = keys[(bx // group) * D + d, t * D + tx]
                                    for r in T.unroll(R):
                                        s[r] = s[r] + query[r * D + d] * kv[0]
                            for r in T.unroll(R):
                                if t * D + tx > pos + by * R + r:
                                    s[r] = T.float32(MASKED)
                                score[r * D + tx] = s[r]
                                new[r] = top[r]
                            T.tvm_storage_sync("shared")
                            for j in T.serial(D):
                                for r in T.unroll(R):
                                    new[r] = T.max(new[r], score[r * D + j])
                            for r in T.unroll(R):
                                acc[r] = acc[r] * T.exp(top[r] - new[r])
                                total[r] = total[r] * T.exp(top[r] - new[r])
                                top[r] = new[r]
                                weight[r * D + tx] = T.exp(s[r] - new[r])
                            T.tvm_storage_sync("shared")
                            for j in T.serial(T.min(D, pos + n - t * D)):
                                kv[0] = values[t * D + j, (bx // group) * D + tx]
                                for r in T.unroll(R):
                                    total[r] = total[r] + weight[r * D + j]
                                    acc[r] = acc[r] + weight[r * D + j] * kv[0]
                        for r in T.unroll(R):
                            if by * R + r < n:
                                o[by * R + r, bx * D + tx] = acc[r] / total[r]

    return attend


def attend_sequences(shape: AttentionShape) -> tirx.PrimFunc:
    """Attention of each sequence's newest row over the shared prefix and its own rows.

    A workgroup holds the query heads of one key/value head of one sequence. Key i is cache row i
    for i < plen, and `starts` + i - plen after that.
    """
    H, KV, D, RW, R = shape.heads, shape.kv_heads, shape.head_dim, shape.rows, shape.group
    scaling = 1.0 / math.sqrt(shape.head_dim)

    @T.prim_func(s_tir=True, private=True)
    def attend(
        q_h: T.handle,
        k_h: T.handle,
        v_h: T.handle,
        a_h: T.handle,
        r_h: T.handle,
        plen: T.int64,
        o_h: T.handle,
    ):
        T.func_attr({"tirx.is_scheduled": True, "tirx.noalias": True})
        n, m, m2 = T.int64(), T.int64(), T.int64()
        q = T.match_buffer(q_h, (n, H * D), "float32")
        keys = T.match_buffer(k_h, (KV * D, RW), "float32")
        values = T.match_buffer(v_h, (RW, KV * D), "float32")
        starts = T.match_buffer(a_h, (m,), "int32")
        kv_rows = T.match_buffer(r_h, (m2,), "int32")
        o = T.match_buffer(o_h, (n, H * D), "float32")
        for by in T.thread_binding(n, thread="blockIdx.y"):
            for bx in T.thread_binding(KV, thread="blockIdx.x"):
                for tx in T.thread_binding(D, thread="threadIdx.x"):
                    with T.sblock("attend"):
                        T.reads()
                        T.writes()
                        query = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        score = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        weight = T.sblock_alloc_buffer((R * D,), "float32", scope="shared")
                        top = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        new = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        total = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        acc = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        s = T.sblock_alloc_buffer((R,), "float32", scope="local")
                        kv = T.sblock_alloc_buffer((1,), "float32", scope="local")
                        row = T.sblock_alloc_buffer((1,), "int32", scope="local")
                        prefix: T.let[T.int32] = T.Cast("int32", plen)
                        start: T.let[T.int32] = starts[by]
                        length: T.let[T.int32] = prefix + kv_rows[by] - start + 1
                        for r in T.unroll(R):
                            query[r * D + tx] = q[by, (bx * R + r) * D + tx] * T.float32(scaling)
                            top[r] = T.float32(MASKED)
                            total[r] = T.float32(0)
                            acc[r] = T.float32(0)
                        T.tvm_storage_sync("shared")
                        for t in T.serial((length + D - 1) // D):
                            row[0] = t * D + T.Cast("int32", tx)
                            for r in T.unroll(R):
                                s[r] = T.float32(0)
                            if row[0] < length:
                                if row[0] >= prefix:
                                    row[0] = row[0] - prefix + start
                                for d in T.serial(D):
                                    kv[0] = keys[bx * D + d, row[0]]
                                    for r in T.unroll(R):
                                        s[r] = s[r] + query[r * D + d] * kv[0]
                            else:
                                for r in T.unroll(R):
                                    s[r] = T.float32(MASKED)
                            for r in T.unroll(R):
                                score[r * D + tx] = s[r]
                                new[r] = top[r]
                            T.tvm_storage_sync("shared")
                            for j in T.serial(D):
                                for r in T.unroll(R):
                                    new[r] = T.max(new[r], score[r * D + j])
                            for r in T.unroll(R):
                                acc[r] = acc[r] * T.exp(top[r] - new[r])
                                total[r] = total[r] * T.exp(top[r] - new[r])
                                top[r] = new[r]
                                weight[r * D + tx] = T.exp(s[r] - new[r])
                            T.tvm_storage_sync("shared")
                            for j in T.serial(T.min(D, length - t * D)):
                                row[0] = t * D + T.Cast("int32", j)
                                if row[0] >= prefix:
                                    row[0] = row[0] - prefix + start
                                kv[0] = values[row[0], bx * D + tx]
                                for r in T.unroll(R):
                                    total[r] = total[r] + weight[r * D + j]
                                    acc[r] = acc[r] + weight[r * D + j] * kv[0]
                        for r in T.unroll(R):
                            o[by, (bx * R + r) * D + tx] = acc[r] / total[r]

    return attend
