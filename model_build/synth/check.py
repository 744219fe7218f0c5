"""Whether a pair says what its facts say: the check of hand-written visits, and what was heard.

On top of `model_build.data.written.check_pair` (turns, quotes, statements, left-over lines), the
numbers, drugs and sides of every fact must be heard in the turns that are said to state it. It
reads the finished transcript and knows nothing of how a pair was made, so pairs of both generators
pass the same gate. People write numbers and drugs in more ways than it can hear ("the ninety seven
eight", a name misheard on purpose): in visits written by hand, what it does not hear is a remark
for the reader and no fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from model_build.data import Fact, Pair
from model_build.data.written import check_pair

from .heard import numbers_heard, tidy
from .tables import load_tables

# Numbers within names that are said without them or spelled in ways of their own.
_NAMES = re.compile(
    r"COVID-19|SpO2|10-year|m2\b|/10\b|out of 10|1:(?=\d)|25-hydroxy|HbA1c|A1c",
    re.IGNORECASE,
)
# Keys of a fact's value that the turns must bear out, digit by digit.
_HEARD = ("dose", "value", "frequency", "age", "date", "duration")
_STUTTER = re.compile(r"\b([b-z]) (?=\1)")  # 'c calcium', where hyphens are not written
_FILLERS = re.compile(r"(?<![\w'])(?:um|uh|er|[a-z]-)(?:\s*,)?\s")


def check(pair: Pair) -> list[str]:
    """What is wrong with a pair, in sentences; empty when nothing is."""
    return check_pair(pair) + unheard(pair)


def unheard(pair: Pair) -> list[str]:
    """Numbers, drugs and sides of facts that are not heard in their turns, in sentences."""
    return [sentence for fact in pair.facts for sentence in _unheard(pair, fact)]


def _unheard(pair: Pair, fact: Fact) -> Iterator[str]:
    said = " ".join(pair.dialogue[turn].text for turn in dict.fromkeys(fact.turns))
    said = _FILLERS.sub("", said)
    value: dict[str, Any] = fact.value if isinstance(fact.value, dict) else {}
    heard = numbers_heard(said)
    if re.search(r"\b(?:an?|each|every|one)\b", said.lower()):
        heard.add("1")
    name = _drug(fact, value)
    claimed = numbers_written(fact.text.replace(name or " ", " ")) | {
        n for k in _HEARD for n in numbers_written(str(value.get(k, "")))
    }
    if missing := claimed - heard:
        yield f"{', '.join(sorted(missing))} is not heard where it should be said: {fact.text}"
    if name:
        words = load_tables().drugs[name]
        ways = {name, *words.brands, *words.heard, str(value.get("brand", name))}
        flat = _letters(_STUTTER.sub("", said))
        if not any(_letters(way) in flat for way in ways):
            yield f"{name} is not heard where it should be said: {fact.text}"
    side = value.get("side")
    if side in ("left", "right") and side not in said.lower() and fact.kind != "problem":
        told = " ".join(turn.text for turn in pair.dialogue).lower()
        if not re.search(rf"\b{side}\b", told):
            yield f"nobody says '{side}': {fact.text}"


def numbers_written(text: str) -> set[str]:
    plain = _NAMES.sub(" ", text.replace(",", ""))
    return {tidy(n) for n in re.findall(r"\d+(?:\.\d+)?", plain)}


def _drug(fact: Fact, value: dict[str, Any]) -> str | None:
    name = value.get("name")
    if fact.kind in ("medication", "distractor") and name in load_tables().drugs:
        return str(name)
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
