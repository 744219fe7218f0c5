"""`model:FOLDER --backend torch`: the same weights, dequantized, in `transformers`.

A cross-check of the engine: the scribe's own command turns the transcript into ids and the texts
into a note; only the model between them is another one. Greedy decoding in float32, one section
after the other from the transcript's cache. The engine's activations are integers, so that a text
may part from this one where two tokens lie close.
"""

import json
from pathlib import Path
from typing import Any

from model_build.data import Pair
from model_build.scribe import EncodedSection, Scribe, ScribeError

from ..errors import CaseFailed, EvalError
from .base import Prediction, System
from .model_folder import model_identity


def load_dequantized(folder: Path) -> Any:
    """A `transformers` Llama in float32 with the weights that a model folder stands for.

    Raises:
        EvalError: where the folder's configuration is not that of a Llama.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from model_build.mlc_config import CHAT_CONFIG
    from model_build.unpack import dequantized_state_dict

    about = json.loads((folder / CHAT_CONFIG).read_text(encoding="utf-8"))["model_config"]
    try:
        config = LlamaConfig(
            vocab_size=about["vocab_size"],
            hidden_size=about["hidden_size"],
            intermediate_size=about["intermediate_size"],
            num_hidden_layers=about["num_hidden_layers"],
            num_attention_heads=about["num_attention_heads"],
            num_key_value_heads=about["num_key_value_heads"],
            head_dim=about["head_dim"],
            rms_norm_eps=about["rms_norm_eps"],
            rope_parameters=_rope(about),
            max_position_embeddings=131072,  # no part in the arithmetic
            tie_word_embeddings=about["tie_word_embeddings"],
            attn_implementation="sdpa",
            dtype="float32",
        )
    except KeyError as error:
        raise EvalError(f"{folder / CHAT_CONFIG} lacks {error}.") from None
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    state = {n: torch.from_numpy(v) for n, v in dequantized_state_dict(folder).items()}
    if config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, strict=True, assign=True)
    # RoPE's frequencies are in no checkpoint and were left on the meta device.
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    return model.eval()


def _rope(about: dict[str, Any]) -> dict[str, Any]:
    scaling = about.get("rope_scaling") or {"rope_type": "default"}
    return {**scaling, "rope_theta": about.get("rope_theta", about.get("position_embedding_base"))}


class TorchModel(System):
    """Decodes with `transformers` what the scribe encodes."""

    def __init__(self, folder: Path, max_tokens: int | None = None) -> None:
        self._folder = folder
        self._identity = model_identity(folder)
        self._limit = max_tokens
        self._scribe: Scribe | None = None
        self._model: Any = None
        self.name = f"{folder.resolve().name} (torch)"

    def settings(self) -> dict[str, Any]:
        """Hashes of the model and the decoding."""
        return {**self._identity, "backend": "torch", "greedy": True, "limit": self._limit}

    def write(self, pair: Pair) -> Prediction:
        """The note as torch decodes it.

        Raises:
            CaseFailed: where the scribe refuses the transcript.
            EvalError: where the scribe's process ends.
        """
        import torch

        if self._scribe is None:
            self._scribe = Scribe(self._folder).__enter__()
            self._model = load_dequantized(self._folder)
            control = json.loads((self._folder / "prompt.json").read_text(encoding="utf-8"))
            self._least = {s["key"]: s.get("min_tokens", 0) for s in control["sections"]}
            self._no_repeat = control.get("no_repeat")
            self._shown = {s["key"]: s.get("shown", s["key"]) for s in control["sections"]}
        try:
            encoded = self._scribe.ids(pair.transcript)
            with torch.inference_mode():
                prefix = torch.tensor([encoded.prefix])
                out = self._model(prefix, use_cache=True, logits_to_keep=1)
                decoded = [
                    self._decode(out.past_key_values, len(encoded.prefix), section, encoded.stop)
                    for section in encoded.sections
                ]
            texts = [self._scribe.decode(ids) for ids, _ in decoded]
            parts = [
                {"shown": self._shown[section.key], "text": text}
                for section, text in zip(encoded.sections, texts, strict=True)
            ]
            note = self._scribe.compose(parts)["text"]
        except ScribeError as error:
            if error.code != "process":
                raise CaseFailed(str(error)) from None
            raise EvalError(str(error)) from None
        states = {s.key: state for s, (_, state) in zip(encoded.sections, decoded, strict=True)}
        return Prediction(pair.id, note, states, tokens=sum(len(ids) for ids, _ in decoded))

    def close(self) -> None:
        """Ends the scribe's process and frees the weights."""
        if self._scribe:
            self._scribe.close()
        self._scribe = self._model = None

    def _decode(
        self, cache: Any, prefix: int, section: EncodedSection, stop: list[int]
    ) -> tuple[list[int], str]:
        """Greedy ids of one section, and how it ended; the cache is cut back afterwards."""
        import torch

        limit = min(section.limit, self._limit or section.limit)
        ids: list[int] = []
        feed = section.ids
        state = "limit"
        while len(ids) < limit:
            out = self._model(torch.tensor([feed]), past_key_values=cache, logits_to_keep=1)
            logits = out.logits[0, -1]
            if len(ids) < self._least[section.key]:
                logits[stop] = -torch.inf
            if self._no_repeat:
                again = [i for i in repeating(ids, self._no_repeat) if not self._has_digit(i)]
                logits[again] = -torch.inf
            best = int(logits.argmax())
            if best in stop:
                state = "done"
                break
            ids.append(best)
            feed = [best]
        if added := cache.get_seq_length() - prefix:
            cache.crop(-added)
        return ids, state

    def _has_digit(self, token: int) -> bool:
        assert self._scribe
        return any("0" <= character <= "9" for character in self._scribe.decode([token]))


def repeating(ids: list[int], length: int) -> list[int]:
    """Tokens that would complete a chain of `length` tokens that `ids` holds already."""
    last = length - 1
    if len(ids) < last:
        return []
    tail = ids[len(ids) - last :]
    return [ids[i + last] for i in range(len(ids) - last) if ids[i : i + last] == tail]
