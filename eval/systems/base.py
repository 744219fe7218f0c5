"""What a system under evaluation is: something that writes a note for a visit."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from model_build.data import Pair


@dataclass(frozen=True)
class Prediction:
    """A system's note for one case.

    `states` tells how each decoded section ended ('done', 'limit'), where the system knows.
    `tokens` counts new tokens, and `seconds` is the time that the note took. A case without a
    note has its reason in `failure` and counts as an empty note.
    """

    id: str
    note: str
    states: dict[str, str] = field(default_factory=dict)
    tokens: int | None = None
    seconds: float | None = None
    failure: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The prediction as a line of predictions.jsonl; fields without a value are left out."""
        optional = {
            "states": self.states,
            "tokens": self.tokens,
            "seconds": self.seconds if self.seconds is None else round(self.seconds, 3),
            "failure": self.failure,
            "extra": self.extra,
        }
        kept = {key: value for key, value in optional.items() if value not in (None, {})}
        return {"id": self.id, "note": self.note, **kept}

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Self:
        """Reads a line of predictions.jsonl back.

        Raises:
            KeyError, TypeError: for an object that is not one.
        """
        known = ("states", "tokens", "seconds", "failure", "extra")
        return cls(line["id"], line["note"], **{k: line[k] for k in known if k in line})


class System:
    """A system under evaluation; a context manager that is opened before the first case.

    `settings` is everything that decides what it writes (hashes of weights and prompts, sampling,
    versions): a run folder refuses to go on with other settings. `concurrency` is how many cases
    it takes at once.
    """

    name: str = ""
    concurrency: int = 1
    timed: bool = True
    """Whether the time that a note takes means anything."""

    def settings(self) -> dict[str, Any]:
        """What decides the notes, as JSON values."""
        return {}

    def write(self, pair: Pair) -> Prediction:
        """The note for a case. The reference in `pair` is not to be looked at.

        Raises:
            CaseFailed: where it has none for this case.
            EvalError: where it cannot go on at all.
        """
        raise NotImplementedError

    def close(self) -> None:
        """Frees what it holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
