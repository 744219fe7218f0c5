"""What belongs to the patient beside the problems: see knowledge/background.toml."""

from __future__ import annotations

import re

from ..spoken import speech
from ..tables import Condition
from .base import Sampling, fields
from .model import SUBJECT, Background, Truth

# What would contradict or repeat a background, in the problems' stories and advice.
_TOLD = {
    "smoking": "smok|cigarette",
    "alcohol": "alcohol|beer|wine",
    "exercise": "exercis|walk|swim",
    "caffeine": "coffee|caffeine",
    "work": "work|types|stands",
}

_THIS_YEAR = 2026
"""The visits' year; fixed, so that a seed gives the same pairs next year."""


class BackgroundSampling(Sampling):
    """Draws history, family and life."""

    def _allergies(self, first: Condition) -> tuple[list[Background], Truth | None]:
        rng = self.rng
        if rng.random() < 0.4:
            return [], None
        if rng.random() < 0.4:
            return [], Truth("allergy", "no known drug allergies", {"name": "none"})
        needed = {
            self.tables.drugs[name.strip()].group
            for entry in (*first.lists["drugs"], *first.lists["home"])
            for name in re.sub(r"^\w+ ", "", entry.text).partition(";")[0].split("|")
            if name.strip() in self.tables.drugs
        }
        made: list[Background] = []
        for line in rng.sample(self.tables.background["allergies"], 2):
            written, said, classes, reactions = fields(line)
            if set(classes.split()) & needed or classes in needed:
                continue
            self.ruled_out |= {classes} | set(classes.split())
            name, how = rng.choice(reactions.split("|")).split("~")
            value = {"name": written}
            text = f"allergic to {written}"
            told = rng.random() < 0.7
            if told:
                value["reaction"] = name
                text += f", with {name}"
            truth = Truth("allergy", text, value)
            made.append(
                Background(truth, self.shared.say(said), written, detail=how if told else "")
            )
            if rng.random() < 0.65:
                break
        return made, None

    def _past(self) -> list[Background]:
        rng, person, made = self.rng, self.person, []
        for line in rng.sample(self.tables.background["past"], rng.choice((2, 4, 6, 9))):
            written, said, sex, age, group = fields(line)
            if (
                sex in ("any", "female" if person.female else "male")
                and person.age >= int(age)
                and group not in self.groups
            ):
                self.groups.add(group)
                truth = Truth(
                    "problem", f"history of {written}", {"name": written, "status": "history"}
                )
                made.append(Background(truth, rng.choice(said.split("|")), written))
        return made[: rng.choices((0, 1, 2, 3), (0.25, 0.35, 0.25, 0.15))[0]]

    def _surgeries(self) -> list[Background]:
        rng, person, made = self.rng, self.person, []
        count = rng.choices((0, 1, 2), (0.5, 0.38, 0.12))[0]
        for line in rng.sample(self.tables.background["surgeries"], 6):
            written, said, sex, age = fields(line)
            if len(made) == count or sex not in ("any", "female" if person.female else "male"):
                continue
            if person.age < int(age):
                continue
            context = self._context()
            context.draw("side", "left|right")
            years = max(1, min(person.age - int(age) + 1, 30))
            when = rng.choice(("year", "ago", "ago", "none"))
            ago = rng.randint(1, years)
            name = context.write(written)
            value = {"name": name}
            if when == "year":
                written_when = f"in {_THIS_YEAR - ago}"
                said_when = speech(written_when, rng, self.digits)
            elif when == "ago" and ago > 1:
                written_when = f"{ago} years ago"
                about = rng.choice(("about ", "", "like "))
                said_when = f"{about}{speech(written_when, rng, self.digits)}"
            else:
                written_when = said_when = ""
            if written_when:
                value["date"] = written_when
            if "{side}" in written:
                value["side"] = context.slots["side"].written
            text = f"{name} {written_when}".strip()
            made.append(
                Background(Truth("surgery", text, value), context.say(said), name, detail=said_when)
            )
        return made

    def _family(self) -> list[Background]:
        rng, made = self.rng, []
        count = rng.choices((0, 1, 2), (0.45, 0.35, 0.2))[0]
        seen: set[str] = set()
        for line in rng.sample(self.tables.background["family"], count):
            written, said, kind = fields(line)
            pool = "relatives_female" if kind == "f" else "relatives_male"
            if kind in "1v":
                pool = rng.choice(("relatives_female", "relatives_male"))
            relative = rng.choice(
                [r for r in self.tables.background[pool] if r not in seen] or ["cousin"]
            )
            seen.add(relative)
            name, _, how = relative.partition("~")
            context = self._context()
            context.prepare(said, written)
            said_x, written_x = context.say(said), context.write(written)
            truth = Truth("family", f"{name}: {written_x}", {"name": written_x, "person": name})
            detail = f"{name}~{how}" if how else name
            made.append(Background(truth, said_x, written_x, kind, detail, context))
        return made

    def _social(self) -> list[Background]:
        rng, table, made = self.rng, self.tables.background, []
        chance = {
            "work": 0.5,
            "smoking": 0.6,
            "alcohol": 0.5,
            "living": 0.3,
            "exercise": 0.3,
            "caffeine": 0.12,
            "street": 0.2,
        }
        if self.person.age < 18:
            chance |= {"work": 0, "smoking": 0.2, "alcohol": 0.2, "living": 0}
        for key, p in chance.items():
            # What a problem's story or advice speaks of is not asked for again.
            if rng.random() >= p or re.search(_TOLD.get(key, "$^"), self.told):
                continue
            options = [line for line in table[key] if self._social_fits(key, line)]
            if not options:
                continue
            parts = [x.strip() for x in rng.choice(options).split("=>")]
            ask = parts.pop(0) if len(parts) == 3 else ""
            context = self._context()
            context.prepare(ask, *parts)
            written = context.write(parts[1])
            truth = Truth("social", written.replace(SUBJECT, "the patient"), {"name": key})
            made.append(Background(truth, parts[0], written, ask=ask, detail=key, context=context))
        rng.shuffle(made)
        return made

    def _social_fits(self, key: str, line: str) -> bool:
        age = self.person.age
        if key == "work":
            return ("retired" in line) == (age > 66) and ("student" not in line or age < 30)
        if key == "smoking":
            years = max((int(n) for n in re.findall(r"\{q:\d+-(\d+)", line)), default=0)
            return age - years > 16 and ("yr:" not in line or age > 45)
        if key == "alcohol":
            return age > 20 or not re.search(r"\{a:|wine", line)
        if key == "living":
            if "parents" in line or "kids" in line:
                return age < 50
            return "grandkids" not in line or age > 45
        return True
