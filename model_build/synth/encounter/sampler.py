"""Draws an encounter that is consistent in itself.

A symptom is never both there and denied, a system of the examination belongs to one problem, a test
has one value, no drug is given twice or against an allergy.
"""

from __future__ import annotations

from random import Random

from ..grammar import Value, draw
from ..spoken import speech
from ..tables import Condition, Tables
from .background import BackgroundSampling
from .model import Encounter, Person, Problem, SaidItem, SymptomHere, Truth, Vital, with_unit
from .problems import ProblemSampling

SPECIALTY_WEIGHTS = {"endocrinology": 3.2, "family medicine": 1.6, "cardiology": 1.3}

# How often a vital sign is spoken of when no problem calls for it.
_TAKEN = {
    "bp": 0.9, "hr": 0.7, "temp": 0.4, "rr": 0.25, "spo2": 0.4, "weight": 0.35, "bmi": 0.1,
}  # fmt: skip

VITALS = {
    "bp": ("blood pressure", "mmHg"),
    "hr": ("heart rate", "bpm"),
    "temp": ("temperature", "°F"),
    "rr": ("respiratory rate", "breaths per minute"),
    "spo2": ("oxygen saturation", "%"),
    "weight": ("weight", "lbs"),
    "bmi": ("BMI", ""),
}


def sample_encounter(
    tables: Tables, rng: Random, digits: bool, specialty: str | None = None
) -> Encounter:
    """An encounter.

    Args:
        tables: the knowledge.
        rng: its source of chance.
        digits: whether numbers are transcribed in digits.
        specialty: the first problem's; None draws it.
    """
    return Sampler(tables, rng, digits).encounter(specialty)


