"""How one visit is spoken: talkative or terse, with whom, with how much that misleads."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass
class Manner:
    """How this visit is spoken."""

    intro: float
    """Chance that the doctor introduces the patient aloud, as for a recorder."""
    back: float
    """Chance of a short answer after a sentence of a long speech."""
    correct: float
    """Chance that a dose or number is first said wrong and taken back."""
    misleading: int
    """How many asides are said that must stay out of the note."""
    relative: str | None
    nurse: bool
    digits: bool
    chat: float
    """Chance of talk after an answer or a sentence that states nothing."""
    terse: bool
    """Patients who answer in few words."""


def sample_manner(rng: Random, age: int, female: bool, digits: bool) -> Manner:
    """The ways of one visit."""
    relative = None
    if age < 18:
        relative = rng.choice(("mother", "mother", "father"))
    elif rng.random() < 0.2:
        relative = "husband" if female else "wife"
        if age > 58 and rng.random() < 0.5:
            relative = rng.choice(("daughter", "son"))
    return Manner(
        intro=1.0 if rng.random() < 0.45 else 0.0,
        back=rng.choice((0.0, 0.0, 0.04, 0.1, 0.2)),
        correct=rng.choice((0.0, 0.08, 0.15, 0.25)),
        misleading=rng.choices((0, 1, 2, 3, 4), (0.12, 0.28, 0.3, 0.2, 0.1))[0],
        relative=relative,
        nurse=rng.random() < 0.12,
        digits=digits,
        chat=rng.choice((0.4, 0.65, 0.85, 1.0)),
        terse=rng.random() < 0.3,
    )
