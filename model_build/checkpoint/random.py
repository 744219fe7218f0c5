"""Seeded random weights for a preset, for tests: right in shape, without any meaning.

Each tensor is drawn on its own from its name and the seed, so a large model never lies in memory
whole and one tensor does not depend on which others were asked for.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from ..presets import SOURCES, LlamaConfig, Source
from ..tokenizer import llama3_stand_in
from .base import EMBEDDING, HEAD, Checkpoint
from .gguf import GGUFCheckpoint, gguf_of_package


class RandomCheckpoint(Checkpoint):
    """A preset's shape filled with normal noise.

    Linear layers have the deviation 1/sqrt(inputs) and the table 2/sqrt(hidden), so that
    activations stay near 1 and logits near 2; layers that write to the residual stream have half
    of it, and norms lie around 1.

    Args:
        config: the shape.
        seed: other seeds give other weights.
    """

    def __init__(self, config: LlamaConfig, seed: int = 0) -> None:
        super().__init__(
            config, f"{config.name} (random weights)", "none: random weights", test_model=True
        )
        self.seed = seed

    def _read(self, name: str) -> NDArray[np.float32]:
        key = hashlib.sha256(f"{self.seed}:{name}".encode()).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
        noise = generator.standard_normal(self.shapes[name], dtype=np.float32)
        if noise.ndim == 1:
            return 1 + noise * np.float32(0.1)
        gain = 1.0
        if name in (EMBEDDING, HEAD):
            gain = 2.0
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            gain = 0.5
        noise *= np.float32(gain / np.sqrt(noise.shape[1]))
        return noise

    def tokenizer_files(self) -> dict[str, bytes]:
        """The tokenizer of the preset's package; with Llama 3's control tokens where it needs them.

        Raises:
            CheckpointError: where the package is not installed.
        """
        source = SOURCES.get(self.config.name, Source(""))
        lender = GGUFCheckpoint(gguf_of_package(source.tokenizer_package))
        files = lender.tokenizer_files()
        if self.config.chat == "llama3":
            return llama3_stand_in(files, self.config.vocab)
        return files