class Sampler(ProblemSampling, BackgroundSampling):
    """The whole encounter."""

    def encounter(self, specialty: str | None) -> Encounter:
        """Draws it; the first problem is one of the specialty."""
        rng = self.rng
        first = self._first_condition(specialty)
        self.person = self._person(first)
        self.shared = self._context()
        allergies, no_allergies = self._allergies(first)
        conditions = [first, *self._others(first)]
        for condition in conditions:
            self.ruled_out |= condition.avoid
        problems = [self._problem(c, i == 0) for i, c in enumerate(conditions)]
        head = problems[0]
        assert head.complaint is not None
        self.complaint = np = head.context.write(head.complaint.note)
        # The first problem's findings first: others may not contradict them.
        for problem in problems:
            self._fill(problem)
        self.told = " ".join(i.written for p in problems for i in (*p.story, *p.teach, *p.treat))
        person = self.person
        gender = "female" if person.female else "male"
        noun = rng.choice(("woman", "female") if person.female else ("man", "male"))
        noun = noun if person.age > 17 else gender
        demographic = Truth(
            "demographic",
            f"{person.age}-year-old {noun}",
            {"age": str(person.age), "sex": gender},
        )
        complaint = Truth("complaint", np, {"name": np})
        follow, time = self._follow_up()
        return Encounter(
            person=person,
            specialty=first.specialty,
            problems=problems,
            context=self.shared,
            demographic=demographic,
            complaint=complaint,
            complaint_np=np,
            vitals=self._vitals(problems),
            normals=self._normals(problems),
            denied=self._denied(),
            past=self._past(),
            surgeries=self._surgeries(),
            allergies=allergies,
            no_allergies=no_allergies,
            family=self._family(),
            social=self._social(),
            follow_up=follow,
            follow_up_time=time,
            agrees=Truth("plan", "the patient agrees with the plan", {"name": "agreement"}),
            other_meds=self._other_meds(),
        )

    def _first_condition(self, specialty: str | None) -> Condition:
        rng = self.rng
        if specialty is None:
            names = self.tables.specialties
            weights = [SPECIALTY_WEIGHTS.get(n, 1.0) for n in names]
            specialty = rng.choices(names, weights)[0]
        choices = [
            c for c in self.tables.conditions if c.specialty == specialty and c.items["complaint"]
        ]
        return rng.choices(choices, [c.weight for c in choices])[0]

    def _person(self, first: Condition) -> Person:
        rng, background = self.rng, self.tables.background
        female = first.sex == "female" or (first.sex == "any" and rng.random() < 0.53)
        given = rng.choice(background["women" if female else "men"].split())
        last = rng.choice(background["surnames"].split())
        age = rng.randint(first.low_age, first.high_age)
        called = given
        if age > 17 and rng.random() < 0.3:
            title = rng.choice(("ms.", "mrs.", "miss")) if female else "mr."
            called = f"{title} {last}"
        doctor = rng.choice(background["surnames"].split())
        return Person(given, last, female, age, called, doctor)

    def _fits(self, condition: Condition) -> bool:
        person = self.person
        return (
            condition.low_age <= person.age <= condition.high_age
            and condition.sex in ("any", "female" if person.female else "male")
            and condition.group not in self.groups
        )

    def _others(self, first: Condition) -> list[Condition]:
        rng = self.rng
        self.groups.add(first.group)
        count = rng.choices((0, 1, 2, 3), (0.15, 0.4, 0.34, 0.11))[0]
        made = []
        for _ in range(count):
            same = rng.random() < 0.35
            choices = [
                c
                for c in self.tables.conditions
                if c.chronic and self._fits(c) and (not same or c.specialty == first.specialty)
            ]
            if choices:
                chosen = rng.choices(choices, [c.weight for c in choices])[0]
                self.groups.add(chosen.group)
                made.append(chosen)
        return made

    def _normals(self, problems: list[Problem]) -> list[SaidItem]:
        rng = self.rng
        head = problems[0]
        own = {i.tag for i in head.condition.items["exam"] if i.state in (None, head.state)}
        systems = [s for s in self.tables.normals if s not in self.systems and s not in own]
        if self.symptoms.get("leg_swelling"):
            systems = [s for s in systems if s != "Extremities"]
        if self.symptoms.get("weakness") or self.symptoms.get("muscle_weakness"):
            systems = [s for s in systems if s not in ("Musculoskeletal", "Neurological")]
        weights = {"Cardiovascular": 5, "Respiratory": 5, "Gastrointestinal": 2, "Extremities": 2}
        exam = sum(len(p.exam) for p in problems)
        count = max(1, rng.randint(2, 5) - exam // 2)
        made = []
        for _ in range(min(count, len(systems))):
            system = rng.choices(systems, [weights.get(s, 1) for s in systems])[0]
            systems.remove(system)
            item = rng.choice(self.tables.normals[system])
            made.append(self._said_item(self.shared, item, "exam", tag=system))
        return made

    def _denied(self) -> list[SymptomHere]:
        rng = self.rng
        general = [
            "fever", "chills", "chest_pain", "dyspnea", "nausea", "vomiting", "abdominal_pain",
            "headache", "weight_loss", "night_sweats", "cough", "diarrhea", "constipation", "rash",
            "dysuria", "palpitations", "leg_swelling", "lightheadedness", "joint_pain", "numbness",
            "blurred_vision", "syncope", "blood_in_stool", "hematuria", "sore_throat",
        ]  # fmt: skip
        if self.symptoms.get("dyspnea_exertion"):
            general.remove("dyspnea")
        free = [
            s
            for s in general
            if s not in self.symptoms and not self._complained_of(self.tables.symptoms[s])
        ]
        if self.symptoms.get("foot_numbness") or self.symptoms.get("hand_numbness"):
            free = [s for s in free if s != "numbness"]
        chosen = rng.sample(free, min(len(free), rng.randint(2, 5)))
        made = []
        for key in chosen:
            self.symptoms[key] = False
            made.append(self._symptom(self.tables.symptoms[key], False))
        return made

    def _vitals(self, problems: list[Problem]) -> list[Vital]:
        rng, person = self.rng, self.person
        specs = {
            "bp": f"{rng.randint(108, 132)}/{rng.randint(64, 82)}",
            "hr": "60-88",
            "temp": "97.6-98.8",
            "rr": "12-18",
            "spo2": "96-99",
            "weight": "118-190" if person.female else "146-224",
        }
        special: set[str] = set()
        for problem in reversed(problems):
            for entry in self._entries(problem, "vitals"):
                name, _, spec = entry.text.partition(" ")
                specs[name] = spec
                special.add(name)
        readings = {name: self._reading(spec) for name, spec in specs.items()}
        self._body(readings, "bmi" in special)
        made = []
        for name, written in readings.items():
            if rng.random() < (0.95 if name in special else _TAKEN[name]):
                label, unit = VITALS[name]
                value = {"name": label, "value": written, "unit": unit}
                if name == "spo2":
                    value["label"] = "SpO2"
                truth = Truth("vital", f"{label} {with_unit(written, unit)}", value)
                made.append(Vital(truth, name, written, unit))
        return made

    def _reading(self, spec: str) -> str:
        top, slash, bottom = spec.partition("/")
        reading = draw(top, self.rng, False).written
        return f"{reading}/{draw(bottom, self.rng, False).written}" if slash else reading

    def _body(self, readings: dict[str, str], from_bmi: bool) -> None:
        """Makes weight (pounds) and BMI agree for a height in inches."""
        height = self.rng.randint(60, 68) if self.person.female else self.rng.randint(66, 74)
        if from_bmi:
            readings["weight"] = f"{float(readings['bmi']) * height**2 / 703:.0f}"
        else:
            readings["bmi"] = f"{float(readings['weight']) * 703 / height**2:.1f}"

    def _follow_up(self) -> tuple[Truth, Value]:
        rng = self.rng
        number, unit = rng.choice(
            [(1, "week"), (2, "weeks"), (3, "weeks"), (4, "weeks"), (6, "weeks"), (2, "months"),
             (3, "months"), (3, "months"), (4, "months"), (6, "months"), (1, "month"), (8, "weeks"),
             (10, "days")]
        )  # fmt: skip
        written = f"{number} {unit}"
        said = speech(written, rng, self.digits)
        if number == 1:
            said = rng.choice((f"a {unit}", f"one {unit}"))
        value = {"name": "follow-up", "date": written}
        return Truth("plan", f"follow up in {written}", value), Value(said, written)
