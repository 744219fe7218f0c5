"""The note's findings: vital signs, examination, results."""

from __future__ import annotations

import re

from ..encounter import LabValue, SaidItem, Vital, with_unit
from .base import Line, Said, Writing

_ABBREVIATED = {
    "bp": "BP",
    "hr": "HR",
    "temp": "Temp",
    "rr": "RR",
    "spo2": "SpO2",
    "weight": "Weight",
    "bmi": "BMI",
}
_SPELLED = {
    "bp": "Blood Pressure", "hr": "Heart Rate", "temp": "Temperature", "rr": "Respiratory Rate",
    "spo2": "Oxygen Saturation", "weight": "Weight", "bmi": "BMI",
}  # fmt: skip


class Objective(Writing):
    """The objective sections."""

    def _vitals(self) -> list[Line]:
        said = [v for v in self.e.vitals if v.truth.said]
        if not said:
            return []
        way = self.style.vitals
        if way == "line":
            text = ", ".join(self._vital(v, True).replace(": ", " ") for v in said)
            return [Line([self._state(text, *[v.truth for v in said])], "Vitals: ")]
        short = way == "short" or (way == "plain" and self._chance(0.5))
        bullet = {"spelled": "• ", "bullets": "• "}.get(way, "")
        return [Line([self._state(self._vital(v, short), v.truth)], bullet) for v in said]

    def _vital(self, v: Vital, short: bool) -> str:
        label = (_ABBREVIATED if short else _SPELLED)[v.name]
        unit = v.unit
        if v.name in ("bp", "hr", "rr") and short and self._chance(0.6):
            unit = ""
        return f"{label}: {with_unit(v.written, unit)}"

    def _findings(self) -> dict[str, list[SaidItem]]:
        made: dict[str, list[SaidItem]] = {}
        for item in self._said([i for p in self.e.problems for i in p.exam] + self.e.normals):
            made.setdefault(item.tag or "General", []).append(item)
        return made

    def _exam(self) -> list[Line]:
        way = self.style.exam
        lines: list[Line] = []
        for system, items in self._findings().items():
            statements = [self._state(i.written, i.truth) for i in items]
            if way == "bullets":
                lines.append(Line(statements, f"• {system}: "))
            elif way == "blocks":
                lines.append(Line([], f"{system}:", gap=True))
                lines.append(Line(statements, f"- {self._rule('n_exam_label')}: "))
            elif way == "capitals":
                lines.append(Line(statements, f"{system.upper()}: "))
            elif way == "sentences":
                lines.append(Line(statements, f"{system}: " if self._chance(0.7) else ""))
            else:
                lines.append(Line(statements, f"{system}: "))
        return lines

    def _results(self) -> list[Line]:
        lines = []
        for problem in self.e.problems:
            for item in self._said(problem.results):
                lines.append(Line([self._state(item.written, item.truth)], gap=self._chance(0.5)))
        seen: set[int] = set()
        for problem in self.e.problems:
            for value in problem.labs:
                if value.truth.said and id(value) not in seen:
                    seen.add(id(value))
                    lines.append(Line(self._lab(value)))
        if self._chance(0.4):
            lines.reverse()
        return lines

    def _lab(self, value: LabValue, sentence: bool = False) -> list[Said]:
        name = self.c.write(value.lab.note)
        shown = with_unit(value.written, value.lab.unit)
        flag = value.truth.value.get("flag")
        word = {"high": "elevated", "low": "low", "normal": "normal"}.get(flag or "")
        words = {"x": shown, "flag": word or "", "name": name}
        if sentence:
            words["name"] = name if name[:2].isupper() else name[0].lower() + name[1:]
            rule = "n_lab_recalled_flag" if word and self._chance(0.5) else "n_lab_recalled"
            return [self._state(_agree(self._rule(rule, **words), name), value.truth)]
        rule = "n_lab_flag" if word and self._chance(0.6) else "n_lab"
        made = [self._state(_agree(self._rule(rule, **words), name), value.truth)]
        previous = value.previous_truth
        if previous and previous.said:
            before = with_unit(value.previous or "", value.lab.unit)
            made.append(self._state(self._rule("n_lab_before", x=before), previous))
        return made

    def _objective(self) -> list[Line]:
        return self._vitals() + self._exam() + self._results()


def _agree(text: str, name: str) -> str:
    """'Triglycerides are', where the test's name is a plural."""
    if not name.endswith("s"):
        return text
    return re.sub(r"\b(is|was)\b", lambda m: {"is": "are", "was": "were"}[m[1]], text, count=1)
