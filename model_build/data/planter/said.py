"""What a transcript says, as far as it decides whether a changed note is wrong.

Everything here errs towards 'said': a value that might be heard anywhere in the visit is not
planted as an error.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

# fmt: off
_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)
# fmt: on
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 10 * (2 + n) for n, word in enumerate(_TENS)
}
_SMALL |= {"oh": 0, "o": 0, "a": 1, "an": 1, "couple": 2, "once": 1, "twice": 2, "half": 0.5}
_SCALES = {"hundred": 100, "thousand": 1000, "dozen": 12}
_JOINTS = frozenset(["and", "point", "of"])
_LONGEST = 7  # words of one number
_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+(?:'[a-z]+)?")


class Said:
    """A transcript, asked for numbers and words."""

    def __init__(self, transcript: str) -> None:
        self._text = transcript.lower()

    @cached_property
    def words(self) -> list[str]:
        """The words and digits, in order, in lower case; 'forty-two' is two."""
        return _WORD.findall(self._text)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number that a run of words might mean: 'one forty six' is 146, 1, 40, 46 and 6."""
        return number_readings(self.words)

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self.words)} "

    def number(self, value: float) -> bool:
        """Whether a number may have been said."""
        return round(value, 4) in self.numbers

    def phrase(self, text: str) -> bool:
        """Whether words were said in this order, with the last one in any number."""
        wanted = " ".join(_WORD.findall(text.lower()))
        return bool(wanted) and bool(re.search(rf" {re.escape(stem(wanted))}\w* ", self._joined))

    def any_word(self, text: str) -> bool:
        """Whether any telling word of a text was said."""
        return any(self.phrase(word) for word in telling(text))

    def near(self, one: str, others: Iterable[str], distance: int) -> bool:
        """Whether a word was said at most `distance` words away from one of some others."""
        stems = tuple(stem(other) for other in others)
        for at, word in enumerate(self.words):
            if word == one:
                around = self.words[max(0, at - distance) : at + distance + 1]
                if any(w.startswith(stems) for w in around if w != one):
                    return True
        return False


def number_readings(words: Sequence[str]) -> frozenset[float]:
    """Every number that runs of number words, or of digits, might mean."""
    found: set[float] = set()
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and (_is_number(words[end]) or words[end] in _JOINTS):
            end += 1
        for start in range(at, end):
            for stop in range(start + 1, min(end, start + _LONGEST) + 1):
                found |= _readings(words[start:stop])
        at = max(end, at + 1)
    return frozenset(round(value, 4) for value in found)


def number_in(text: str) -> float | None:
    """The value of a number as a note writes it, '1,000', '7.5' or 'two'; None for no number."""
    bare = text.lower().replace(",", "")
    if re.fullmatch(r"\d+(?:\.\d+)?", bare):
        return float(bare)
    if bare in ("a", "an", "o", "oh"):
        return None
    value = _SMALL.get(bare)
    return None if value is None else float(value)


def stem(word: str) -> str:
    """A word without the ending of its number, for comparing."""
    return re.sub(r"(?:ies|es|s|y)$", "", word) if len(word) > 4 else word


def telling(text: str) -> list[str]:
    """The words of a text that carry its meaning."""
    return [w for w in _WORD.findall(text.lower()) if len(w) > 3 and w not in _EMPTY]


# fmt: off
_EMPTY = frozenset((
    "with", "without", "from", "that", "this", "these", "those", "have", "been", "being", "which",
    "while", "their", "there", "about", "over", "under", "other", "some", "more", "most", "very",
    "type", "stage", "chronic", "acute", "disease", "disorder", "syndrome", "history", "left",
    "right", "both", "side", "bilateral", "does", "patient", "pain",
))
# fmt: on


def _is_number(word: str) -> bool:
    return word in _SMALL or word in _SCALES or word[0].isdigit()


def _readings(words: Sequence[str]) -> set[float]:
    """The numbers that a run of words means as a whole."""
    if len(words) == 1 and words[0][0].isdigit():
        return {float(words[0].replace(",", ""))}
    if "point" in words:
        at = words.index("point")
        whole = _readings(words[:at]) if at else {0.0}
        tail = [_SMALL.get(w) for w in words[at + 1 :]]
        if not tail or any(t is None or t > 9 or t != int(t) for t in tail):
            return set()
        return {w + float("0." + "".join(str(t) for t in tail)) for w in whole if w == int(w)}
    found = set()
    counted = _counted(words)
    if counted is not None:
        found.add(counted)
        if words[-1] == "half" and len(words) > 1:
            found |= {w + 0.5 for w in _readings([x for x in words[:-1] if x not in ("and", "a")])}
    spelled = _spelled(words)
    if spelled is not None:
        found.add(spelled)
    return found


def _counted(words: Sequence[str]) -> float | None:
    """'one hundred and forty six' as 146; None where the words do not make one number."""
    total, part, seen = 0.0, 0.0, False
    for word in words:
        if word in ("and", "of"):
            continue
        if word in _SCALES:
            part = (part or 1) * _SCALES[word]
            if word == "thousand":
                total, part = total + part, 0.0
        elif word in _SMALL:
            part += _SMALL[word]
        elif word[0].isdigit():
            part += float(word.replace(",", ""))
        else:
            return None
        seen = True
    return total + part if seen else None


def _spelled(words: Sequence[str]) -> float | None:
    """'one forty six' as 146, 'two oh one' as 201, 'twelve fifty' as 1250; None for others."""
    parts: list[str] = []
    for at, word in enumerate(words):
        value = _SMALL.get(word)
        if word in ("a", "an") or value is None or value != int(value):
            if not word.isdigit():
                return None
            value = int(word)
        before = words[at - 1] if at else ""
        if before in _TENS and 0 < value < 10:
            parts[-1] = str(int(parts[-1]) + int(value))
        else:
            parts.append(str(int(value)))
    return float("".join(parts)) if 1 < len(parts) <= 4 else (float(parts[0]) if parts else None)
