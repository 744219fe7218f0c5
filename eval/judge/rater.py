"""One judge's ratings of notes: asked, checked, asked again where malformed, and cached."""

import json
import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import ValidationError

from ..chat import Answer, BadAnswer, ChatClient
from .cache import AnswerCache, content_key
from .rating import Rating, instruction, response_format

TRIES = 3


@dataclass
class Usage:
    """What the answers cost; those from the cache are counted apart."""

    asked: int = 0
    cached: int = 0
    malformed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class Subject:
    """What is judged: a transcript, and the note that some system wrote from it."""

    transcript: str
    note: str


class Rater:
    """One model in one pass.

    Args:
        model: the server's name of the model.
        connect: opens the server; called only when an answer is not in the cache.
        cache: where answers are kept.
        number: of the pass; each has its own seed and its own cached answers.
        concurrency: requests at once.
    """

    def __init__(
        self,
        model: str,
        connect: Callable[[], ChatClient],
        cache: AnswerCache,
        number: int = 1,
        concurrency: int = 4,
    ) -> None:
        self.name = model if number == 1 else f"{model}, pass {number}"
        self.usage = Usage()
        self._model, self._connect, self._cache = model, connect, cache
        self._number, self._concurrency = number, concurrency
        self._client: ChatClient | None = None
        self._lock = threading.Lock()

    def rate(
        self, subjects: Sequence[Subject], progress: Callable[[int], object]
    ) -> list[Rating | None]:
        """A rating for each subject, None where the model gave none that is well formed.

        Raises:
            EvalError: where the server is down or refuses; what it answered before is kept.
        """

        def one(subject: Subject) -> Rating | None:
            rating = self._rate(subject)
            progress(1)
            return rating

        with ThreadPoolExecutor(self._concurrency) as pool:
            futures = [pool.submit(one, subject) for subject in subjects]
            try:
                return [future.result() for future in futures]
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
            finally:
                if self._client:
                    self._client.close()
                    self._client = None

    def _rate(self, subject: Subject) -> Rating | None:
        text = f"TRANSCRIPT\n\n{subject.transcript}\n\nNOTE\n\n{subject.note or '(empty)'}"
        messages = [
            {"role": "system", "content": instruction()},
            {"role": "user", "content": text},
        ]
        options = {"temperature": 0.0, "seed": self._number, "response_format": response_format()}
        key = content_key({"model": self._model, "messages": messages, **options})
        kept = self._cache.get(key)
        if kept is not None:
            rating, _ = parse(str(kept.get("text")))
            if rating is not None:
                with self._lock:
                    self.usage.cached += 1
                return rating
        for _ in range(TRIES):
            try:
                answer = self._server().complete(messages, **options)
            except BadAnswer as bad:
                self._count(None)
                messages = [*messages[:2], {"role": "user", "content": f"{bad}. Answer again."}]
                continue
            rating, wrong = parse(answer.text)
            self._count(answer, malformed=rating is None)
            if rating is not None:
                self._cache.put(key, {"text": answer.text, "model": self._model})
                return rating
            messages = [
                *messages[:2],
                {"role": "assistant", "content": answer.text},
                {"role": "user", "content": f"That is not a valid answer: {wrong} Answer again."},
            ]
        return None

    def _server(self) -> ChatClient:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _count(self, answer: Answer | None, malformed: bool = True) -> None:
        with self._lock:
            self.usage.asked += 1
            self.usage.malformed += malformed
            if answer:
                self.usage.prompt_tokens += answer.prompt_tokens or 0
                self.usage.completion_tokens += answer.completion_tokens or 0


def parse(text: str) -> tuple[Rating | None, str]:
    """A rating from a judge's answer, or None and what is wrong with it.

    A fence of backticks around the object is allowed, since models without a grammar add one.
    """
    fenced = re.fullmatch(r"\s*```(?:json)?\s*(.*?)\s*```\s*", text, re.DOTALL)
    try:
        value = json.loads(fenced[1] if fenced else text)
    except json.JSONDecodeError as error:
        return None, f"it is not JSON ({error.msg} at character {error.pos})."
    try:
        return Rating.model_validate(value), ""
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in error.errors())
        return None, "; ".join(faults) + "."
