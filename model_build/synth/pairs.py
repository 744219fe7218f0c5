"""A pair put together, checked, and kept unless it is too like an earlier one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from model_build.data import Fact, Pair, Statement, Turn

from .check import check
from .encounter import sample_encounter
from .errors import SynthError
from .noise import distort, sample_surface
from .note import sample_style, write_note
from .speech import MARK_BAR, MARK_CLOSE, MARK_OPEN, Script, sample_manner, speak
from .tables import Tables, load_tables

_MARK = re.compile(f"{MARK_OPEN}([\\d,]+){MARK_BAR}([^{MARK_OPEN}{MARK_CLOSE}]*){MARK_CLOSE}")
_GRAM = 8
_TOO_LIKE = 0.4
"""Two pairs that share this part of the shorter one's 8-grams are one pair told twice."""


def make_pair(
    seed: int,
    number: int,
    tables: Tables | None = None,
    attempt: int = 0,
    specialty: str | None = None,
) -> Pair:
    """The pair of a seed and a number; the same ones give the same pair."""
    tables = tables or load_tables()
    rng = Random(f"{seed}/{number}/{attempt}")
    digits = rng.random() < 0.22
    encounter = sample_encounter(tables, rng, digits, specialty)
    person = encounter.person
    manner = sample_manner(rng, person.age, person.female, digits)
    script = speak(encounter, tables, rng, manner)
    surface = sample_surface(rng)
    heard = {m.drug.name: m.drug.heard for m in encounter.all_meds() if m.drug.heard}
    note = write_note(encounter, rng, sample_style(rng))
    turns, facts = _facts(script, distort(script.turns, rng, surface, heard))
    places = {id(truth): i for i, truth in enumerate(script.truths)}
    return Pair(
        id=f"synth-{seed}-{number:05d}",
        source="synth",
        dialogue=tuple(turns),
        note=note.text,
        facts=tuple(facts),
        statements=tuple(
            Statement(text, tuple(sorted({places[id(t)] for t in truths})))
            for text, truths in note.statements
        ),
        about={
            "specialty": encounter.specialty,
            "problems": [p.condition.name for p in encounter.problems],
            "style": note.style,
            "speech": [surface.name, surface.labels],
        },
    )


def _facts(script: Script, turns: list[tuple[str, str]]) -> tuple[list[Turn], list[Fact]]:
    """The turns without their marks, and the facts with the turns and words that state them."""
    said: list[list[tuple[int, str]]] = [[] for _ in script.truths]
    made = []
    for number, (who, text) in enumerate(turns):
        flat = _flatten(text)
        for match in _MARK.finditer(flat):
            for place in match[1].split(","):
                said[int(place)].append((number, match[2].strip()))
        plain = re.sub(f"{MARK_OPEN}[\\d,]*{MARK_BAR}|{MARK_CLOSE}", "", flat)
        plain = re.sub(r"\s+", " ", plain).strip()
        made.append(Turn(who, plain))
    facts = [
        Fact(
            truth.kind,
            truth.text,
            dict(truth.value),
            tuple(turn for turn, _ in where),
            tuple(words for _, words in where),
        )
        for truth, where in zip(script.truths, said, strict=True)
    ]
    return made, facts


def _flatten(text: str) -> str:
    """Marks within marks become neighbours: the inner words carry the outer mark too."""
    made, stack = [], []
    for piece in re.split(f"({MARK_OPEN}[\\d,]*{MARK_BAR}|{MARK_CLOSE})", text):
        if piece.startswith(MARK_OPEN):
            stack.append(piece[1:-1])
        elif piece == MARK_CLOSE:
            stack.pop()
        elif stack and piece.strip():
            made.append(f"{MARK_OPEN}{','.join(stack)}{MARK_BAR}{piece}{MARK_CLOSE}")
        else:
            made.append(piece)
    return "".join(made)


@dataclass
class Likeness:
    """Finds pairs that repeat an earlier one, by the 8-grams of transcripts and notes."""

    seen: dict[int, list[int]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    dropped: int = 0

    def add(self, pair: Pair) -> bool:
        """Whether the pair is new; it is remembered if so."""
        grams = _grams(pair)
        shared: dict[int, int] = {}
        for gram in grams:
            for place in self.seen.get(gram, ()):
                shared[place] = shared.get(place, 0) + 1
        for place, count in shared.items():
            if count >= _TOO_LIKE * min(len(grams), self.sizes[place]):
                self.dropped += 1
                return False
        place = len(self.sizes)
        self.sizes.append(len(grams))
        for gram in grams:
            # Grams that very many pairs have tell nothing, and would cost the most time.
            places = self.seen.setdefault(gram, [])
            if len(places) < 40:
                places.append(place)
        return True


def _grams(pair: Pair) -> set[int]:
    words = re.findall(r"[\w']+", f"{' '.join(t.text for t in pair.dialogue)} {pair.note}".lower())
    return {hash(tuple(words[i : i + _GRAM])) for i in range(len(words) - _GRAM + 1)}


def make_pairs(
    count: int,
    seed: int,
    say: Callable[[str], None] = lambda text: None,
    specialty: str | None = None,
) -> Iterator[Pair]:
    """Pairs of a seed, each checked, none too like an earlier one.

    Raises:
        SynthError: for a pair that fails its check, which is a fault of the tables or the code.
    """
    tables = load_tables()
    if specialty is not None and specialty not in tables.specialties:
        raise SynthError(f"no specialty '{specialty}'; there are {', '.join(tables.specialties)}")
    likeness = Likeness()
    for number in range(count):
        for attempt in range(20):
            pair = make_pair(seed, number, tables, attempt, specialty)
            wrong = check(pair)
            if wrong:
                raise SynthError(f"{pair.id} is not sound: {'; '.join(wrong[:3])}")
            if likeness.add(pair):
                break
        yield pair
        if (number + 1) % 100 == 0:
            say(f"{number + 1} of {count} pairs, {likeness.dropped} near-duplicates dropped")
