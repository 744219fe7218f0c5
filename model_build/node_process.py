"""A Node program that answers JSON lines, one answer a request, in order."""

import contextlib
import json
import queue
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, ClassVar, Self

_END_SECONDS = 5


class NodeError(Exception):
    """A request that the program did not answer.

    `code` is the program's own ('transcript-too-long', …) or 'process' when the process ended, did
    not start, or did not answer in time; after 'process' it has to be opened anew.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class NodeProcess:
    """One process; a context manager, for one thread at a time.

    Args:
        command: the program and its arguments.
        timeout: seconds that one answer may take.
    """

    title: ClassVar[str] = "program"
    """What the program is called in sentences."""
    error: ClassVar[type[NodeError]] = NodeError

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._command = command
        self._timeout = timeout
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
            raise self.error("process", f"{program} does not start ({error.strerror}).") from None
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
            NodeError: with the program's own sentence, or with what became of the process.
        """
        process = self._process
        if process is None or process.stdin is None:
            raise self.error("process", f"The {self.title}'s process is not running.")
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
            what = f"The {self.title} did not answer '{op}' within {self._timeout:g} seconds."
            raise self.error("process", what) from None
        if line is None:
            raise self._ended()
        try:
            answer = json.loads(line)
        except json.JSONDecodeError:
            self.close()
            what = f"The {self.title} wrote no JSON: {line[:200]!r}"
            raise self.error("process", what) from None
        if "error" in answer:
            error = answer["error"]
            raise self.error(str(error.get("code")), str(error.get("message")))
        return answer

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout:
            with process.stdout as lines:
                for line in lines:
                    self._answers.put(line)
        self._answers.put(None)

    def _ended(self) -> NodeError:
        status = self._process and _exit_status(self._process)
        self._errors.seek(0)
        told = self._errors.read().strip()[-800:]
        self.close()
        what = f"The {self.title}'s process ended with status {status}"
        return self.error("process", f"{what}: {told}" if told else f"{what}.")


def _exit_status(process: subprocess.Popen[str]) -> int:
    """The status of a process that is about to end, or is ended here where it does not."""
    try:
        return process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
