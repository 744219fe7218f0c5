"""Numbers that can be read from what was said: 'one forty eight over ninety two' → 148, 92, …

Speech has no spaces between numbers, so all readings of a run of number words are given: a check
asks whether a number can have been said, not which one was meant.
"""

from __future__ import annotations

import re
from functools import lru_cache

from .spoken import ONES, TENS

_UNITS = {word: n for n, word in enumerate(ONES)} | {"oh": 0}
_DECADES = {word: n * 10 for n, word in enumerate(TENS) if n > 1}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "once": 1, "twice": 2, "other": 2,
}  # fmt: skip
_JOINTS = ("hundred", "thousand", "point", "and", "a", "half")
_WORDS = frozenset((*_UNITS, *_DECADES, *_JOINTS))
_LONGEST = 9


def numbers_heard(text: str) -> set[str]:
    """Every number that the words can be read as, in digits without needless zeros."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", "", text.lower()))
    found = {tidy(word) for word in words if word[0].isdigit()}
    found |= {str(_ORDINALS[word]) for word in words if word in _ORDINALS}
    found |= {tidy(f"0.{part}") for part in re.findall(r"\bpoint (\d+)\b", text.lower())}
    run: list[str] = []
    for word in [*words, "."]:
        if word in _WORDS or (run and word.replace(".", "").isdigit()):
            run.append(word)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(len(run), start + _LONGEST) + 1):
                found |= _readings(tuple(run[start:end]))
        run = []
    return found


def tidy(number: str) -> str:
    """A number in digits without zeros at the end of a fraction or at its start."""
    whole, _, part = number.partition(".")
    part = part.rstrip("0")
    return f"{int(whole or '0')}.{part}" if part else str(int(whole or "0"))


@lru_cache(maxsize=50_000)
def _readings(words: tuple[str, ...]) -> frozenset[str]:
    found: set[str] = {str(n) for n in _whole(words)}
    if "point" in words:
        at = words.index("point")
        heads = {0} if not at else _whole(words[:at])
        tail = words[at + 1 :]
        digits = [str(_UNITS[w]) for w in tail if w in _UNITS and _UNITS[w] < 10]
        fractions = {"".join(digits)} if len(digits) == len(tail) and tail else set()
        fractions |= {str(n) for n in _below_hundred(tail)}
        found |= {tidy(f"{head}.{part}") for head in heads for part in fractions}
    if len(words) > 1 and all(_UNITS.get(w, 10) < 10 for w in words):
        found.add("".join(str(_UNITS[w]) for w in words))  # 'nine one one'
    if words[-3:] == ("and", "a", "half"):
        found |= {f"{n}.5" for n in _whole(words[:-3])}
    return frozenset(found)


def _below_hundred(words: tuple[str, ...]) -> set[int]:
    if len(words) == 1:
        found = {_UNITS[words[0]]} if words[0] in _UNITS else set()
        return found | ({_DECADES[words[0]]} if words[0] in _DECADES else set())
    if len(words) == 2 and words[0] in _DECADES and 0 < _UNITS.get(words[1], 0) < 10:
        return {_DECADES[words[0]] + _UNITS[words[1]]}
    if len(words) == 2 and words[0] in ("oh", "zero") and words[1] in _UNITS:
        return {_UNITS[words[1]]}
    return set()


@lru_cache(maxsize=50_000)
def _whole(words: tuple[str, ...]) -> frozenset[int]:
    """The whole numbers that the words can be."""
    if len(words) == 1 and words[0].isdigit():
        return frozenset({int(words[0])})
    found = _below_hundred(words)
    if "thousand" in words:
        at = words.index("thousand")
        heads = {1} if words[:at] in ((), ("a",)) else _whole(words[:at])
        tails = _whole(_without_and(words[at + 1 :])) if words[at + 1 :] else {0}
        return frozenset(h * 1000 + t for h in heads for t in tails if t < 1000)
    if "hundred" in words:
        at = words.index("hundred")
        heads = {1} if words[:at] in ((), ("a",)) else _below_hundred(words[:at])
        tail = _without_and(words[at + 1 :])
        tails = _below_hundred(tail) if tail else {0}
        return frozenset(h * 100 + t for h in heads for t in tails)
    # 'one forty eight', 'twelve fifty', 'nineteen ninety eight', 'one oh five'
    for at in range(1, len(words)):
        for head in _below_hundred(words[:at]):
            tail = words[at:]
            for rest in _below_hundred(tail):
                if head and (rest >= 10 or tail[0] in ("oh", "zero")):
                    found.add(head * 100 + rest)
    return frozenset(found)


def _without_and(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[1:] if words and words[0] == "and" else words
