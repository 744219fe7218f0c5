"""How varied pairs are, how much they repeat each other, and how like a real set they look."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model_build.data import Pair

_SHORT_RUN, _LONG_RUN = 6, 40
"""Runs of words that two sets share are looked for from and up to these lengths."""

_SAMPLE = 300
"""So many pairs are compared with each other; the measures hardly move beyond that."""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace(" n't", "n't"))


def _grams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def deciles(values: Iterable[float]) -> list[float]:
    """The nine deciles, each a value that occurs."""
    ranked = sorted(values)
    if not ranked:
        return []
    return [round(ranked[min(len(ranked) - 1, len(ranked) * q // 10)], 1) for q in range(1, 10)]


@dataclass(frozen=True)
class Texts:
    """The words of each pair's transcript and note."""

    spoken: list[list[str]]
    written: list[list[str]]

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> Texts:
        """The texts of pairs."""
        return cls(
            [_words(" ".join(t.text for t in pair.dialogue)) for pair in pairs],
            [_words(pair.note) for pair in pairs],
        )


def measure(pairs: Sequence[Pair], other: Sequence[Pair] | None = None) -> dict[str, Any]:
    """Figures for pairs, and beside them those of another set, if one is given.

    Diversity is counted over as many words as the smaller set has, for it falls with length.
    """
    texts = Texts.of(pairs)
    made: dict[str, Any] = {
        "pairs": len(pairs),
        "lengths": lengths(pairs),
        "contents": contents(pairs),
        "overlap": overlap(texts),
    }
    budget = _budget(texts) if other is None else min(_budget(texts), _budget(Texts.of(other)))
    made["diversity"] = diversity(texts, budget)
    if other is not None:
        compared = Texts.of(other)
        made["other"] = {
            "pairs": len(other),
            "lengths": lengths(other),
            "overlap": overlap(compared),
            "diversity": diversity(compared, budget),
        }
        made["likeness"] = likeness(texts, compared)
    return made


def lengths(pairs: Sequence[Pair]) -> dict[str, list[float]]:
    """Deciles of lengths, in words parted by spaces."""
    spoken = [sum(len(t.text.split()) for t in pair.dialogue) for pair in pairs]
    turns = [len(pair.dialogue) for pair in pairs]
    return {
        "words per transcript": deciles(spoken),
        "turns": deciles(turns),
        "words per turn": deciles(w / t for w, t in zip(spoken, turns, strict=True)),
        "words per note": deciles(len(pair.note.split()) for pair in pairs),
    }


def contents(pairs: Sequence[Pair]) -> dict[str, Any]:
    """What the pairs are about, from what their maker says of them."""
    about = [pair.about for pair in pairs]
    kinds = Counter(fact.kind for pair in pairs for fact in pair.facts)
    return {
        "specialties": dict(Counter(str(a.get("specialty", "")) for a in about).most_common()),
        "conditions": len({p for a in about for p in a.get("problems", ())}),
        "problems per visit": dict(
            sorted(Counter(len(a.get("problems", ())) for a in about).items())
        ),
        "styles": dict(Counter(str(a.get("style", "")) for a in about).most_common()),
        "speech": dict(Counter(w for a in about for w in a.get("speech", ())).most_common()),
        "facts": dict(kinds.most_common()),
        "facts per pair": deciles(len(pair.facts) for pair in pairs),
        "pairs with distractors": sum(
            any(fact.kind == "distractor" for fact in pair.facts) for pair in pairs
        ),
    }


def _budget(texts: Texts) -> int:
    return min(sum(map(len, texts.spoken)), sum(map(len, texts.written)))


def diversity(texts: Texts, budget: int) -> dict[str, dict[str, float]]:
    """Distinct n-grams per n-gram over the first `budget` words, and the different words."""
    made = {}
    for name, documents in (("transcripts", texts.spoken), ("notes", texts.written)):
        counts: dict[str, float] = {}
        for n in (1, 2, 3, 4):
            seen: set[tuple[str, ...]] = set()
            total = 0
            for words in documents:
                grams = _grams(words, n)[: max(0, budget - total)]
                seen.update(grams)
                total += len(grams)
            counts[f"distinct-{n}"] = round(len(seen) / max(1, total), 4)
        counts["words"] = len({word for words in documents for word in words})
        made[name] = counts
    return made


