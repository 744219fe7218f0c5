"""Several models behind one server, each asked by its name."""

from __future__ import annotations

from typing import Any

from ..chat import BadAnswer, ChatClient
from .errors import SynthError


class Chat(ChatClient):
    """As `ChatClient`; raises SynthError."""

    error = SynthError

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, model="named by each request", **options)

    def ask(self, model: str, system: str, user: str, **options: Any) -> str:
        """The answer of a model to one message.

        Raises:
            SynthError: where the server is down, refuses, or answers with something else.
        """
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        try:
            return self.complete(messages, model=model, **options).text
        except BadAnswer as bad:
            raise SynthError(f"{self.address}: {bad}") from None
