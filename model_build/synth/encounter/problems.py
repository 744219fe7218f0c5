"""The parts of a problem: symptoms, story, tests, findings, assessment, plan."""

from __future__ import annotations

import re
from random import Random

from ..grammar import Value, draw
from ..spoken import speech
from ..tables import Condition, Entry, Item, Symptom
from .base import first_wording
from .drugs import DrugSampling
from .model import LabValue, Problem, SaidItem, Truth, with_unit

# Words of findings that would contradict a symptom which the patient denies.
_FINDINGS = {
    "edema": "leg_swelling", "remor": "tremor", "heez": "wheezing", "ynovitis": "joint_swelling",
    "icterus": "jaundice", "weak": "muscle_weakness", "plaques": "rash", "limp": "joint_pain",
}  # fmt: skip

_FLAGS = ("high", "low", "normal", "plain")


class ProblemSampling(DrugSampling):
    """Draws what is known of each problem."""

    def _problem(self, condition: Condition, primary: bool) -> Problem:
        rng = self.rng
        context = self._context()
        for name, spec in condition.slots.items():
            value = context.draw(name, spec)
            context.slots[name.capitalize()] = Value(value.said, value.written.capitalize())
        state = rng.choice(condition.states)
        for items in condition.items.values():
            for item in items:
                if item.state in (None, state):
                    context.prepare(item.ask or "", item.say, item.note)
        title = context.write(condition.title)
        problem = Problem(
            condition=condition,
            state=state,
            context=context,
            truth=Truth("problem", title, {"name": condition.name, "status": "present"}),
            title=title,
            spoken=context.say(condition.spoken),
            primary=primary,
        )
        if "side" in context.slots:
            problem.truth.value["side"] = context.slots["side"].written
        if primary:
            fits = [i for i in condition.items["complaint"] if i.state in (None, state)]
            problem.complaint = rng.choice(fits)
        return problem

    def _fill(self, problem: Problem) -> None:
        rng, primary = self.rng, problem.primary
        self._symptoms(problem, (2, 6) if primary else (0, 3), (3, 7) if primary else (1, 4))
        self._home(problem)
        self._labs(problem, (2, 5) if primary else (0, 3))
        problem.results = self._items(problem, "results", "result", (0, 2) if primary else (0, 1))
        problem.story = self._items(problem, "story", "symptom", (5, 9) if primary else (1, 4))
        problem.exam = self._exam(problem, (2, 5) if primary else (0, 2))
        problem.assess = self._items(problem, "assess", "assessment", (1, 3) if primary else (1, 1))
        problem.treat = self._items(problem, "treat", "plan", (0, 2) if primary else (0, 1))
        problem.order = self._items(problem, "order", "plan", (1, 3) if primary else (0, 1))
        problem.refer = self._items(
            problem, "refer", "plan", (0, 1) if primary or rng.random() < 0.25 else (0, 0)
        )
        problem.teach = self._items(problem, "teach", "plan", (1, 3) if primary else (0, 1))
        self._plan_drugs(problem)

    def _entries(self, problem: Problem, key: str) -> list[Entry]:
        return [
            e
            for e in problem.condition.lists[key]
            if e.state in (None, problem.state) and self.rng.random() < e.chance
        ]

    def _symptoms(self, problem: Problem, some: tuple[int, int], none: tuple[int, int]) -> None:
        rng = self.rng
        for key, present, (low, high) in (("has", True, some), ("hasnot", False, none)):
            entries = self._entries(problem, key)
            rng.shuffle(entries)
            left = rng.randint(low, high)
            for entry in entries:
                symptom = self.tables.symptoms[entry.text]
                if not left:
                    break
                if symptom.id in self.symptoms or not self._possible(symptom, present):
                    continue
                self.symptoms[symptom.id] = present
                problem.symptoms.append(self._symptom(symptom, present))
                left -= 1

    def _possible(self, symptom: Symptom, present: bool) -> bool:
        if not present:
            return not self._complained_of(symptom)
        here = {i for i, there in self.symptoms.items() if there}
        others = {i for i in here if symptom.id in self.tables.symptoms[i].excludes}
        return not (symptom.excludes & here or others)

    def _home(self, problem: Problem) -> None:
        for entry in self._entries(problem, "home"):
            drug = self._free_drug(entry.text)
            if drug:
                problem.home.append(self._current(drug))

    def _labs(self, problem: Problem, count: tuple[int, int]) -> None:
        rng = self.rng
        entries = self._entries(problem, "labs")
        keep = entries[:1] if problem.primary or rng.random() < 0.6 else []
        rest = entries[len(keep) :]
        rng.shuffle(rest)
        chosen = keep + rest[: max(0, rng.randint(*count) - len(keep))]
        for entry in chosen:
            value = self._lab(entry.text)
            problem.context.slots[value.lab.id] = Value(
                speech(value.written, rng, self.digits), value.written
            )
            problem.labs.append(value)
        # Other entries may speak of a test that was drawn for this problem only.
        problem.labs = list({id(v): v for v in problem.labs}.values())

    def _lab(self, text: str) -> LabValue:
        rng = self.rng
        key, _, spec = text.partition(" ")
        if key in self.labs:
            return self.labs[key]
        lab = self.tables.labs[key]
        spec, _, told = spec.strip().partition(" ")
        if spec in _FLAGS:
            spec, told = "", spec
        if not spec:
            spec = f"{lab.low:.{lab.places}f}-{lab.high:.{lab.places}f}"
        written = draw(spec, rng, self.digits).written
        number = float(written.replace(",", ""))
        flag = "high" if number > lab.high else "low" if number < lab.low else "normal"
        flag = told or ("plain" if lab.negative else flag)
        minus = "-" if lab.negative else ""
        name = self.shared.write(first_wording(lab.note))
        unit = lab.unit
        shown = with_unit(minus + written, unit)
        known = {"name": name, "value": minus + written, "unit": unit}
        value = LabValue(Truth("result", f"{name} {shown}", known), lab, minus + written, flag)
        if rng.random() < 0.22 and not lab.negative:
            earlier = number * rng.choice((0.82, 0.9, 0.94, 1.06, 1.1, 1.2))
            places = len(written.partition(".")[2])
            value.previous = f"{earlier:.{places}f}"
            if value.previous != written:
                value.previous_truth = Truth(
                    "result",
                    f"earlier {name} {with_unit(value.previous, unit)}",
                    {"name": name, "value": value.previous, "unit": unit, "date": "before"},
                )
        self.labs[key] = value
        return value

    def _items(
        self, problem: Problem, key: str, kind: str, count: tuple[int, int]
    ) -> list[SaidItem]:
        rng = self.rng
        fits = [
            i
            for i in problem.condition.items[key]
            if i.state in (None, problem.state) and self._known(problem, i)
        ]
        low, high = count
        chosen = _sample_in_order(rng, _one_of_each(rng, fits), rng.randint(low, high))
        return [self._said_item(problem.context, item, kind) for item in chosen]

    def _known(self, problem: Problem, item: Item) -> bool:
        """Whether an item speaks only of tests and drugs that this visit has."""
        needed = set(re.findall(r"\{(\w+)\}", item.say + item.note))
        labs = needed & set(self.tables.labs)
        return labs <= set(problem.context.slots)

    def _exam(self, problem: Problem, count: tuple[int, int]) -> list[SaidItem]:
        rng = self.rng
        fits = [
            i
            for i in problem.condition.items["exam"]
            if i.state in (None, problem.state)
            and self.systems.get(i.tag or "", problem.condition.name) == problem.condition.name
            and not any(
                word in i.note and self.symptoms.get(symptom) is False
                for word, symptom in _FINDINGS.items()
            )
        ]
        chosen = _sample_in_order(rng, _one_of_each(rng, fits), rng.randint(*count))
        for item in chosen:
            self.systems[item.tag or ""] = problem.condition.name
        return [self._said_item(problem.context, i, "exam") for i in chosen]


def _one_of_each(rng: Random, items: list[Item]) -> list[Item]:
    """The items with one at most of those that exclude each other, in their order."""
    shuffled = rng.sample(items, len(items))
    first = {item.one_of: item for item in shuffled if item.one_of}
    return [item for item in items if item.one_of is None or first[item.one_of] is item]


def _sample_in_order(rng: Random, items: list[Item], count: int) -> list[Item]:
    """Some of the items, in the order of the table: stories begin with their beginning."""
    chosen = set(rng.sample(range(len(items)), min(count, len(items))))
    return [item for i, item in enumerate(items) if i in chosen]
