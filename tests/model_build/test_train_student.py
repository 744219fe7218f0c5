"""The model that trains against PEFT's and the build's own arithmetic."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")

from model_build.adapter import AdaptedCheckpoint  # noqa: E402
from model_build.checkpoint import (  # noqa: E402
    CheckpointError,
    FolderCheckpoint,
    GGUFCheckpoint,
)
from model_build.package import pack_weights  # noqa: E402
from model_build.quantize import QUANTIZATIONS, dequantize, quantize_linear  # noqa: E402
from model_build.train import attention  # noqa: E402
from model_build.train.errors import TrainError  # noqa: E402
from model_build.train.examples import Example, Fork  # noqa: E402
from model_build.train.model import LAYERS, LoraShape, Student, load_base  # noqa: E402
from model_build.train.rounding import rounding_of  # noqa: E402
from model_build.train.rows import make_row  # noqa: E402
from model_build.unpack import dequantized_state_dict  # noqa: E402
from tests.model_build.toys import write_gguf  # noqa: E402
from tests.model_build.train_toys import toy_folder  # noqa: E402

SHAPE = LoraShape(rank=4, alpha=8)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> FolderCheckpoint:
    return FolderCheckpoint(toy_folder(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def example() -> Example:
    rng = np.random.default_rng(4)

    def ids(count: int) -> list[int]:
        return rng.integers(3, 250, count).tolist()

    forks = tuple(Fork(key, ids(5), ids(9)) for key in ("subjective", "plan"))
    return Example("a", "file, row 1", ids(30), forks)


def student(base: FolderCheckpoint, **options) -> Student:
    """A student whose B is not zero, so that it differs from its base."""
    made = Student(base, SHAPE, **options)
    if "adapter" not in options:
        generator = torch.Generator().manual_seed(7)
        with torch.no_grad():
            for layer in made.layers:
                _, b = layer.factors()
                b.copy_(torch.randn(b.shape, generator=generator) / 8)
        made.refresh()
    return made


def plain_losses(model, example: Example) -> torch.Tensor:
    """Losses by `transformers` alone: every section behind its transcript, one by one."""
    losses = []
    for fork in example.forks:
        ids = torch.tensor([[*example.prefix, *fork.prompt, *fork.target]])
        logits = model(input_ids=ids).logits[0]
        first = len(example.prefix) + len(fork.prompt)
        losses.append(
            torch.nn.functional.cross_entropy(
                logits[first - 1 : -1], ids[0, first:], reduction="none"
            )
        )
    return torch.cat(losses)


def with_peft(base: FolderCheckpoint, folder: Path):
    """PEFT's own model of an adapter folder, on `transformers`' own attention."""
    model = load_base(base, torch.float32)
    model.config._attn_implementation = "sdpa"
    return peft.PeftModel.from_pretrained(model, folder, is_trainable=True)


def test_losses_and_gradients_are_pefts(
    base: FolderCheckpoint, example: Example, tmp_path: Path
) -> None:
    ours = student(base)
    ours.save(tmp_path / "adapter")
    theirs = with_peft(base, tmp_path / "adapter")
    losses = ours.losses(make_row([example]))
    expected = plain_losses(theirs, example)
    torch.testing.assert_close(losses, expected, atol=2e-5, rtol=1e-4)
    names = [n for n, _ in ours.peft.named_parameters() if ".lora_" in n]
    by_name = dict(theirs.named_parameters())
    gradients = torch.autograd.grad(
        losses.sum(), [dict(ours.peft.named_parameters())[n] for n in names]
    )
    wanted = torch.autograd.grad(expected.sum(), [by_name[n] for n in names])
    assert len(names) == 2 * len(LAYERS) * base.config.layers
    for name, one, other in zip(names, gradients, wanted, strict=True):
        assert (one - other).norm() <= 1e-4 * other.norm(), name


def test_a_build_merges_what_peft_merges(base: FolderCheckpoint, tmp_path: Path) -> None:
    student(base).save(tmp_path / "adapter")
    merged = AdaptedCheckpoint(base, tmp_path / "adapter")
    theirs = with_peft(base, tmp_path / "adapter").merge_and_unload().state_dict()
    for name in base.shapes:
        np.testing.assert_allclose(merged.tensor(name), theirs[name].numpy(), atol=1e-5)


def test_a_disabled_adapter_is_the_base(base: FolderCheckpoint, example: Example) -> None:
    row = make_row([example])
    ours = student(base)
    with ours.peft.disable_adapter():
        without = ours.losses(row)
    torch.testing.assert_close(without, Student(base, SHAPE).losses(row))
    assert (without - ours.losses(row)).abs().max() > 0.01


def test_training_goes_on_from_an_adapter(
    base: FolderCheckpoint, example: Example, tmp_path: Path
) -> None:
    first = student(base)
    first.save(tmp_path / "adapter")
    second = student(base, adapter=tmp_path / "adapter")
    assert second.shape == SHAPE
    for one, other in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, other)
    row = make_row([example])
    assert torch.equal(first.losses(row), second.losses(row))
    first.save(tmp_path / "half", torch.float16)
    third = student(base, adapter=tmp_path / "half")
    assert {p.dtype for p in third.parameters()} == {torch.float32}
    torch.testing.assert_close(third.losses(row), first.losses(row), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("name", sorted(QUANTIZATIONS))
def test_rounding_is_the_builds(base: FolderCheckpoint, name: str) -> None:
    rng = np.random.default_rng(8)
    weight = rng.normal(size=(40, 96)).astype(np.float32)
    weight[3] = 0
    weight[4, :32] = 0.25
    weight[5, 32:64] = np.abs(weight[5, 32:64])
    expected = dequantize(quantize_linear(weight, QUANTIZATIONS[name]))
    rounding = rounding_of(name, base, "model.layers.0.mlp.up_proj.weight")
    np.testing.assert_array_equal(rounding(torch.from_numpy(weight.copy())).numpy(), expected)


@pytest.mark.parametrize("kind", ["folder", "gguf"])
@pytest.mark.parametrize("quantization", ["q4a16", "q4f16_1"])
def test_a_build_has_the_losses_that_were_trained_through(
    base: FolderCheckpoint, example: Example, tmp_path: Path, kind: str, quantization: str
) -> None:
    if kind == "gguf":  # its base lies on a grid of 4 bits already
        state = {n: base.tensor(n) for n in base.shapes}
        base = GGUFCheckpoint(write_gguf(tmp_path / "toy.gguf", config=base.config, state=state))
    row = make_row([example])
    ours = student(base, quantization=quantization)
    ours.save(tmp_path / "adapter")
    (tmp_path / "built").mkdir()
    merged = AdaptedCheckpoint(base, tmp_path / "adapter")
    pack_weights(merged, QUANTIZATIONS[quantization], tmp_path / "built")
    built = load_base(base, torch.float32)
    built.config._attn_implementation = "sdpa"
    state = dequantized_state_dict(tmp_path / "built")
    built.load_state_dict({n: torch.from_numpy(v) for n, v in state.items()}, strict=False)
    losses, expected = ours.losses(row), plain_losses(built, example)
    unrounded = student(base).losses(row)
    assert (losses - expected).abs().max() < 0.1 * (unrounded - expected).abs().max()
    torch.testing.assert_close(losses.mean(), expected.mean(), atol=1e-3, rtol=1e-3)
    assert all(g.abs().sum() > 0 for g in torch.autograd.grad(losses.sum(), ours.parameters()))


def test_half_precision_learns_too(base: FolderCheckpoint, example: Example) -> None:
    row = make_row([example])
    ours = student(base, dtype=torch.bfloat16)
    losses = ours.losses(row)
    torch.testing.assert_close(losses, student(base).losses(row), atol=0.2, rtol=0.1)
    gradients = torch.autograd.grad(losses.sum(), ours.parameters())
    assert {g.dtype for g in gradients} == {torch.float32}


def test_adapters_that_do_not_fit_are_refused(base: FolderCheckpoint, tmp_path: Path) -> None:
    ours = student(base)
    ours.save(tmp_path / "adapter")
    settings = tmp_path / "adapter" / "adapter_config.json"
    weights = tmp_path / "adapter" / "adapter_model.safetensors"

    def copy(name: str) -> Path:
        return Path(shutil.copytree(tmp_path / "adapter", tmp_path / name))

    from safetensors.numpy import load_file, save_file

    tensors = load_file(weights)
    other = copy("other")
    save_file({n: np.repeat(t, 2, 1) for n, t in tensors.items()}, other / weights.name)
    with pytest.raises(CheckpointError, match="trained on another base model"):
        Student(base, SHAPE, adapter=other)

    less = copy("less")
    fewer = {n: t for n, t in tensors.items() if "layers.1.mlp" not in n}
    save_file(fewer, less / weights.name)
    with pytest.raises(TrainError, match="does not adapt all linear layers"):
        Student(base, SHAPE, adapter=less)

    uneven = copy("uneven")
    config = json.loads(settings.read_text())
    (uneven / settings.name).write_text(json.dumps(config | {"rank_pattern": {"q_proj": 2}}))
    with pytest.raises((TrainError, CheckpointError)):
        Student(base, SHAPE, adapter=uneven)

    cut = copy("cut")
    (cut / weights.name).write_bytes(weights.read_bytes()[:-9])
    with pytest.raises(CheckpointError, match="cut off"):
        Student(base, SHAPE, adapter=cut)


def test_the_attention_is_known_to_transformers(base: FolderCheckpoint) -> None:
    assert load_base(base, torch.float32).config._attn_implementation == attention.NAME
