"""The order of a visit."""

from __future__ import annotations

from random import Random

from ..encounter import Encounter
from ..tables import Tables
from .background import BackgroundTalk
from .findings import FindingsTalk
from .history import HistoryTalk
from .manner import Manner
from .plan import PlanTalk
from .script import Script
from .talk import Exchange


def speak(encounter: Encounter, tables: Tables, rng: Random, manner: Manner) -> Script:
    """The visit of an encounter."""
    return Visit(encounter, tables, rng, manner).run()


class Visit(HistoryTalk, BackgroundTalk, FindingsTalk, PlanTalk):
    """A whole visit."""

    def run(self) -> Script:
        """Speaks the visit from hello to goodbye."""
        self.asides = self.choose_asides()
        self.opening()
        if self.manner.nurse:
            self.nurse()
        self.complaint()
        background = self.background()
        middle: list[Exchange] = [lambda p=p: self.other_problem(p) for p in self.e.problems[1:]]
        middle.append(lambda: self.run_all(background))
        if self.chance(0.3):
            self.rng.shuffle(middle)
        for act in middle:
            self.maybe_aside()
            act()
        self.maybe_aside()
        self.ros()
        stages = [self.exam, self.results]
        if self.chance(0.3):
            stages.reverse()
        for stage in stages:
            stage()
        self.maybe_aside()
        self.plan()
        self.ending()
        return self.script

    def nurse(self) -> None:
        """A nurse takes what comes first, before the doctor goes on."""
        say = self.script.say
        vitals = [v for v in self.e.vitals if self.chance(0.6)][:3]
        if not vitals:
            return
        say("nurse", self.rule("u_vitals"))
        self.p(self.rule("p_okay"))
        say("nurse", " . ".join(self.vital(v) for v in vitals))
        if self.chance(0.5) and (self.e.allergies or self.e.no_allergies):
            self.allergies("nurse")
        say("nurse", self.rule("u_done", doctor=self.e.person.doctor.lower()))
