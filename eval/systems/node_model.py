"""`model:FOLDER`: the engine, scribe and weights that ship, headless in Node."""

from pathlib import Path
from typing import Any

from model_build.data import Pair
from model_build.scribe import Scribe, ScribeError

from ..errors import CaseFailed, EvalError
from .base import Prediction, System
from .model_folder import model_identity

_RESTARTS = 2


class NodeModel(System):
    """One Node process with the model, greedy decoding, all of the engine's threads."""

    def __init__(
        self,
        folder: Path,
        threads: int | None = None,
        kernels: str | None = None,
        max_tokens: int | None = None,
    ) -> None:
        self._folder = folder
        self._identity = model_identity(folder)
        self._threads, self._kernels, self._limit = threads, kernels, max_tokens
        self._scribe: Scribe | None = None
        self.name = folder.resolve().name

    def settings(self) -> dict[str, Any]:
        """Hashes of the model and the decoding; the engine gives the same for any threads."""
        decoding = {"greedy": True, "kernels": self._kernels or "int16", "limit": self._limit}
        return {**self._identity, "backend": "node", **decoding}

    def write(self, pair: Pair) -> Prediction:
        """The scribe's note.

        Raises:
            CaseFailed: where the scribe refuses the transcript (too long, empty).
            EvalError: where its process keeps ending.
        """
        for attempt in range(_RESTARTS + 1):
            try:
                answer = self._open().generate(pair.transcript, limit=self._limit, greedy=True)
            except ScribeError as error:
                if error.code != "process":
                    raise CaseFailed(str(error)) from None
                self.close()
                if attempt == _RESTARTS:
                    raise EvalError(str(error)) from None
            else:
                return _prediction(pair, answer)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Ends the process."""
        if self._scribe:
            self._scribe.close()
            self._scribe = None

    def _open(self) -> Scribe:
        if self._scribe is None:
            scribe = Scribe(self._folder, threads=self._threads, kernels=self._kernels)
            self._scribe = scribe.__enter__()
            self._scribe.ask("info")  # loads the weights, so that no note's time holds that
        return self._scribe


def _prediction(pair: Pair, answer: dict[str, Any]) -> Prediction:
    figures = answer["figures"]
    milliseconds = figures["readMilliseconds"] + figures["writeMilliseconds"]
    return Prediction(
        pair.id,
        answer["text"],
        states={section["key"]: section["state"] for section in answer["sections"]},
        tokens=figures["newTokens"],
        seconds=milliseconds / 1000,
        extra={
            "prefix_tokens": figures["prefixTokens"],
            "section_tokens": {s["key"]: s["tokens"] for s in answer["sections"]},
        },
    )
