"""What a test of the checks gives: tables for people, and the same figures as JSON."""

import json
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from model_build.checks import Checks, ChecksError, checks_digest, missing
from model_build.data import DataError

from ..errors import EvalError
from ..report.tables import Table, markdown_table
from ..run_folder import write_json
from ..statistics import RESAMPLES, SEED

OpenChecks = Callable[[], Checks]


def read_json_lines(path: Path, what: str, fits: Callable[[Any], bool]) -> list[dict[str, Any]]:
    """The objects of a labelled file.

    Args:
        path: its JSON Lines.
        what: what a line should be, such as 'labelled pair'.
        fits: whether an object is one; may raise KeyError or TypeError where it is not.

    Raises:
        DataError: for a file or line that is none, or a file without lines.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataError(f"the file cannot be read ({error.strerror}).", path) from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            if not fits(value):
                raise KeyError
        except (ValueError, KeyError, TypeError):
            raise DataError(f"the line is no {what}.", path, number) from None
        found.append(value)
    if not found:
        raise DataError(f"the file has no {what}.", path)
    return found


@dataclass(frozen=True)
class Outcome:
    """The result of one test, to be written as `NAME.json` and `NAME.md`."""

    name: str
    title: str
    tables: Sequence[Table]
    figures: Mapping[str, Any]
    cases: Sequence[Table] = ()
    """Single statements, for the files only: they are not printed."""


@dataclass
class Clock:
    """How many requests the checks have answered, and what that took."""

    requests: int = 0
    seconds: float = 0.0
    peak_mib: float = 0.0
    _since: float = field(default_factory=time.monotonic)

    def stop(self) -> None:
        """Notes the time, and the most memory that any child of this process has held."""
        self.seconds = time.monotonic() - self._since
        self.peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    def to_json(self) -> dict[str, Any]:
        """As it stands in the JSON file."""
        return {
            "requests": self.requests,
            "seconds": round(self.seconds, 2),
            "milliseconds_a_request": round(1000 * self.seconds / max(1, self.requests), 1),
            "peak_mib": round(self.peak_mib, 1),
        }

    def sentence(self) -> str:
        """For people."""
        told = self.to_json()
        return (
            f"{told['requests']} requests in {told['seconds']} s "
            f"({told['milliseconds_a_request']} ms each), at most {told['peak_mib']:.0f} MiB."
        )


class Asked:
    """The checks with a clock beside them."""

    def __init__(self, checks: Checks, clock: Clock) -> None:
        self._checks, self._clock = checks, clock

    def check(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        """As `Checks.check`."""
        self._clock.requests += 1
        return self._checks.check(*arguments, **named)


@contextmanager
def running_checks(open_checks: OpenChecks, clock: Clock) -> Iterator[Asked]:
    """The checks' process for one test.

    Raises:
        EvalError: where they cannot run, or their process ends.
    """
    if open_checks is Checks and (why := missing()):
        raise EvalError(f"The clinical checks cannot run. {why}")
    try:
        with open_checks() as checks:
            yield Asked(checks, clock)
    except ChecksError as error:
        raise EvalError(str(error)) from None
    finally:
        clock.stop()


def about(clock: Clock) -> dict[str, Any]:
    """What every outcome's figures hold: which checks they are of, and what they took."""
    return {"checks_sha256": checks_digest(), "time": clock.to_json()}


@dataclass(frozen=True)
class Rates:
    """Precision, recall and F1 of yes-or-no answers, None where undefined."""

    found: int
    flagged: int
    actual: int

    @property
    def precision(self) -> float | None:
        """Of what was flagged, the share that is so."""
        return self.found / self.flagged if self.flagged else None

    @property
    def recall(self) -> float | None:
        """Of what is so, the share that was flagged."""
        return self.found / self.actual if self.actual else None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean."""
        both = self.flagged + self.actual
        return 2 * self.found / both if both else None

    def to_json(self) -> dict[str, Any]:
        """Counts and rates."""
        counts = {"found": self.found, "flagged": self.flagged, "actual": self.actual}
        rates = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return counts | {k: None if v is None else round(v, 4) for k, v in rates.items()}


def rates(answers: Sequence[tuple[bool, bool]]) -> Rates:
    """Counts over pairs of (is so, was flagged)."""
    return Rates(
        sum(actual and flagged for actual, flagged in answers),
        sum(flagged for _, flagged in answers),
        sum(actual for actual, _ in answers),
    )


def rate_intervals(counts: Sequence[Rates]) -> dict[str, list[float]]:
    """Bootstrap 95% intervals of precision, recall and F1 over resampled groups (pairs, notes)."""
    table = np.array([[c.found, c.flagged, c.actual] for c in counts], np.float64)
    if not len(table):
        return {}
    picks = np.random.default_rng(SEED).integers(len(table), size=(RESAMPLES, len(table)))
    found, flagged, actual = table[picks].sum(axis=1).T
    made: dict[str, list[float]] = {}
    for name, part, whole in (
        ("precision", found, flagged),
        ("recall", found, actual),
        ("f1", 2 * found, flagged + actual),
    ):
        defined = whole > 0
        if defined.any():
            low, high = np.quantile(part[defined] / whole[defined], (0.025, 0.975))
            made[name] = [round(float(low), 4), round(float(high), 4)]
    return made


def percent(value: float | None, interval: Sequence[float] | None = None) -> str:
    """A share for people, with its interval; '–' where it is undefined."""
    if value is None:
        return "–"
    text = f"{value:.1%}"
    return f"{text} [{interval[0]:.1%}, {interval[1]:.1%}]" if interval else text


def write_outcome(outcome: Outcome, out: Path) -> list[Path]:
    """Writes an outcome's two files.

    Raises:
        EvalError: where the folder cannot be written.
    """
    lines = [f"# {outcome.title}", ""]
    for table in (*outcome.tables, *outcome.cases):
        lines += markdown_table(table)
    files = [out / f"{outcome.name}.json", out / f"{outcome.name}.md"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_json(files[0], outcome.figures)
        files[1].write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise EvalError(f"{out} cannot be written ({error.strerror}).") from None
    return files