def overlap(texts: Texts) -> dict[str, dict[str, Any]]:
    """The share of its 8-grams that a pair has in common with any other one, and the nearest."""
    made = {}
    for name, documents in (("transcripts", texts.spoken), ("notes", texts.written)):
        sets = [set(_grams(words, 8)) for words in documents[:_SAMPLE]]
        nearest, mean = [], []
        for i, grams in enumerate(sets):
            shares = [
                len(grams & other) / max(1, len(grams)) for j, other in enumerate(sets) if j != i
            ]
            if shares:
                nearest.append(max(shares))
                mean.append(sum(shares) / len(shares))
        made[name] = {
            "mean": round(sum(mean) / max(1, len(mean)), 5),
            "nearest": [round(v, 3) for v in _ranked(nearest)],
        }
    return made


def _ranked(values: Sequence[float]) -> list[float]:
    ranked = sorted(values)
    return (
        [ranked[min(len(ranked) - 1, len(ranked) * q // 10)] for q in (5, 9)] + ranked[-1:]
        if ranked
        else []
    )


def likeness(texts: Texts, other: Texts) -> dict[str, Any]:
    """How much of the other set's language occurs here, and the longest run that both hold."""
    made: dict[str, Any] = {}
    for name, here, there in (
        ("transcripts", texts.spoken, other.spoken),
        ("notes", texts.written, other.written),
    ):
        part: dict[str, Any] = {}
        for n in (1, 2, 3, 4):
            known = {gram for words in here for gram in _grams(words, n)}
            grams = [gram for words in there for gram in _grams(words, n)]
            part[f"{n}-grams known"] = round(sum(g in known for g in grams) / max(1, len(grams)), 3)
        part["longest run"] = _longest_run(here, there)
        made[name] = part
    return made


def _longest_run(here: Sequence[Sequence[str]], there: Sequence[Sequence[str]]) -> str:
    best: tuple[str, ...] = ()
    for n in range(_SHORT_RUN, _LONG_RUN + 1):
        known = {gram for words in there for gram in _grams(words, n)}
        shared = next((g for words in here for g in _grams(words, n) if g in known), None)
        if shared is None:
            break
        best = shared
    return f"{len(best)} words: {' '.join(best)}" if best else f"under {_SHORT_RUN} words"


def write_report(
    folder: Path,
    figures: dict[str, Any],
    name: str | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Write the figures as `report.json` and, to read, `report.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(
        json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / "report.md").write_text(as_text(figures, name), encoding="utf-8")
    say(f"Wrote {folder / 'report.md'} and report.json.")


def as_text(figures: dict[str, Any], name: str | None = None) -> str:
    """The figures as Markdown."""
    other = figures.get("other")
    lines = [f"# {figures['pairs']} pairs", ""]
    if other:
        lines += [f"Beside them {other['pairs']} of {name}, in brackets.", ""]
    lines += ["## Lengths (deciles)", "", "| | 10 | 20 | 30 | 40 | 50 | 60 | 70 | 80 | 90 |"]
    lines.append("|---|" + "---|" * 9)
    for what, values in figures["lengths"].items():
        lines.append(f"| {what} | " + " | ".join(f"{v:g}" for v in values) + " |")
        if other:
            values = other["lengths"][what]
            lines.append(f"| ({name}) | " + " | ".join(f"{v:g}" for v in values) + " |")
    lines += ["", "## Diversity, over equally many words", "", "| | " + " | ".join(_COUNTS) + " |"]
    lines.append("|---|" + "---|" * len(_COUNTS))
    for part, counts in figures["diversity"].items():
        lines.append(f"| {part} | " + " | ".join(f"{counts[c]:g}" for c in _COUNTS) + " |")
        if other:
            counts = other["diversity"][part]
            lines.append(f"| ({name}) | " + " | ".join(f"{counts[c]:g}" for c in _COUNTS) + " |")
    lines += ["", "## 8-grams shared between pairs", ""]
    lines.append("| | with any other, mean | with the nearest: median | 90 % | most |")
    lines.append("|---|---|---|---|---|")
    for part, shares in figures["overlap"].items():
        lines.append(_overlap_row(part, shares))
        if other:
            lines.append(_overlap_row(f"({name})", other["overlap"][part]))
    if "likeness" in figures:
        lines += ["", f"## {name}'s language that occurs here", ""]
        for part, counts in figures["likeness"].items():
            told = ", ".join(f"{k} {v}" for k, v in counts.items())
            lines.append(f"- {part}: {told}")
    lines += ["", "## Contents", ""]
    for what, value in figures["contents"].items():
        shown = (
            ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        )
        lines.append(f"- {what}: {shown}")
    return "\n".join(lines) + "\n"


_COUNTS = ("distinct-1", "distinct-2", "distinct-3", "distinct-4", "words")


def _overlap_row(part: str, shares: dict[str, Any]) -> str:
    nearest = " | ".join(f"{v:.1%}" for v in shares["nearest"])
    return f"| {part} | {shares['mean']:.2%} | {nearest} |"
