"""What a run tells while it goes on: lines for the terminal, `log.jsonl`, and a plot."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .settings import LOG

PLOT = "plot.svg"

Say = Callable[[str], None]


class Journal:
    """The log of one run; it goes on where an earlier one ended.

    Args:
        run: the run's folder.
        say: shows a line to the person who waits.
        silent: write nothing at all, as the helpers among several processes do.
    """

    def __init__(self, run: Path, say: Say, *, silent: bool = False) -> None:
        self._path, self._plot = run / LOG, run / PLOT
        self._say, self._silent = say, silent
        self._said = 0.0

    def say(self, text: str) -> None:
        """A line for the terminal alone."""
        if not self._silent:
            self._say(text)

    def note(self, event: str, **values: Any) -> None:
        """A record of the log: `event` is start, step, held, save or end."""
        if not self._silent:
            rounded = {k: round(v, 6) if isinstance(v, float) else v for k, v in values.items()}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"event": event, **rounded}) + "\n")

    def step(self, **values: Any) -> None:
        """A record of a step, and a line of progress at most every ten seconds."""
        self.note("step", **values)
        if time.monotonic() - self._said >= 10:
            self._said = time.monotonic()
            self.say(
                f"step {values['step']}/{values['steps']}  loss {values['loss']:.3f}  "
                f"{values['tokens_per_second']:.0f} tokens/s  "
                f"{duration(values['seconds_left'])} left"
            )

    def plot(self) -> None:
        """Draw the log as an SVG: loss of the steps and the held pairs, and the learning rate."""
        if self._silent:
            return
        steps, held = read_log(self._path)
        if not steps:
            return
        import matplotlib.figure

        figure = matplotlib.figure.Figure(figsize=(8, 4.5), layout="constrained")
        left = figure.add_subplot()
        left.plot([s["step"] for s in steps], [s["loss"] for s in steps], lw=0.7, label="training")
        left.plot([h["step"] for h in held], [h["nll"] for h in held], "o-", label="held out")
        left.set(xlabel="step", ylabel="NLL per note token")
        left.legend(loc="upper center")
        right = left.twinx()
        right.plot([s["step"] for s in steps], [s["rate"] for s in steps], "k:", lw=0.8)
        right.set_ylabel("learning rate (dotted)")
        figure.savefig(self._plot, metadata={"Date": None})


def read_log(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The steps and the held-out measurements of a log; of a repeated step the last one counts."""
    found: dict[str, dict[int, dict[str, Any]]] = {"step": {}, "held": {}}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["event"] in found:
            found[record["event"]][record["step"]] = record
    steps, held = ([kind[step] for step in sorted(kind)] for kind in found.values())
    return steps, held


def duration(seconds: float) -> str:
    """Hours and minutes, in words."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
