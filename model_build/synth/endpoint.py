"""The second source: pairs that language models write and review, through a server.

Three roles. The generator gets the facts of a sampled encounter and writes the visit and its note
in the form of hand-written visits, facts marked where they are said. What it writes must pass the
same check as every other pair; with what is wrong, it may try again. The reviewer then reads it as
a clinician would and accepts it or names faults, which the generator gets to mend once. Where the
reviewer still objects to a pair that passes the check, the adjudicator hears both and decides. A
pair is kept only if it passes the check in its final form and the reviewer or the adjudicator wants
it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from model_build.data import DataError, Pair
from model_build.data.written import parse_visit

from .check import check
from .encounter import SUBJECT, Encounter, Truth, sample_encounter
from .errors import SynthError
from .note import STYLES
from .pairs import Likeness
from .tables import load_tables

if TYPE_CHECKING:
    from .chat import Chat

ROLES = ("generator", "reviewer", "adjudicator")
_PLACE = Path("the generator's answer")


@dataclass(frozen=True)
class Models:
    """The server's names of the models, by role."""

    generator: str
    reviewer: str
    adjudicator: str


@dataclass
class Tally:
    """What became of the visits that were asked for."""

    kept: int = 0
    unsound: int = 0
    rejected: int = 0
    alike: int = 0
    adjudicated: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kept} kept, {self.unsound} not sound, {self.rejected} rejected, "
            f"{self.alike} too alike, {self.adjudicated} adjudicated"
        )


def prompt(role: str) -> str:
    """The instructions of a role."""
    return resources.files(__package__).joinpath("prompts", f"{role}.md").read_text("utf-8")


def write_pairs_with(
    chat: Chat,
    models: Models,
    count: int,
    seed: int,
    *,
    tries: int = 3,
    say: Callable[[str], None] = lambda text: None,
) -> Iterator[Pair]:
    """Pairs that a server's models write; at most twice as many visits are asked for as wanted.

    Args:
        tries: how often the generator may write one visit until it passes the check.

    Raises:
        SynthError: where the server fails.
    """
    tally, likeness = Tally(), Likeness()
    for number in range(2 * count):
        if tally.kept == count:
            return
        pair = _one(chat, models, seed, number, tries, tally)
        if pair is not None:
            if likeness.add(pair):
                tally.kept += 1
                yield pair
            else:
                tally.alike += 1
        say(f"visit {number + 1}: {tally}")


def _one(
    chat: Chat, models: Models, seed: int, number: int, tries: int, tally: Tally
) -> Pair | None:
    rng = Random(f"{seed}/{number}/endpoint")
    encounter = sample_encounter(load_tables(), rng, digits=False)
    style = rng.choices(STYLES, [s.weight for s in STYLES])[0]
    head = {
        "id": f"endpoint-{seed}-{number:05d}",
        "specialty": encounter.specialty,
        "style": style.name,
    }
    brief = as_brief(encounter, head)

    def generate(more: str = "") -> tuple[str, Pair | None]:
        """Visits from the generator until one is sound; its text, and the pair."""
        told = more
        text = ""
        for attempt in range(tries):
            asked = brief + (f"\n\n{told}" if told else "")
            text = chat.ask(
                models.generator, prompt("generator"), asked,
                temperature=0.9, seed=seed * 1000 + number + attempt,
            )  # fmt: skip
            pair, wrong = read_visit(text, head)
            if pair is not None and not wrong:
                return text, pair
            told = (
                f"{more}\n\nYour last version:\n\n{text}\n\nWhat is wrong with it:\n"
                + "\n".join(f"- {sentence}" for sentence in wrong)
            )
        return text, None

    text, pair = generate()
    if pair is None:
        tally.unsound += 1
        return None
    accepted, faults = review(chat, models.reviewer, brief, text)
    if accepted:
        return _told(pair, models, "accepted")
    mended, again = generate(
        f"Your last version:\n\n{text}\n\nA reviewer wants this mended:\n"
        + "\n".join(f"- {fault}" for fault in faults)
    )
    if again is not None:
        text, pair = mended, again
        accepted, faults = review(chat, models.reviewer, brief, text)
        if accepted:
            return _told(pair, models, "accepted when mended")
    tally.adjudicated += 1
    if adjudicate(chat, models.adjudicator, brief, text, faults):
        return _told(pair, models, "kept by the adjudicator")
    tally.rejected += 1
    return None


