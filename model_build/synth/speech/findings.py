"""Vital signs, the examination dictated aloud, and results."""

from __future__ import annotations

from collections.abc import Sequence

from ..encounter import LabValue, SaidItem, Vital
from .talk import Talk

LAB_RULES = {"high": "l_high", "low": "l_low", "normal": "l_normal", "plain": "l_plain"}


class FindingsTalk(Talk):
    """Talk of what was found."""

    def vital(self, vital: Vital) -> str:
        """A vital sign as it is said, now and then misread first."""
        name, said = vital.truth.value["name"], self.spoken(vital.written)
        if vital.name in ("bp", "hr") and self.chance(self.manner.correct * 0.6):
            wrong = self._wrong_vital(vital)
            slip = self.mislead(
                self.spoken(wrong), f"{name} {wrong}, said by mistake", name=name, value=wrong
            )
            right = self.mark(vital.truth, said)
            return self.rule(f"v_{vital.name}", x=f"{slip} , {self.rule('fix')} {right}")
        afebrile = vital.name == "temp" and float(vital.written) < 100
        rule = "v_temp_low" if afebrile else f"v_{vital.name}"
        return self.mark(vital.truth, self.rule(rule, x=said))

    def _wrong_vital(self, vital: Vital) -> str:
        if vital.name == "bp":
            top, _, bottom = vital.written.partition("/")
            return f"{int(top) + self.rng.choice((-20, -10, 10, 20))}/{bottom}"
        return str(int(vital.written) + self.rng.choice((-10, 10, 20)))

    def exam(self) -> None:
        """Vital signs and findings, dictated in any order."""
        e, rng = self.e, self.rng
        self.d(f"{self.ack(0.2)} {self.rule('d_exam_start')}")
        if self.chance(0.8):
            self.p(self.rule("p_okay"))
        vitals = [v for v in e.vitals if not v.truth.said]
        if vitals:
            self.d(self.rule("d_vitals"))
            self.monologue((f"{self.vital(v)}" for v in vitals), react=self.chance(0.5))
        groups = [list(p.exam) for p in e.problems if p.exam] + [[n] for n in e.normals]
        if self.chance(0.7):
            rng.shuffle(groups)
        sentences = []
        for group in groups:
            for item in group:
                said = item.context.say(item.item.say)
                lead = self.rule("d_exam_lead") if self.chance(0.35 if sentences else 0.9) else ""
                sentences.append(f"{lead} {self.mark(item.truth, said)}")
                if self.chance(self.manner.chat * 0.6):
                    sentences.append(self.rule("d_exam_fluff"))
        for i, text in enumerate(sentences):
            self.d(text)
            if self.chance(0.03):
                self.d(self.rule("d_pain_here"))
                self.p(self.rule("p_ouch") if self._tender(groups) else "no .")
            elif i < len(sentences) - 1 and self.chance(self.manner.back * 0.8):
                self.p(self.rule("p_okay"))

    def _tender(self, groups: Sequence[Sequence[SaidItem]]) -> bool:
        return any("tender" in item.written or "pain" in item.written for g in groups for item in g)

    def lab(self, value: LabValue) -> str:
        """A test's value as it is said, now and then misread first, or with an earlier one."""
        name = self.c.say(value.lab.say)
        said = self._lab_number(value.written, value.lab.unit)
        wrong = self._wrong_lab(value)
        if wrong and self.chance(self.manner.correct * 0.4):
            known = value.truth.value["name"]
            slip = self.mislead(
                self._lab_number(wrong, value.lab.unit),
                f"{known} {wrong}, said by mistake",
                name=known,
                value=wrong,
            )
            right = self.mark(value.truth, said)
            return f"{self.mark(value.truth, name)} {slip} , {self.rule('fix')} {right}"
        rule = LAB_RULES[value.flag] if self.chance(0.75) else "l_plain"
        text = self.mark(value.truth, self.rule(rule, lab=name, x=said))
        if rule != "l_plain":
            value.truth.value["flag"] = value.flag
        if value.previous_truth:
            previous = self._lab_number(value.previous or "", value.lab.unit)
            text += ", " + self.rule(
                "l_previous",
                x=self.mark(value.previous_truth, previous),
                when=self.rng.choice(("in the spring", "in january", "last year")),
            )
        return text

    def _wrong_lab(self, value: LabValue) -> str | None:
        places = len(value.written.partition(".")[2])
        wrong = f"{float(value.written) * self.rng.choice((0.9, 1.1, 1.2)):.{places}f}"
        return None if value.lab.negative or wrong == value.written else wrong

    def _lab_number(self, written: str, unit: str) -> str:
        """A test's number as it is said, with its unit where people say it."""
        number = written.lstrip("-")
        minus = self.rng.choice(("minus ", "negative ")) if number != written else ""
        if unit.startswith("% "):
            number += f" percent {unit[2:]}"
        elif unit == "%" or unit.endswith(("/dL", "/mL")) or unit[:6] in ("out of", "events"):
            number += f" {unit}"
        return minus + self.spoken(number).strip()

    def results(self) -> None:
        """Tests and images."""
        e = self.e
        self.chat("doctor", "d_fluff")
        self.chat("doctor", "d_talk", 0.3)
        labs = [v for p in e.problems for v in p.labs]
        other = [r for p in e.problems for r in p.results]
        if not labs and not other:
            return
        sentences: list[str] = []
        if other:
            sentences.append(self.rule("d_results"))
            sentences += [self.mark(r.truth, r.context.say(r.item.say)) for r in other]
        if labs:
            lines = [self.rule("d_labs")]
            seen: set[int] = set()
            for value in labs:
                if id(value) not in seen:
                    seen.add(id(value))
                    lines.append(self.lab(value))
            sentences = lines + sentences if self.chance(0.5) else sentences + lines
        self.monologue(sentences)
        if self.chance(0.3):
            self.exchange(self.rng.choice(self.talk["result_questions"]))
