"""The reference: `transformers`' Llama in float32 on the very weights that a model folder holds."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model_build.hugging_face import config_arguments
from model_build.presets import LlamaConfig
from tests.support.build import REFERENCE_CACHE

Logits = NDArray[np.float32]

STRIDE = 16
STEPS = 64


@dataclass(frozen=True)
class Reference:
    """Logits after chosen positions of a prompt and after each greedily decoded token."""

    ids: list[int]
    at: list[int]
    """Positions of `ids`: every 16th and the last."""
    feed: list[int]
    """The reference's own greedy tokens, in the order in which they are fed."""
    logits: Logits
    """[len(at) + len(feed), vocabulary]."""

    @property
    def prefill(self) -> Logits:
        """The rows of the prompt."""
        return self.logits[: len(self.at)]

    @property
    def decode(self) -> Logits:
        """The rows of the fed tokens."""
        return self.logits[len(self.at) :]


def positions(length: int) -> list[int]:
    """Every 16th position of a prompt, and its last."""
    return sorted({*range(0, length, STRIDE), length - 1})


def _hf_model(folder: Path, config: LlamaConfig):
    import torch
    from transformers import LlamaConfig as HFConfig
    from transformers import LlamaForCausalLM

    from model_build.package import dequantized_state_dict

    hf_config = HFConfig(**config_arguments(config), attn_implementation="eager", dtype="float32")
    with torch.device("meta"):
        model = LlamaForCausalLM(hf_config)
    weights = dequantized_state_dict(folder)
    state = {name: torch.from_numpy(value) for name, value in weights.items()}
    if config.tied:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    missing = model.load_state_dict(state, strict=True, assign=True)
    assert not missing.missing_keys
    # Buffers that a checkpoint does not hold (RoPE's frequencies) were left on the meta device.
    model.model.rotary_emb = type(model.model.rotary_emb)(hf_config)
    return model.eval()


def _compute(folder: Path, config: LlamaConfig, prompts: list[list[int]]) -> list[Reference]:
    import torch

    model = _hf_model(folder, config)
    result = []
    with torch.inference_mode():
        for ids in prompts:
            at = positions(len(ids))
            out = model(torch.tensor([ids]), use_cache=True, logits_to_keep=torch.tensor(at))
            rows = [out.logits[0]]
            cache = out.past_key_values
            feed = []
            for _ in range(STEPS):
                feed.append(int(rows[-1][-1].argmax()))
                out = model(torch.tensor([feed[-1:]]), past_key_values=cache, use_cache=True)
                rows.append(out.logits[0])
            logits = torch.cat(rows).numpy().astype(np.float32)
            result.append(Reference(ids, at, feed, logits))
    return result


def _key(folder: Path, prompts: list[list[int]]) -> str:
    import torch
    import transformers

    manifest = json.loads((folder / "manifest.json").read_text())
    weights = [
        entry["sha256"]
        for entry in manifest["files"]
        if entry["path"].startswith(("params_shard", "tensor-cache"))
    ]
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    what = [weights, manifest["model"], prompts, torch.__version__, transformers.__version__, code]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:24]


def references(folder: Path, config: LlamaConfig, prompts: list[list[int]]) -> list[Reference]:
    """The reference for each prompt on a model folder's weights; computed once and kept on disk.

    Args:
        folder: a model folder as `model_build` writes it.
        config: the shape of its model.
        prompts: token ids, at least one each.
    """
    path = REFERENCE_CACHE / folder.name / f"{_key(folder, prompts)}.npz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("*.npz"):
            old.unlink()
        found = _compute(folder, config, prompts)
        partial = path.with_suffix(".partial.npz")
        np.savez(
            partial,
            **{f"logits{i}": r.logits for i, r in enumerate(found)},
            **{f"feed{i}": np.array(r.feed) for i, r in enumerate(found)},
        )
        partial.rename(path)
    with np.load(path) as kept:
        return [
            Reference(ids, positions(len(ids)), kept[f"feed{i}"].tolist(), kept[f"logits{i}"])
            for i, ids in enumerate(prompts)
        ]
