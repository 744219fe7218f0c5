"""Rows of trees: what a token sees, where the losses are, and the order of the data."""

import random

import pytest

torch = pytest.importorskip("torch")

from model_build.train.attention import _by_segments, tree_attention  # noqa: E402
from model_build.train.examples import Example, Fork  # noqa: E402
from model_build.train.loss import CHUNK, token_losses  # noqa: E402
from model_build.train.order import plan_steps, share_out  # noqa: E402
from model_build.train.rows import make_row, pack  # noqa: E402


def example(
    name: str, prefix: int, *forks: tuple[int, int], rejected: int | None = None
) -> Example:
    """An example of tokens that count up; each fork has a prompt and a text of given lengths."""
    made = [
        Fork(f"s{i}", list(range(100, 100 + a)), list(range(200, 200 + b)))
        for i, (a, b) in enumerate(forks)
    ]
    if rejected is not None:
        right = made[0]
        wrong = [*right.target[:rejected], 999, 998]
        made.append(Fork(right.key, right.prompt, wrong, rejected))
    return Example(name, f"file, row {name}", list(range(prefix)), tuple(made))


TREES = [example("a", 300, (3, 150), (4, 1), (2, 40)), example("b", 5, (1, 9)), example("c", 130)]


def seen(trees) -> torch.Tensor:
    """Which token sees which, written down from the definition."""
    total = max([0, *(end for tree in trees for end in tree.fork_ends)])
    total = max(total, *(tree.prefix_end for tree in trees))
    mask = torch.zeros(total, total, dtype=torch.bool)
    for tree in trees:
        for i in range(tree.start, tree.prefix_end):
            mask[i, tree.start : i + 1] = True
        for begin, end in tree.forks:
            for i in range(begin, end):
                mask[i, tree.start : tree.prefix_end] = True
                mask[i, begin : i + 1] = True
    return mask


@pytest.mark.parametrize("way", ["blocks", "segments"])
def test_attention_equals_a_mask_of_all_tokens(way: str) -> None:
    row = make_row(TREES)
    torch.manual_seed(1)
    shapes = [(1, 6, row.tokens, 16), (1, 2, row.tokens, 16), (1, 2, row.tokens, 16)]
    inputs = [torch.randn(shape, requires_grad=True) for shape in shapes]
    q, k, v = inputs
    if way == "blocks":
        out = tree_attention(None, q, k, v, None, scaling=0.3, trees=row.trees)[0]
    else:
        out = _by_segments(q, k, v, 0.3, row.trees).transpose(1, 2)
    expected = torch.nn.functional.scaled_dot_product_attention(
        q,
        k.repeat_interleave(3, 1),
        v.repeat_interleave(3, 1),
        attn_mask=seen(row.trees),
        scale=0.3,
    ).transpose(1, 2)
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-4)
    above = torch.randn_like(out)
    ours = torch.autograd.grad((out * above).sum(), inputs)
    theirs = torch.autograd.grad((expected * above).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)


def test_every_note_token_has_its_loss_where_it_is_foretold() -> None:
    row = make_row([example("a", 4, (2, 3), (1, 2)), example("b", 2, (1, 1))])
    assert row.ids.tolist() == [0, 1, 2, 3, 100, 101, 200, 201, 100, 200, 0, 1, 100]
    assert row.positions.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 0, 1, 2]
    assert row.at.tolist() == [5, 6, 7, 8, 9, 12]
    assert row.labels.tolist() == [200, 201, 202, 200, 201, 200]
    assert row.written == 6


def test_a_rejected_text_counts_from_where_it_parts() -> None:
    plain = make_row([example("b", 2, (1, 1))])
    row = make_row([example("a", 4, (1, 4), (1, 2), rejected=2), example("b", 2, (1, 1))])
    assert row.written == 4 + 2 + plain.written
    (choice,) = row.choices
    assert row.labels[choice.chosen].tolist() == [202, 203]
    assert row.labels[choice.rejected].tolist() == [999, 998]
    assert row.ids[row.at[choice.rejected]].tolist() == [201, 999]


def test_losses_are_those_of_all_logits() -> None:
    torch.manual_seed(2)
    hidden = torch.randn(CHUNK + 7, 8, requires_grad=True)
    head, labels = torch.randn(30, 8), torch.randint(30, (CHUNK + 7,))
    ours = token_losses(hidden, head, labels)
    theirs = torch.nn.functional.cross_entropy(hidden @ head.T, labels, reduction="none")
    torch.testing.assert_close(ours, theirs)
    weights = torch.rand(len(labels))
    for one, other in zip(
        torch.autograd.grad((ours * weights).sum(), hidden),
        torch.autograd.grad((theirs * weights).sum(), hidden),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_packing_loses_nothing_and_keeps_to_the_size() -> None:
    chance = random.Random(3)
    every = [example(str(i), chance.randint(1, 90), (1, 9)) for i in range(40)]
    rows = pack(every, 80)
    assert sorted(e.id for row in rows for e in row) == sorted(e.id for e in every)
    sizes = [sum(e.tokens for e in row) for row in rows]
    assert all(size <= 80 or len(row) == 1 for size, row in zip(sizes, rows, strict=True))
    assert len(rows) < 40
    shares = share_out(rows, 3)
    loads = [sum(e.tokens for row in share for e in row) for share in shares]
    assert sum(map(len, shares)) == len(rows)
    assert max(loads) - min(loads) <= max(sizes)


def test_the_plan_goes_through_every_file_as_often_as_asked() -> None:
    long = [example(f"l{i}", 90, (1, 9)) for i in range(10)]
    short = [example(f"s{i}", 9, (1, 9)) for i in range(20)]
    files = [(long, 2.5), (short, 1.0)]
    plan = plan_steps(files, 200, seed=5)
    ids = [e.id for step in plan for e in step]
    counts = [sum(i.startswith(kind) for i in ids) for kind in "ls"]
    assert counts == [25, 20]
    assert {ids.count(f"l{i}") for i in range(10)} == {2, 3}
    # Both kinds come in both halves of the run.
    half = len(ids) // 2
    assert all(kind in "".join(part) for kind in "ls" for part in (ids[:half], ids[half:]))
    assert plan_steps(files, 200, seed=5) == plan
    assert plan_steps(files, 200, seed=6) != plan
    ordered = [e.id[0] for step in plan_steps(files, 200, seed=5, in_order=True) for e in step]
    assert ordered == ["l"] * 25 + ["s"] * 20


def test_rejected_texts_take_turns() -> None:
    base = example("a", 4, (1, 6))
    wrong = [Fork("s0", [100], [200, 900 + i], 1) for i in range(3)]
    every = Example(base.id, base.where, base.prefix, (*base.forks, *wrong))
    offered = [[f.target[1] for f in every.offer(visit, 2).rejected] for visit in range(3)]
    assert offered == [[900, 901], [902, 900], [901, 902]]
    assert every.offer(0, 0).tokens == base.tokens