def as_brief(encounter: Encounter, head: dict[str, str]) -> str:
    """What the generator is asked for: the head of the visit and the facts that are true."""
    person = encounter.person
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += ["", "## facts"]
    lines += [f"{name} {_fact_line(truth)}" for name, truth in _truths(encounter)]
    return (
        f"Write this visit. The patient is called {person.first} {person.last}, the doctor "
        f"{person.doctor}. Add one or two facts of the kind distractor.\n\n" + "\n".join(lines)
    )


def _truths(encounter: Encounter) -> Iterator[tuple[str, Truth]]:
    e = encounter
    truths = [e.demographic, e.complaint, *(v.truth for v in e.vitals)]
    for p in e.problems:
        truths += [p.truth, *(s.truth for s in p.symptoms), *(i.truth for i in p.story)]
        truths += [m.truth for m in p.home] + [i.truth for i in p.exam] + [v.truth for v in p.labs]
        for items in (p.results, p.assess, p.treat, p.order, p.refer, p.teach):
            truths += [i.truth for i in items]
        truths += [m.truth for m in p.drugs]
    truths += [i.truth for i in e.normals] + [s.truth for s in e.denied]
    truths += [b.truth for b in (*e.past, *e.surgeries, *e.allergies, *e.family, *e.social)]
    truths += [e.no_allergies] if e.no_allergies else []
    truths += [m.truth for m in e.other_meds] + [e.follow_up]
    counts: dict[str, int] = {}
    for truth in dict.fromkeys(truths):
        letter = truth.kind[0]
        counts[letter] = counts.get(letter, 0) + 1
        yield f"{letter}{counts[letter]}", truth


def _fact_line(truth: Truth) -> str:
    values = "".join(f" | {k}={v}" for k, v in truth.value.items() if v)
    return f"{truth.kind}: {truth.text}{values}".replace(SUBJECT, "the patient")


def read_visit(text: str, head: dict[str, str]) -> tuple[Pair | None, list[str]]:
    """A visit from a generator's answer, and what is wrong with it."""
    fenced = re.search(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    body = (fenced[1] if fenced else text).strip()
    start = body.find("## facts")
    if start < 0:
        return None, ["the part '## facts' is missing"]
    top = "".join(f"{key}: {value}\n" for key, value in head.items())
    try:
        pair = parse_visit(f"{top}\n{body[start:]}\n", _PLACE)
    except DataError as error:
        return None, [str(error)]
    return pair, check(pair)


def review(chat: Chat, model: str, brief: str, text: str) -> tuple[bool, list[str]]:
    """Whether the reviewer accepts a visit, and the faults that it names."""
    answer = _json(chat.ask(model, prompt("reviewer"), f"{brief}\n\n---\n\n{text}", temperature=0))
    faults = [str(f) for f in answer.get("faults") or ()]
    return answer.get("accept") is True and not faults, faults


def adjudicate(chat: Chat, model: str, brief: str, text: str, faults: list[str]) -> bool:
    """Whether the adjudicator keeps a visit to which the reviewer objects."""
    objections = "\n".join(f"- {fault}" for fault in faults) or "- none named"
    asked = f"{brief}\n\n---\n\n{text}\n\n---\n\nThe reviewer's objections:\n{objections}"
    return _json(chat.ask(model, prompt("adjudicator"), asked, temperature=0)).get("keep") is True


def _json(text: str) -> dict[str, Any]:
    """The JSON object in an answer; what is none counts as a refusal."""
    found = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        value = json.loads(found[0]) if found else {}
    except json.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _told(pair: Pair, models: Models, verdict: str) -> Pair:
    about = {
        **pair.about,
        "generator": models.generator,
        "reviewer": models.reviewer,
        "verdict": verdict,
    }
    return replace(pair, source="endpoint", about=about)


__all__ = ["ROLES", "Models", "SynthError", "Tally", "write_pairs_with"]
