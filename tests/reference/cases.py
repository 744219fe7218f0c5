"""The prompts and limits of the comparison with the reference."""

from dataclasses import dataclass

from tokenizers import Tokenizer

from model_build.presets import PRESETS
from tests.support.build import ROOT, built_model

SAMPLES = ROOT / "webui" / "samples"
# Uneven on purpose: one ends on a chunk of 128, one within a row of four, one a single row after.
LENGTHS = (256, 301, 385)


@dataclass(frozen=True)
class Limit:
    """What a model's logits may differ by on one target."""

    max_difference: float | None = None
    mean_kl: float | None = None
    relative_rms: float | None = None


CPU_LIMITS = {
    "smollm2-135m": Limit(max_difference=3e-2, mean_kl=1e-5),
    "tiny": Limit(relative_rms=1e-3),
    "llama-3.2-1b-2layer": Limit(relative_rms=1e-3),
}
GPU_LIMITS = {
    "smollm2-135m": Limit(max_difference=2e-3),
    "tiny": Limit(relative_rms=1e-3),
    "llama-3.2-1b-2layer": Limit(relative_rms=1e-3),
}


def prompts(model: str) -> list[list[int]]:
    """Token ids of the beginnings of three sample visits; the tokenizer is the default model's.

    A model with random weights takes any ids of its vocabulary, so it gets the same.
    """
    tokenizer = Tokenizer.from_file(str(built_model("smollm2-135m") / "tokenizer.json"))
    texts = [path.read_text() for path in sorted(SAMPLES.iterdir()) if path.suffix == ".txt"]
    if len(texts) < len(LENGTHS):
        raise RuntimeError(f"{SAMPLES} holds {len(texts)} sample visits, three are needed")
    result = []
    for text, length in zip(texts, LENGTHS, strict=False):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        if len(ids) < length:
            raise RuntimeError(f"a sample visit has {len(ids)} tokens, {length} are needed")
        result.append(ids[:length])
    assert max(max(ids) for ids in result) < PRESETS[model].vocab
    return result
