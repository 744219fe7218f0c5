"""Attention over a row of trees, by its structure instead of a mask of all tokens by all tokens.

`transformers` calls `tree_attention` in place of its own; the trees come along as the keyword
`trees` of the model's forward pass. In float32 on a CPU, blocks of queries meet only the keys that
they see, in matrix products whose scores stay in the cache; the three query heads of SmolLM2 that
share a key head are stacked as rows of one product. Elsewhere torch's own kernels get one call for
each transcript and each section.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.nn import functional
from transformers import AttentionInterface

from .rows import Tree

NAME = "tree"
BLOCK = 128
"""Queries of one block: larger wastes work above the diagonal, smaller makes thin products."""

Span = tuple[int, int]


def tree_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float,
    trees: Sequence[Tree],
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as `transformers` asks for it.

    Args:
        module: the attention layer, of no interest here.
        query: [1, heads, tokens, channels].
        key: [1, key heads, tokens, channels], as is `value`.
        value: see `key`.
        attention_mask: not used; what is seen follows from the trees.
        scaling: factor of the scores.
        trees: the row's trees.

    Returns:
        [1, tokens, heads, channels], and no attention weights.
    """
    if query.device.type == "cpu" and query.dtype == torch.float32:
        out = _TreeAttention.apply(query[0] * scaling, key[0], value[0], tuple(trees))
    else:
        out = _by_segments(query, key, value, scaling, trees)[0]
    return out.transpose(0, 1)[None], None


AttentionInterface.register(NAME, tree_attention)


def _by_segments(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float,
    trees: Sequence[Tree],
) -> torch.Tensor:
    """One call of torch's own attention for each transcript and each fork."""
    groups = query.shape[1] // key.shape[1]
    key, value = (t.repeat_interleave(groups, 1) for t in (key, value))
    parts = []
    for tree in trees:
        whole = slice(tree.start, tree.prefix_end)
        parts.append(
            functional.scaled_dot_product_attention(
                *(t[:, :, whole] for t in (query, key, value)), is_causal=True, scale=scaling
            )
        )
        for begin, end in tree.forks:
            keys, values = (
                torch.cat([t[:, :, whole], t[:, :, begin:end]], 2) for t in (key, value)
            )
            seen = torch.ones(end - begin, keys.shape[2], dtype=torch.bool, device=query.device)
            parts.append(
                functional.scaled_dot_product_attention(
                    query[:, :, begin:end],
                    keys,
                    values,
                    attn_mask=seen.tril(tree.prefix_end - tree.start),
                    scale=scaling,
                )
            )
    return torch.cat(parts, 2)


def _blocks(trees: Sequence[Tree]) -> Iterator[tuple[Span, tuple[Span, ...]]]:
    """Blocks of queries, and the spans of keys that each one sees.

    The last span ends with the block itself, of which each query sees the part up to itself.
    """
    for tree in trees:
        for begin in range(tree.start, tree.prefix_end, BLOCK):
            end = min(begin + BLOCK, tree.prefix_end)
            yield (begin, end), ((tree.start, end),)
        for first, last in tree.forks:
            for begin in range(first, last, BLOCK):
                end = min(begin + BLOCK, last)
                yield (begin, end), ((tree.start, tree.prefix_end), (first, end))


class _Scratch:
    """Two buffers for scores that all blocks share, and the mask of a block's own square."""

    def __init__(self, like: torch.Tensor) -> None:
        self._like = like
        self._buffers: list[torch.Tensor | None] = [None, None]
        self._later = torch.full((BLOCK, BLOCK), -torch.inf, dtype=like.dtype).triu(1)

    def scores(self, which: int, rows: int, columns: int) -> torch.Tensor:
        buffer = self._buffers[which]
        if buffer is None or buffer.numel() < rows * columns:
            buffer = self._buffers[which] = self._like.new_empty(rows * columns * 5 // 4)
        return buffer[: rows * columns].view(rows, columns)

    def probabilities(
        self, queries: torch.Tensor, key: torch.Tensor, spans: Sequence[Span]
    ) -> torch.Tensor:
        """Softmax of one head's scores. `queries` [stack, block, channels], `key` [tokens, …]."""
        stack, block, channels = queries.shape
        columns = sum(end - begin for begin, end in spans)
        scores = self.scores(0, stack * block, columns)
        flat, at = queries.reshape(-1, channels), 0
        for begin, end in spans:
            torch.mm(flat, key[begin:end].T, out=scores[:, at : at + end - begin])
            at += end - begin
        scores.view(stack, block, columns)[..., columns - block :] += self._later[:block, :block]
        return torch.softmax(scores, -1, out=scores)


class _TreeAttention(torch.autograd.Function):
    """Queries [heads, tokens, channels] (scaled), keys and values [key heads, tokens, channels]."""

    @staticmethod
    def forward(
        ctx: Any, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, trees: Any
    ) -> torch.Tensor:
        heads, tokens, channels = query.shape
        stacked = query.reshape(len(key), -1, tokens, channels)
        key, value = key.contiguous(), value.contiguous()
        out = torch.empty_like(stacked)
        scratch = _Scratch(query)
        for (begin, end), spans in _blocks(trees):
            for head in range(len(key)):
                weights = scratch.probabilities(stacked[head, :, begin:end], key[head], spans)
                mixed, at = None, 0
                for first, last in spans:
                    part = weights[:, at : at + last - first]
                    at += last - first
                    if mixed is None:
                        mixed = part @ value[head, first:last]
                    else:
                        mixed.addmm_(part, value[head, first:last])
                out[head, :, begin:end] = mixed.view(-1, end - begin, channels)
        ctx.save_for_backward(stacked, key, value)
        ctx.trees = trees
        return out.view(heads, tokens, channels)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        stacked, key, value = ctx.saved_tensors
        channels = key.shape[-1]
        grad = grad.reshape(stacked.shape)
        d_query = torch.empty_like(stacked)
        d_key, d_value = torch.zeros_like(key), torch.zeros_like(value)
        scratch = _Scratch(stacked)
        for (begin, end), spans in _blocks(ctx.trees):
            for head in range(len(key)):
                queries = stacked[head, :, begin:end]
                weights = scratch.probabilities(queries, key[head], spans)
                above = grad[head, :, begin:end].reshape(-1, channels)
                d_scores, at = scratch.scores(1, *weights.shape), 0
                for first, last in spans:
                    part = slice(at, at + last - first)
                    at += last - first
                    d_value[head, first:last].addmm_(weights[:, part].T, above)
                    torch.mm(above, value[head, first:last].T, out=d_scores[:, part])
                torch.ops.aten._softmax_backward_data.out(
                    d_scores, weights, -1, weights.dtype, grad_input=d_scores
                )
                flat, mixed, at = queries.reshape(-1, channels), None, 0
                for first, last in spans:
                    part = slice(at, at + last - first)
                    at += last - first
                    d_key[head, first:last].addmm_(d_scores[:, part].T, flat)
                    if mixed is None:
                        mixed = d_scores[:, part] @ key[head, first:last]
                    else:
                        mixed.addmm_(d_scores[:, part], key[head, first:last])
                d_query[head, :, begin:end] = mixed.view(-1, end - begin, channels)
        return d_query.view(-1, *d_query.shape[2:]), d_key, d_value, None
