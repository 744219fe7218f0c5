"""`endpoint:URL`: any model behind a server that speaks the OpenAI protocol."""

import hashlib
from typing import TYPE_CHECKING, Any

from model_build.data import Pair

from ..chat import Answer, BadAnswer, ChatClient
from ..errors import CaseFailed, EvalError
from .base import Prediction, System

if TYPE_CHECKING:
    from . import SystemOptions

INSTRUCTION = """You are a medical scribe. Write the clinical note of a visit from its transcript.
Use only what was said in it. Write these sections under headings in capitals, in this order:
CHIEF COMPLAINT, HISTORY OF PRESENT ILLNESS, REVIEW OF SYSTEMS, PHYSICAL EXAM, RESULTS,
ASSESSMENT AND PLAN. In the last one give each problem with its medical reasoning, testing and
treatment. Leave out a section of which nothing was said. Answer with the note alone."""
_TRIES = 3


class Endpoint(System):
    """Asks for the whole note in one request, several cases at once."""

    def __init__(self, url: str, options: "SystemOptions") -> None:
        self._instruction = INSTRUCTION
        if options.prompt:
            try:
                self._instruction = options.prompt.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise EvalError(f"{options.prompt} cannot be read ({error}).") from None
        self._client = ChatClient(url, options.model_name, timeout=options.timeout)
        self.name = self._client.model
        self.concurrency = options.concurrency
        self._sampling: dict[str, Any] = {"temperature": options.temperature, "seed": options.seed}
        if options.max_tokens:
            self._sampling["max_tokens"] = options.max_tokens

    def settings(self) -> dict[str, Any]:
        """Model, sampling and hash of the instruction."""
        digest = hashlib.sha256(self._instruction.encode()).hexdigest()
        return {"model": self._client.model, "prompt_sha256": digest, **self._sampling}

    def write(self, pair: Pair) -> Prediction:
        """The server's note.

        Raises:
            CaseFailed: where it keeps answering nonsense for this case.
            EvalError: where it is down, too slow, or refuses.
        """
        messages = [
            {"role": "system", "content": self._instruction},
            {"role": "user", "content": f"The transcript of the visit:\n\n{pair.transcript}"},
        ]
        why = ""
        for _ in range(_TRIES):
            try:
                answer = self._client.complete(messages, **self._sampling)
            except BadAnswer as bad:
                why = str(bad)
                continue
            if answer.text.strip():
                return _prediction(pair, answer)
            why = "the note is empty"
        raise CaseFailed(f"The server gave no note in {_TRIES} tries: {why}.")

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


def _prediction(pair: Pair, answer: Answer) -> Prediction:
    states = {"note": "limit" if answer.finish == "length" else "done"}
    extra = {} if answer.prompt_tokens is None else {"prompt_tokens": answer.prompt_tokens}
    return Prediction(
        pair.id, answer.text.strip(), states, tokens=answer.completion_tokens, extra=extra
    )
