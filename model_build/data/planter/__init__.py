"""Errors planted in finished notes, to train against and to test checks with.

A note that was right is made wrong in one place or several: a dose, a side, a drug that nobody
named, an allergy left out, a negation lost or added, a value, how often a drug is taken, a
relative's disease given to the patient, a value that was taken back, a duration, a diagnosis.

There are two families of forms. What is planted for training and for tests differs in the drugs
and diagnoses that are invented, in the sentences that carry them, and in how a dose, a value, a
frequency or a duration is changed; a flipped side is a flipped side in both, so tests must use
other notes as well. Nothing here knows the checks.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..dialogue import Turn, join_turns
from .changes import KINDS, Change, Family, Visit, find_changes, note_sentences
from .said import Said

__all__ = [
    "KINDS",
    "MINOR",
    "Family",
    "Plant",
    "Planted",
    "plant_each",
    "plant_errors",
    "plantable_kinds",
]

MINOR = frozenset(["duration"])
"""Kinds that count as minor errors; all others are major."""
LEAST_KINDS = 3


@dataclass(frozen=True)
class Plant:
    """One error in a note.

    `before` and `after` are the words that were changed ('' where something was put in or taken
    out), `statement` the sentence or list item that is wrong now; where one was taken out, the
    one that is gone. `start` and `end` are where that sentence's changed words stand in the
    changed note, at least a word wide; both are the place of the gap where a sentence is gone.
    """

    kind: str
    form: str
    before: str
    after: str
    statement: str
    start: int
    end: int

    @property
    def is_major(self) -> bool:
        """Whether the error is one that counts as major."""
        return self.kind not in MINOR


@dataclass(frozen=True)
class Planted:
    """A changed note and what is wrong with it, in the order of the note."""

    note: str
    plants: tuple[Plant, ...]


def plant_errors(
    note: str,
    dialogue: Sequence[Turn],
    family: Family,
    seed: int | str,
    count: int = 1,
    kinds: Collection[str] | None = None,
) -> Planted:
    """Puts errors into a finished note, each of another kind and in another sentence.

    Args:
        note: a note that is right, as far as it is known.
        dialogue: the visit that it is of; no change is made that it might bear out.
        family: 'training' or 'tests'.
        seed: decides which changes are made; the same one makes the same.
        count: how many errors at most.
        kinds: only errors of these kinds; None for any.

    Returns:
        the note with the errors; unchanged and without any where it has nothing to change.
    """
    options, invented = _options(note, dialogue, family)
    rng = random.Random(f"{family}/{seed}")
    chosen = [*options]
    rng.shuffle(chosen)
    made: list[Change] = []
    # What is invented goes last: it stands in nobody's way and makes up for kinds that met.
    for kind, changes in [*((k, options[k]) for k in chosen), *invented.items()]:
        wanted = kinds is None or kind in kinds
        limit = count if changes is options.get(kind) else min(count, LEAST_KINDS)
        if not wanted or len(made) >= limit or any(c.kind == kind for c in made):
            continue
        free = [c for c in changes if not any(_meet(c, other) for other in made)]
        if free:
            made.append(_draw(free, rng))
    return _apply(note, made)


def plant_each(
    note: str, dialogue: Sequence[Turn], family: Family, seed: int | str
) -> list[Planted]:
    """One changed note with one error for every kind that the note allows, in the order of `KINDS`.

    See `plant_errors` for the arguments.
    """
    return [
        _apply(note, [_draw(changes, random.Random(f"{family}/{seed}/{kind}"))])
        for kind, changes in _options(note, dialogue, family)[0].items()
    ]


def plantable_kinds(note: str, dialogue: Sequence[Turn], family: Family) -> list[str]:
    """The kinds of error that a note of a visit can be given, in the order of `KINDS`."""
    return list(_options(note, dialogue, family)[0])


def _options(
    note: str, dialogue: Sequence[Turn], family: Family
) -> tuple[dict[str, list[Change]], dict[str, list[Change]]]:
    """Possible changes by kind, and those that invent a statement.

    An invented drug is always an option. Allergies and diagnoses are invented only where there
    would be fewer than three kinds without, so that what is planted stays true to the note.
    """
    visit = Visit(note, note_sentences(note), dialogue, Said(join_turns(dialogue)), family)
    changed: dict[str, list[Change]] = {}
    invented: dict[str, list[Change]] = {}
    for change in find_changes(visit):
        group = invented if change.form == "invented" else changed
        group.setdefault(change.kind, []).append(change)
    for kind in ("medication", "problem", "allergy"):
        if kind in invented and (kind == "medication" or len(changed) < LEAST_KINDS):
            changed.setdefault(kind, []).extend(invented[kind])
    return {kind: changed[kind] for kind in KINDS if kind in changed}, invented


def _draw(changes: Sequence[Change], rng: random.Random) -> Change:
    """One change: of those that are sure where there are any, every form as likely as another."""
    sure = [c for c in changes if c.sure] or [*changes]
    form = rng.choice(sorted({_group(c) for c in sure}))
    return rng.choice([c for c in sure if _group(c) == form])


def _group(change: Change) -> str:
    """Forms that are drawn as one: all swaps of a kind, all negations lost, …."""
    if "→" in change.form:
        return change.form.split(":")[0] if ":" in change.form else "swapped"
    return change.form


def _meet(one: Change, other: Change) -> bool:
    """Whether two changes touch one sentence; sentences that are put in go one after the other."""
    if one.sentence is None or other.sentence is None:
        return False
    return one.sentence.start == other.sentence.start


def _apply(note: str, changes: Sequence[Change]) -> Planted:
    """Makes the changes, from the first place of the note to the last."""
    plants: list[Plant] = []
    parts: list[str] = []
    at = length = 0
    for change in sorted(changes, key=lambda c: (c.start, c.after)):
        kept = note[at : change.start]
        # After another sentence that was put in here, the stop is there already.
        lead = change.lead if kept or not parts else change.lead.lstrip(".")
        put = f"{lead}{change.after}"
        parts += [kept, put]
        start = length + len(kept) + len(lead)
        plants.append(_plant(note, change, start))
        length += len(kept) + len(put)
        at = change.end
    return Planted("".join([*parts, note[at:]]), tuple(plants))


def _plant(note: str, change: Change, start: int) -> Plant:
    before = note[change.start : change.end]
    if change.sentence is None:
        return Plant(
            change.kind,
            change.form,
            "",
            change.after,
            change.after,
            start,
            start + len(change.after),
        )
    sentence = change.sentence
    stop = sentence.start + len(sentence.text)
    if change.start == sentence.start and change.end == stop and not change.after:
        return Plant(change.kind, change.form, before, "", sentence.text, start, start)
    statement = note[sentence.start : change.start] + change.after + note[change.end : stop]
    end = start + len(change.after)
    if end - start < 2:  # a word went: the one after it is where the error stands
        rest = note[change.end : stop]
        end += len(rest) - len(rest.lstrip()) + len(rest.split()[0] if rest.split() else "")
    return Plant(change.kind, change.form, before, change.after, statement, start, end)
