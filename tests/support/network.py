"""What a browser asked of the network, from the browser's own log of network events.

Chromium's `--log-net-log` holds every request of the whole browser: pages, workers, service
workers and the browser's own services. A test that only listens to page events misses some.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOCAL_SCHEMES = {"about", "blob", "data", "chrome", "chrome-extension", "devtools"}


@dataclass(frozen=True)
class Request:
    """A request that the browser started; the initiator is the origin of the page behind it."""

    url: str
    method: str
    initiator: str

    @property
    def by_page(self) -> bool:
        """False for what the browser itself began: the address bar and its own services."""
        return self.initiator.startswith(("http:", "https:"))


def read_log(path: Path) -> list[Request]:
    """The requests in a network log; the browser must have been closed.

    Raises:
        ValueError: when the log has no events, so that an empty log never passes for silence.
    """
    text = path.read_text()
    try:
        log = json.loads(text)
    except json.JSONDecodeError:  # a browser that was killed leaves the list open
        log = json.loads(text.rstrip().rstrip(",") + "]}")
    start = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    found = [
        Request(p["url"], p.get("method", "?"), p.get("initiator", ""))
        for p in (event.get("params", {}) for event in log["events"] if event["type"] == start)
        if "url" in p
    ]
    if not found:
        raise ValueError(f"{path} holds no request at all; was the browser closed before reading?")
    return found


def foreign(requests: Iterable[str], origin: str) -> list[str]:
    """The addresses that lie outside an origin such as `http://127.0.0.1:8000`."""
    own = urlsplit(origin)
    result = []
    for url in requests:
        parts = urlsplit(url)
        if parts.scheme in LOCAL_SCHEMES:
            continue
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            result.append(url)
    return result
