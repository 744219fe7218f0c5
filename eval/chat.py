"""The chat client as the evaluation uses it: what fails is an error of the evaluation."""

from model_build import chat
from model_build.chat import Answer, BadAnswer, chat_address

from .errors import EvalError

__all__ = ["Answer", "BadAnswer", "ChatClient", "chat_address"]


class ChatClient(chat.ChatClient):
    """As `model_build.chat.ChatClient`; raises EvalError."""

    error = EvalError
    hint = "finished notes are kept."
