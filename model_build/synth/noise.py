"""How a transcript comes to look: hesitations, a recognizer's slips, spelling, speaker labels.

All of it works on text with marks (see visit.py) and leaves the marks where they are. Numbers and
drug names are never changed here, except that a name may be split or misheard in the ways that
its table entry lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from .speech import MARK_BAR, MARK_CLOSE, MARK_OPEN
from .spoken import ONES, TENS

_MARKED = re.compile(f"{MARK_OPEN}[\\d,]*{MARK_BAR}|{MARK_CLOSE}")
_FILLERS = ("um ,", "uh ,", "um", "uh", "um", "uh", "er")
_STARTERS = ("um ,", "uh ,", "you know ,", "well ,", "so ,", "let's see ,", "like ,")
_NEGATED = (
    "do",
    "does",
    "did",
    "is",
    "was",
    "were",
    "are",
    "have",
    "has",
    "had",
    "would",
    "could",
    "should",
    "wo",
    "ca",
)

# What a recognizer makes of common words; none of them carries a fact.
_SLIPS = {
    "their": "there", "there": "their", "your": "you're", "you're": "your", "it's": "its",
    "to": "too", "too": "to", "then": "than", "and": "in", "for": "four ", "are": "our",
    "going to": "gonna", "want to": "wanna", "because": "cause", "them": "em", "okay": "ok",
    "alright": "all right", "all right": "alright", "the": "a", "about": "bout", "kind of": "kinda",
    "that's": "thats", "let's": "lets",
}  # fmt: skip
del _SLIPS["for"], _SLIPS["and"], _SLIPS["the"]


@dataclass(frozen=True)
class Surface:
    """How a transcript is spelled and labelled."""

    name: str
    spaced: bool
    """Spaces before punctuation and within "do n't"."""
    punctuation: bool
    capitals: bool
    labels: str
    """roles, swapped, speakers, unlabelled, or mixed (some turns under the wrong one)."""
    hesitation: float
    slips: float


def sample_surface(rng: Random) -> Surface:
    """The look of one transcript; two in three look like ACI-Bench's."""
    name = rng.choices(("spaced", "bare", "clean", "lower"), (0.42, 0.28, 0.2, 0.1))[0]
    labels = rng.choices(
        ("roles", "swapped", "speakers", "unlabelled", "mixed"), (0.83, 0.03, 0.05, 0.04, 0.05)
    )[0]
    clean = name == "clean"
    return Surface(
        name,
        spaced=name == "spaced",
        punctuation=name != "bare",
        capitals=clean,
        labels=labels,
        hesitation=rng.choice((0.0, 0.01, 0.02, 0.04))
        if clean
        else rng.choice((0.0, 0.01, 0.02, 0.03, 0.05)),
        slips=0.0 if clean and rng.random() < 0.5 else rng.choice((0.0, 0.0, 0.004, 0.01)),
    )


def distort(
    turns: Sequence[tuple[str, str]],
    rng: Random,
    surface: Surface,
    heard: Mapping[str, Sequence[str]],
) -> list[tuple[str, str]]:
    """The turns as their transcript has them, marks included.

    Args:
        heard: wrong spellings by drug name.
    """
    misheard = {name: rng.choice(list(ways)) for name, ways in heard.items() if rng.random() < 0.3}
    made = []
    for who, text in turns:
        text = _hesitate(text, rng, surface.hesitation * (1.5 if who == "patient" else 1))
        text = _slip(text, rng, surface.slips)
        for name, wrong in misheard.items():
            if rng.random() < 0.4:
                text = re.sub(rf"\b{re.escape(name)}\b", wrong, text, count=1)
        made.append((who, spell(text, surface)))
    return _label(made, rng, surface.labels)


