"""A server that speaks the OpenAI protocol on 127.0.0.1, well or badly, as its script says."""

import http.server
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """One answer of the server.

    `content` is the message's text, or a callable that makes it from the request. `status` other
    than 200 sends an error; `raw` replaces the whole body; `delay` comes first, in seconds.
    """

    content: str | Callable[[dict[str, Any]], str] = "A note."
    status: int = 200
    raw: str | None = None
    delay: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


class ChatServer:
    """Answers with the replies in turn; the last one goes on for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies or [Reply()])
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()

    def __enter__(self) -> "ChatServer":
        handler = type("Handler", (_Handler,), {"owner": self})
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def take(self, request: dict[str, Any], key: str | None) -> Reply:
        with self._lock:
            self.requests.append(request)
            self.keys.append(key)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def count(self, step: int) -> None:
        with self._lock:
            self._now += step
            self.most_at_once = max(self.most_at_once, self._now)


class _Handler(http.server.BaseHTTPRequestHandler):
    owner: ChatServer

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send(200, json.dumps({"data": [{"id": "first-model"}]}), {})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.owner.take(request, self.headers.get("Authorization"))
        self.owner.count(1)
        try:
            time.sleep(reply.delay)
        finally:
            self.owner.count(-1)
        if reply.hang_up:
            self.connection.close()
            return
        text = reply.content(request) if callable(reply.content) else reply.content
        body = {
            "choices": [
                {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            ],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7},
        }
        if reply.status != 200:
            body = {"error": {"message": text}}
        self._send(reply.status, reply.raw or json.dumps(body), reply.headers)

    def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
        data = body.encode()
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # the client has given up
            self.close_connection = True
