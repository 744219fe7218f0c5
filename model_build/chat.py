"""A client for servers that speak the OpenAI protocol (Ollama, vLLM, llama.cpp, hosted ones)."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx

KEY_VARIABLE = "OPENAI_API_KEY"
_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_LONGEST_WAIT = 60.0


class ChatError(Exception):
    """A request that no server fulfilled, as a sentence."""


class BadAnswer(Exception):
    """The server answered, but not with what the protocol says."""


@dataclass(frozen=True)
class Answer:
    """A completion: its text, why it ended ('stop', 'length', …), and its tokens if told."""

    text: str
    finish: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


def chat_address(url: str) -> str:
    """The chat completions' address of a server, whatever part of it is given."""
    base = url.rstrip("/")
    if base.endswith("/chat/completions"):
        return base
    if base.endswith("/v1"):
        return f"{base}/chat/completions"
    return f"{base}/v1/chat/completions"


class ChatClient:
    """Sends chat requests; may be used from several threads.

    Connections that fail, timeouts and the statuses of an overloaded server are tried again after
    growing pauses, or after the pause that the server names.

    Args:
        url: the server, with or without `/v1`.
        model: its name for the model; None asks the server and takes the first one it has.
        timeout: seconds for one answer.
        tries: how often a request is sent before it counts as failed.
        pause: seconds before the second try; each further one waits twice as long.
        sleep: waits; for tests.
    """

    error: ClassVar[type[Exception]] = ChatError
    """Raised where the server is down, refuses, or does not answer in time."""
    hint: ClassVar[str] = "is the server running?"
    """What to add for people when the last try has failed."""

    def __init__(
        self,
        url: str,
        model: str | None = None,
        *,
        timeout: float = 600,
        tries: int = 5,
        pause: float = 1.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = chat_address(url)
        self._tries, self._pause, self._sleep = tries, pause, sleep
        self._timeout = timeout
        key = os.environ.get(KEY_VARIABLE)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(timeout=httpx.Timeout(timeout, connect=10), headers=headers)
        self.model = model or self._first_model()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def complete(self, messages: Sequence[dict[str, str]], **options: Any) -> Answer:
        """One completion.

        Args:
            messages: as the protocol has them, `role` and `content`.
            options: further fields of the request (temperature, seed, response_format, …).

        Raises:
            ChatError: or the class's own error, where the server is down, refuses the request, or
                does not answer in time.
            BadAnswer: where it answers with something else than a completion.
        """
        body = {"model": self.model, "messages": list(messages), **options}
        return _completion(self._send("POST", self.address, body))

    def _first_model(self) -> str:
        address = self.address.removesuffix("/chat/completions") + "/models"
        try:
            return str(self._send("GET", address, None).json()["data"][0]["id"])
        except (ValueError, KeyError, IndexError, TypeError):
            raise self.error(
                f"{address} does not say which models it has; name one with --model-name."
            ) from None

    def _send(self, method: str, address: str, body: dict[str, Any] | None) -> httpx.Response:
        pause = self._pause
        for last in [False] * (self._tries - 1) + [True]:
            wait = pause
            try:
                response = self._http.request(method, address, json=body)
            except httpx.TimeoutException:
                problem = f"{address} did not answer within {self._timeout:g} seconds"
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise self.error(f"{address} is not an address ({error}).") from None
            except httpx.TransportError as error:
                problem = f"{address} cannot be reached ({error or type(error).__name__})"
            else:
                if response.is_success:
                    return response
                problem = f"{address} answered {response.status_code}: {_said(response)}"
                if response.status_code not in _RETRIED:
                    raise self.error(f"{problem}.")
                wait = max(wait, _retry_after(response))
            if last:
                raise self.error(f"{problem}, {self._tries} times; {self.hint}")
            self._sleep(min(wait, _LONGEST_WAIT))
            pause *= 2
        raise AssertionError("unreachable")


def _retry_after(response: httpx.Response) -> float:
    try:
        return float(response.headers.get("retry-after", 0))
    except ValueError:  # a date
        return 0.0


def _said(response: httpx.Response) -> str:
    """The server's own words on an error, short."""
    try:
        error = response.json()["error"]
        text = error["message"] if isinstance(error, dict) else str(error)
    except (ValueError, KeyError, TypeError):
        text = response.text
    return " ".join(text.split())[:200] or response.reason_phrase


def _completion(response: httpx.Response) -> Answer:
    try:
        value = response.json()
        choice = value["choices"][0]
        text = choice["message"]["content"]
        usage = value.get("usage") or {}
        if not isinstance(text, str):
            raise TypeError
        return Answer(
            text,
            choice.get("finish_reason"),
            usage.get("prompt_tokens"),
            usage.get("completion_tokens"),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        start = " ".join(response.text.split())[:120]
        raise BadAnswer(f"the answer is no completion: {start!r}") from None
