"""Wordings that expand into many sentences.

    (a|b|)        one of the alternatives, nested as needed
    <rule>        a wording of that rule, none twice in a visit while there are others
    {slot}        a value of the context, as it is said or as it is written
    {slot:2-9}    … and if it has none yet, one is drawn: a whole number, here; `7.2-9.8` a
                  decimal; `/5` a step; `a|b|my knee~the right knee` one of the alternatives, after
                  a tilde as it is written

A slot keeps its value within its context, so what was said and what is written agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from .spoken import speech


class GrammarError(Exception):
    """A wording that cannot be expanded; the message quotes it."""


@dataclass(frozen=True)
class Value:
    """A slot's value as it is said and as it is written."""

    said: str
    written: str


@dataclass
class Context:
    """Where wordings are expanded: the values of slots and the visit's ways of speaking.

    Args:
        rng: the visit's source of chance.
        rules: alternatives by rule.
        slots: values by slot; filled as wordings draw them.
        special: answers for slots that depend on the moment ('she', 'name'), None for others.
        digits: whether numbers are transcribed in digits.
        used: alternatives of rules that this visit has used, shared between its contexts.
    """

    rng: Random
    rules: Mapping[str, Sequence[str]]
    slots: dict[str, Value] = field(default_factory=dict)
    special: Callable[[str], str | None] = lambda name: None
    digits: bool = False
    used: dict[str, list[int]] = field(default_factory=dict)

    def say(self, wording: str) -> str:
        """The wording as it is said."""
        return _tidy(_expand(_parse(wording), self, said=True))

    def write(self, wording: str) -> str:
        """The wording as it is written."""
        return _tidy(_expand(_parse(wording), self, said=False))

    def choose(self, rule: str) -> str:
        """An alternative of a rule, unexpanded."""
        try:
            options = self.rules[rule]
        except KeyError:
            raise GrammarError(f"there is no rule <{rule}>") from None
        used = self.used.setdefault(rule, [])
        fresh = [i for i in range(len(options)) if i not in used]
        if not fresh:
            del used[: -1 if len(options) > 1 else None]
            fresh = [i for i in range(len(options)) if i not in used]
        index = self.rng.choice(fresh)
        used.append(index)
        return options[index]

    def choose_text(self, rule: str) -> str:
        """An alternative of a rule as it is written."""
        return self.write(self.choose(rule))

    def prepare(self, *wordings: str) -> None:
        """Draws every slot of the wordings, so that all of them find the same values."""
        for wording in wordings:
            for name, spec in slots_of(wording).items():
                if spec:
                    self.draw(name, spec)

    def _resolve(self, text: str) -> str:
        """The text of a drawn value with the slots that stand in it."""
        return re.sub(r"\{(\w+)\}", lambda m: self.special(m[1]) or m[0], text)

    def draw(self, name: str, spec: str) -> Value:
        """A slot's value, drawn if it has none."""
        if name not in self.slots:
            value = draw(spec, self.rng, self.digits)
            self.slots[name] = Value(self._resolve(value.said), self._resolve(value.written))
        return self.slots[name]


# A wording is a sequence of parts: text, ('alt', sequences), ('rule', name), ('slot', name, spec).
_Part = str | tuple
_RANGE = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?$")


def draw(spec: str, rng: Random, digits: bool) -> Value:
    """A value for a slot's specification (see the module)."""
    match = _RANGE.match(spec)
    if match:
        low, high, step = match.groups()
        places = max(len(x.partition(".")[2]) for x in (low, high, step or "1"))
        unit = float(step) if step else 10.0**-places
        count = round((float(high) - float(low)) / unit)
        written = f"{float(low) + unit * rng.randint(0, count):.{places}f}"
    else:
        option = rng.choice(spec.split("|"))
        said, tilde, written = option.partition("~")
        if tilde:
            return Value(speech(said, rng, digits), written)
        written = said
    return Value(speech(written, rng, digits), written)


@lru_cache(maxsize=100_000)
def _parse(wording: str) -> tuple[_Part, ...]:
    parts, at = _sequence(wording, 0, top=True)
    if at != len(wording):
        raise GrammarError(f"an unexpected '{wording[at]}' at {at}: {wording}")
    return parts


