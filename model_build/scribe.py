"""The scribe's Node command, called from Python: JSON lines in and out.

The page's own code turns a transcript into token ids and tokens into a note, so that training and
evaluation can never disagree with what ships. See webui/src/node/scribe-cli.ts for the requests.
"""

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .node import ROOT, find_node

_END_SECONDS = 5
COMMAND = ROOT / "webui" / "src" / "node" / "scribe-cli.ts"


class ScribeError(Exception):
    """A request that the scribe did not answer.

    `code` is the scribe's own ('transcript-too-long', …) or 'process' when the process ended, did
    not start, or did not answer in time; after 'process' the scribe has to be opened anew.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class EncodedSection:
    """Token ids of one section's prompt and, where one was given, of its text with its stop."""

    key: str
    ids: list[int]
    limit: int
    target: list[int] | None


@dataclass(frozen=True)
class Encoded:
    """Token ids of a transcript in its frame, of each section, and the ids that end one."""

    prefix: list[int]
    sections: list[EncodedSection]
    stop: list[int]


class Scribe:
    """One scribe process on one model folder; a context manager, for one thread at a time.

    Args:
        model: a built model folder. Its weights are loaded by the first `generate`.
        threads: of the engine; None lets it choose.
        kernels: 'int16' (what ships) or 'int8'.
        timeout: seconds that one answer may take.
        command: the program and its arguments before the folder, for tests.
    """

    def __init__(
        self,
        model: Path,
        *,
        threads: int | None = None,
        kernels: str | None = None,
        timeout: float = 1800,
        command: Sequence[str] | None = None,
    ) -> None:
        self.model = model
        self._timeout = timeout
        options = [] if threads is None else ["--threads", str(threads)]
        options += [] if kernels is None else ["--kernels", kernels]
        self._command = [*(command or (find_node(), str(COMMAND))), str(model), *options]
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str | None] = queue.Queue()
        # A file, since nobody reads a pipe while an answer is awaited.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115

    def __enter__(self) -> Self:
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                encoding="utf-8",
            )
        except OSError as error:
            self._errors.close()
            program = self._command[0]
            raise ScribeError("process", f"{program} does not start ({error.strerror}).") from None
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):  # what it no longer reads is of no use
            if process.stdin:
                process.stdin.close()
        _exit_status(process)
        self._errors.close()

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Sends one request and waits for its answer.

        Raises:
            ScribeError: with the scribe's own sentence, or with what became of the process.
        """
        process = self._process
        if process is None or process.stdin is None:
            raise ScribeError("process", "The scribe's process is not running.")
        request = {"op": op, **{k: v for k, v in fields.items() if v is not None}}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except OSError:
            raise self._ended() from None
        try:
            line = self._answers.get(timeout=self._timeout)
        except queue.Empty:
            process.kill()  # a late answer would be taken for the next one's
            self.close()
            what = f"The scribe did not answer '{op}' within {self._timeout:g} seconds."
            raise ScribeError("process", what) from None
        if line is None:
            raise self._ended()
        try:
            answer = json.loads(line)
        except json.JSONDecodeError:
            self.close()
            raise ScribeError("process", f"The scribe wrote no JSON: {line[:200]!r}") from None
        if "error" in answer:
            error = answer["error"]
            raise ScribeError(str(error.get("code")), str(error.get("message")))
        return answer

    def ids(self, transcript: str, targets: Mapping[str, str] | None = None) -> Encoded:
        """Token ids of a transcript and the sections' prompts, and of the sections' texts."""
        answer = self.ask("ids", transcript=transcript, targets=dict(targets) if targets else None)
        sections = [
            EncodedSection(s["key"], s["ids"], s["limit"], s.get("target"))
            for s in answer["sections"]
        ]
        return Encoded(answer["prefix"], sections, answer["stop"])

    def encode(self, text: str) -> list[int]:
        """Token ids of a text alone."""
        return self.ask("encode", text=text)["ids"]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of token ids."""
        return self.ask("decode", ids=list(ids))["text"]

    def compose(self, sections: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """The note as it is shown and scored, from texts with the place where each is shown."""
        return self.ask("compose", sections=[dict(section) for section in sections])

    def generate(self, transcript: str, **options: Any) -> dict[str, Any]:
        """A note: {sections: [{key, shown, text, state, tokens}], text, figures}.

        Args:
            transcript: as text; the scribe tidies line ends itself.
            options: limit, ignore_stop, greedy, temperature, top_p, seed.
        """
        return self.ask("generate", transcript=transcript, **options)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout:
            with process.stdout as lines:
                for line in lines:
                    self._answers.put(line)
        self._answers.put(None)

    def _ended(self) -> ScribeError:
        status = self._process and _exit_status(self._process)
        self._errors.seek(0)
        told = self._errors.read().strip()[-800:]
        self.close()
        what = f"The scribe's process ended with status {status}"
        return ScribeError("process", f"{what}: {told}" if told else f"{what}.")


def _exit_status(process: subprocess.Popen[str]) -> int:
    """The status of a process that is about to end, or is ended here where it does not."""
    try:
        return process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