def _hesitate(text: str, rng: Random, rate: float) -> str:
    """Fillers between words, repeated words, words broken off."""
    words = text.split(" ")
    made: list[str] = []
    before = ""
    for word in words:
        bare = _MARKED.sub("", word)
        inside = bare.strip(",.?!") in _SPOKEN or before in _SPOKEN
        before = bare.strip(",.?!")
        # Nothing is put between the words of a number.
        chance = 1.0 if inside else rng.random()
        plain = bare.isalpha() and word == bare
        begins = not made or made[-1][-1:] in ",.?!"
        if chance < rate:
            made.append(rng.choice(_STARTERS if begins and rng.random() < 0.6 else _FILLERS))
        elif plain and chance < rate * 1.5 and bare in _REPEATED:
            made += [bare] if rng.random() < 0.6 else [f"{bare} ,"]
        elif plain and len(bare) > 3 and chance < rate * 1.7:
            made.append(f"{bare[0]}-")
        made.append(word)
    return " ".join(made)


_SPOKEN = frozenset(
    (
        *ONES,
        *TENS,
        "hundred",
        "thousand",
        "point",
        "half",
        "over",
        "out",
        "of",
        "oh",
        "and",
        "minus",
    )
)

_REPEATED = frozenset(
    {
        "i",
        "the",
        "a",
        "and",
        "you",
        "your",
        "my",
        "it",
        "so",
        "that",
        "we",
        "this",
        "is",
        "was",
        "to",
        "in",
        "on",
        "with",
        "for",
        "just",
    }
)


def _slip(text: str, rng: Random, rate: float) -> str:
    if not rate:
        return text

    def swap(match: re.Match[str]) -> str:
        return _SLIPS[match[0]] if rng.random() < rate * 8 else match[0]

    return _SLIP.sub(swap, text)


_SLIP = re.compile(
    r"\b(" + "|".join(re.escape(w) for w in sorted(_SLIPS, key=len, reverse=True)) + r")\b(?!')"
)


def spell(text: str, surface: Surface) -> str:
    """The text in a transcript's spelling."""
    text = re.sub(r"\s+([,.?!])", r"\1", text)
    text = re.sub(rf"([.?!,])(\s*{MARK_CLOSE})?[,.]+", r"\1\2", text)
    text = re.sub(r",\s*(?=[.?!])", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    if not surface.punctuation:
        text = re.sub(r"(?<!\d)[,.?!;:](?!\d)|[.,?!](?=\s|$)", "", text)
        text = re.sub(r"(?<=\w)-(?=\s|$)", "", text)
    if surface.capitals:
        return _capitalize(text)
    if surface.name != "lower":
        text = re.sub(r"\b(" + "|".join(_NEGATED) + r")n't\b", r"\1 n't", text)
        text = re.sub(r"\bcan't\b", "ca n't", text)
        text = text.replace("gonna", "gon na").replace("wanna", "wan na").replace("gotta", "got ta")
        text = re.sub(r"\blet me\b", "lem me", text) if not surface.punctuation else text
    if surface.spaced:
        text = re.sub(r"(?<=[^\s])([,?!;:])(?=\s|$|[\ue003])", r" \1", text)
        text = re.sub(r"(?<=[^\s.])\.(?=\s|$|[\ue003])", " .", text)
        text = re.sub(rf"{MARK_CLOSE}(?=[,.?!])", f"{MARK_CLOSE} ", text)
    return re.sub(r"\s+", " ", text).strip()


_START = re.compile(rf"(^|[.?!]{MARK_CLOSE}?\s+)((?:{MARK_OPEN}[\d,]*{MARK_BAR})?)([a-z])")


def _capitalize(text: str) -> str:
    text = _START.sub(lambda m: m[1] + m[2] + m[3].upper(), text)
    text = re.sub(r"\bi\b(?=['\s,.?!]|$)", "I", text)
    return text.replace("gonna", "going to").replace("wanna", "want to")


def _label(turns: list[tuple[str, str]], rng: Random, labels: str) -> list[tuple[str, str]]:
    if labels == "unlabelled":
        return [("", text) for _, text in turns]
    if labels == "speakers":
        names: dict[str, str] = {}
        kind = rng.choice(("speaker {}", "spk{}", "speaker_{}"))
        for who, _ in turns:
            names.setdefault(who, kind.format(len(names) + 1))
        return [(names[who], text) for who, text in turns]
    swap = {"doctor": "patient", "patient": "doctor"}
    if labels == "swapped":
        return [(swap.get(who, who), text) for who, text in turns]
    if labels == "mixed":
        return [(swap.get(who, who) if rng.random() < 0.08 else who, text) for who, text in turns]
    return turns