def _sequence(text: str, at: int, top: bool = False) -> tuple[tuple[_Part, ...], int]:
    parts: list[_Part] = []
    plain = at
    while at < len(text):
        char = text[at]
        if char in "|)" and not top:
            break
        if char not in "(<{)":
            at += 1
            continue
        if plain < at:
            parts.append(text[plain:at])
        if char == "(":
            options = []
            while True:
                option, at = _sequence(text, at + 1)
                options.append(option)
                if at >= len(text):
                    raise GrammarError(f"a parenthesis is not closed: {text}")
                if text[at] == ")":
                    break
            parts.append(("alt", tuple(options)))
        else:
            close = _closing(text, at)
            name, _, spec = text[at + 1 : close].partition(":")
            parts.append(("rule", name) if char == "<" else ("slot", name, spec))
            at = close
        at += 1
        plain = at
    if plain < at:
        parts.append(text[plain:at])
    return tuple(parts), at


def _closing(text: str, at: int) -> int:
    """Where a rule or slot that begins at `at` ends; slots may stand within slots."""
    if text[at] == "<":
        close = text.find(">", at)
    else:
        depth, close = 0, -1
        for place in range(at, len(text)):
            depth += (text[place] == "{") - (text[place] == "}")
            if not depth:
                close = place
                break
    if close < 0:
        raise GrammarError(f"'{text[at]}' is not closed: {text}")
    return close


def _expand(parts: Sequence[_Part], context: Context, said: bool) -> str:
    made = []
    for part in parts:
        if isinstance(part, str):
            made.append(part)
        elif part[0] == "alt":
            made.append(_expand(context.rng.choice(part[1]), context, said))
        elif part[0] == "rule":
            made.append(_expand(_parse(context.choose(part[1])), context, said))
        else:
            made.append(_slot(part[1], part[2], context, said))
    return "".join(made)


def _slot(name: str, spec: str, context: Context, said: bool) -> str:
    if spec or name in context.slots:
        value = context.draw(name, spec)
        return value.said if said else value.written
    special = context.special(name)
    if special is None:
        raise GrammarError(f"the slot {{{name}}} has no value")
    return special


def fill(expand: Callable[[str], str], wording: str, slots: Mapping[str, str]) -> str:
    """An expanded wording with ready words for some of its slots.

    The words may hold marks and must not be parsed as wordings, so they go in afterwards.
    """
    for key in slots:
        wording = wording.replace(f"{{{key}}}", f"\ue020{key}\ue021")
    made = expand(wording)
    for key, words in slots.items():
        made = made.replace(f"\ue020{key}\ue021", words)
    return made


def list_words(words: Sequence[str], last: str = "and") -> str:
    """'a, b, and c'."""
    if len(words) < 2:
        return "".join(words)
    if len(words) == 2:
        return f"{words[0]} {last} {words[1]}"
    return f"{', '.join(words[:-1])}, {last} {words[-1]}"


def slots_of(wording: str) -> dict[str, str]:
    """The slots that a wording draws, with their specifications."""
    found: dict[str, str] = {}

    def walk(parts: Sequence[_Part]) -> None:
        for part in parts:
            if isinstance(part, tuple) and part[0] == "alt":
                for option in part[1]:
                    walk(option)
            elif isinstance(part, tuple) and part[0] == "slot":
                found[part[1]] = found.get(part[1]) or part[2]

    walk(_parse(wording))
    return found


def rules_of(wording: str) -> set[str]:
    """The rules that a wording uses."""
    return set(re.findall(r"<([^>]+)>", wording))


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,.?!;:])", r"\1", text)
    text = re.sub(r"([,;]){2,}", r"\1", text)
    text = re.sub(r",([.?!])", r"\1", text)
    text = re.sub(r"\b(any|no|an?|the) (?:an?|the|any) (?!\w\b|one\b|fib\b)", r"\1 ", text)
    text = re.sub(r"(?<=\w) ('(?:m|ve|s|re|ll|d))\b", r"\1", text)
    text = re.sub(r"\ba (?=8\b|8\d\b|11\b|18\b)", "an ", text)
    text = re.sub(r"\b(a) (?=[aeio](?!ne\b|nce\b|u))", r"\1n ", text)
    return re.sub(r"^[\s,;.]+", "", text).strip()
