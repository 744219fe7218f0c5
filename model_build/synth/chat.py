"""A small client for servers that speak the OpenAI protocol (Ollama, vLLM, llama.cpp, hosted)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from .errors import SynthError

KEY_VARIABLE = "OPENAI_API_KEY"
_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class Chat:
    """Asks a server for completions; failures that pass are tried again after growing pauses.

    Args:
        url: the server, with or without `/v1`.
        timeout: seconds for one answer.
        tries: how often a request is sent before it counts as failed.
        pause: seconds before the second try; each further one waits twice as long.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 600,
        tries: int = 4,
        pause: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        try:
            import httpx
        except ImportError:
            raise SynthError(
                "an endpoint needs httpx; install it with `pip install 'browser-scribe[eval]'`"
            ) from None
        base = url.rstrip("/").removesuffix("/chat/completions")
        self.address = f"{base if base.endswith('/v1') else f'{base}/v1'}/chat/completions"
        key = os.environ.get(KEY_VARIABLE)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._httpx = httpx
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=10), headers=headers)
        self._tries, self._pause, self._sleep = tries, pause, sleep

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def ask(self, model: str, system: str, user: str, **options: Any) -> str:
        """The answer of a model to one message.

        Raises:
            SynthError: where the server is down, refuses, or answers with something else.
        """
        body = {
            "model": model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user},
            ],
            **options,
        }
        pause, problem = self._pause, ""
        for attempt in range(self._tries):
            if attempt:
                self._sleep(min(pause, 60))
                pause *= 2
            try:
                response = self._http.post(self.address, json=body)
            except self._httpx.HTTPError as error:
                problem = f"cannot be reached ({error or type(error).__name__})"
                continue
            if response.status_code in _RETRIED:
                problem = f"answered {response.status_code}"
                continue
            return self._content(response)
        raise SynthError(f"{self.address} {problem}, {self._tries} times; is the server running?")

    def _content(self, response: Any) -> str:
        if not response.is_success:
            said = " ".join(response.text.split())[:200]
            raise SynthError(f"{self.address} answered {response.status_code}: {said}")
        try:
            content = response.json()["choices"][0]["message"]["content"]
            if not isinstance(content, str):
                raise TypeError
        except (ValueError, KeyError, IndexError, TypeError):
            start = " ".join(response.text.split())[:120]
            raise SynthError(f"{self.address} answered with no completion: {start!r}") from None
        return content
