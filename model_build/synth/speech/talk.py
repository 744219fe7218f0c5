"""What all parts of a visit need: saying, asking, wordings with marks in them, small answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Any

from ..encounter import Encounter, Truth
from ..grammar import Context, fill
from ..spoken import speech
from ..tables import Tables
from .manner import Manner
from .script import MARK_BAR, MARK_OPEN, Script

# 'any a rash', 'no any fevers': the question's word and that of what is asked for.
_ARTICLE = re.compile(f"\\b((?:any|no) )({MARK_OPEN}[\\d,]*{MARK_BAR})(?:an?|the|any) ")

Exchange = Callable[[], None]


class Talk:
    """A visit while it is spoken."""

    def __init__(self, encounter: Encounter, tables: Tables, rng: Random, manner: Manner) -> None:
        self.e, self.tables, self.rng, self.manner = encounter, tables, rng, manner
        self.script = Script()
        self.c: Context = encounter.context
        self.talk: dict[str, Any] = tables.smalltalk
        self.asides: list[Exchange] = []
        self.plan_questions = rng.sample(self.talk["plan_questions"], 2)
        self.flowing = False
        """Whether the patient tells without being asked or interrupted."""

    def d(self, text: str) -> None:
        """The doctor says it."""
        self.script.say("doctor", text)

    def p(self, text: str) -> None:
        """The patient says it."""
        self.script.say("patient", text)

    def rule(self, name: str, /, **slots: str) -> str:
        """A rule's wording, with words (already spoken) for its slots."""
        return self.words(self.c.choose(name), **slots)

    def words(self, wording: str, /, **slots: str) -> str:
        """A wording as it is said, with words (already spoken) for its slots."""
        return _fill(self.c, wording, slots)

    def spoken(self, written: str) -> str:
        """Written words as they are said, numbers in words unless the transcript has digits."""
        return speech(written, self.rng, self.manner.digits)

    def mark(self, truths: Sequence[Truth] | Truth, words: str) -> str:
        """The words, marked as stating the truths."""
        return self.script.mark([truths] if isinstance(truths, Truth) else truths, words)

    def mislead(self, words: str, text: str, **value: str) -> str:
        """The words, marked as what must stay out of the note."""
        return self.mark(Truth("distractor", text, value), words)

    def chance(self, p: float) -> bool:
        """True with this probability."""
        return self.rng.random() < p

    def ack(self, p: float = 0.6) -> str:
        """Now and then, a word that the doctor has heard."""
        return f"{self.rule('d_ack')}." if self.chance(p) else ""

    def chat(self, who: str, rule: str, share: float = 1.0) -> None:
        """Now and then, words that state nothing."""
        if self.chance(self.manner.chat * share):
            self.script.say(who, self.rule(rule))

    def ask(self, question: str, lead: float = 0.5) -> None:
        """The doctor's question, after a lead or a word that the last answer was heard."""
        start = self.rule("d_ask_on") if self.chance(lead) else self.ack(0.7)
        text = f"{start} {question}".strip()
        self.d(text if text.endswith("?") else f"{text}?")

    def monologue(self, sentences: Iterable[str], react: bool = True) -> None:
        """Doctor's sentences, with short answers between them."""
        for text in sentences:
            self.d(text)
            if react and self.chance(self.manner.back):
                self.p(self.rule("p_okay"))

    def run_all(self, exchanges: Iterable[Exchange]) -> None:
        """One exchange after the other."""
        for exchange in exchanges:
            exchange()

    def exchange(self, lines: Sequence[str], /, **slots: str) -> None:
        """An exchange of lines; 'p:' is the patient's. Numbers in it are distractors."""
        context = Context(
            self.rng, self.tables.rules, special=self.c.special, digits=self.manner.digits
        )
        for line in lines:
            who, text = ("patient", line[2:]) if line.startswith("p:") else ("doctor", line)
            made = _fill(context, text, slots)
            if "n1" in context.slots and "{n1" in text:
                number = context.slots["n1"]
                told = f"small talk with the number {number.written}"
                made = made.replace(
                    number.said, self.mislead(number.said, told, value=number.written), 1
                )
            self.script.say(who, made)

    def maybe_aside(self) -> None:
        """Now and then, one of this visit's asides."""
        if self.asides and self.chance(0.75):
            self.asides.pop()()


def doing(words: str) -> bool:
    """Whether words begin with what somebody is doing ('losing hair')."""
    return words.split()[0].endswith("ing")


def _fill(context: Context, wording: str, slots: dict[str, str]) -> str:
    return _ARTICLE.sub(r"\1\2", fill(context.say, wording, slots))
