"""Where each line of a note belongs: ACI-Bench's four divisions, and S, O, A, P.

A note is read from top to bottom. A line that is a known heading, alone on its line or at its
start in capitals with a colon ('HPI: the patient …'), opens a part that lasts until the next one.
What stands before the first heading is subjective. A heading in capitals that is not known
('EKG', 'MSK:') belongs to the part that it stands in.

| headings | division | SOAP |
|---|---|---|
| complaint, history, review of systems, medications, allergies, … | subjective | S |
| vitals, physical exam, procedure | objective_exam | O |
| results, labs, imaging | objective_results | O |
| assessment, impression, diagnosis | assessment_and_plan | A |
| plan, instructions, follow-up, disposition | assessment_and_plan | P |
| assessment and plan | assessment_and_plan | line by line, below |

Under 'assessment and plan' the problems with what the doctor thinks of them ('Medical Reasoning')
are A; lines that begin with a plan's label ('Medical Treatment', 'Additional Testing', 'Patient
Education and Counseling', 'Specialist Referrals', 'Follow up', 'Patient Agreements', …) are P, and
so are the lines below a label that stands alone or carries bullets of its own. A lone 'OBJECTIVE'
heading, as S-O-A-P notes have it, opens the exam division until a results heading follows.

Every line of the note lands in exactly one part, headings included.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Division = Literal["subjective", "objective_exam", "objective_results", "assessment_and_plan"]
Soap = Literal["subjective", "objective", "assessment", "plan"]

DIVISIONS: tuple[Division, ...] = get_args(Division)
SOAP: tuple[Soap, ...] = get_args(Soap)

_HEADINGS: dict[tuple[Division, Soap | None], str] = {
    ("subjective", "subjective"): """
        subjective | chief complaint | cc | reason for visit | hpi | history of present illness
        | history | interval history | past history | medical history | past medical history | pmh
        | surgical history | past surgical history | psh | social history | family history
        | family and social history | birth history | gynecologic history | obstetric history
        | immunizations | review of systems | ros | medications | current medications
        | home medications | allergies | problem list""",
    ("objective_exam", "objective"): """
        objective | exam | examination | physical exam | physical examination | vitals
        | vital signs | vitals reviewed | procedure | procedures""",
    ("objective_results", "objective"): """
        results | result | labs | laboratory results | lab results | imaging | imaging results
        | diagnostic results | data reviewed | test results""",
    ("assessment_and_plan", "assessment"): """
        assessment | impression | impressions | diagnosis | diagnoses | medical decision making""",
    ("assessment_and_plan", "plan"): """
        plan | treatment plan | instructions | patient instructions | follow-up | follow up
        | disposition | recommendations""",
    ("assessment_and_plan", None): """
        assessment and plan | assessment & plan | assessment/plan | assessment / plan
        | impression and plan | a/p | a&p""",
}
_KNOWN: dict[str, tuple[Division, Soap | None]] = {
    name.strip(): part for part, names in _HEADINGS.items() for name in names.split("|")
}

# MTS-Dialog's section headers; its emergency course (EDCOURSE) tells what was found and done.
_MTS_HEADERS: dict[tuple[Division, Soap], str] = {
    ("subjective", "subjective"): """CC GENHX ROS PASTMEDICALHX PASTSURGICAL FAM/SOCHX GYNHX
        OTHER_HISTORY ALLERGY MEDICATIONS IMMUNIZATIONS""",
    ("objective_exam", "objective"): "EXAM PROCEDURES EDCOURSE",
    ("objective_results", "objective"): "IMAGING LABS",
    ("assessment_and_plan", "assessment"): "ASSESSMENT DIAGNOSIS",
    ("assessment_and_plan", "plan"): "PLAN DISPOSITION",
}
MTS_SECTIONS: dict[str, tuple[Division, Soap]] = {
    header: part for part, headers in _MTS_HEADERS.items() for header in headers.split()
}

_PLAN_LABELS = re.compile(
    r"(?:medical treatments?|treatments?|additional testing|testing|patient education(?: and|/| &)?"
    r"(?: counseling)?|counseling|specialist referrals?|referrals?|procedures?|follow[- ]?up"
    r"|patient agreements?|instructions?|plan|medications?|return to clinic|disposition)"
    r"\s*(?::|$)",
    re.IGNORECASE,
)
_REASONING_LABELS = re.compile(
    r"(?:medical reasoning|reasoning|assessment|impression|diagnosis)\s*(?::|$)", re.IGNORECASE
)
_BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)]|#)*\s*")
_INLINE = re.compile(r"^\s*(?P<name>[A-Z][A-Z&/ -]*[A-Z])\s*:\s*\S")


@dataclass(frozen=True)
class NoteLine:
    """One line of a note, the part that it belongs to, and whether it is a heading alone."""

    text: str
    division: Division
    soap: Soap
    is_heading: bool


def read_lines(note: str) -> list[NoteLine]:
    """Every line of a note, in order, with its division and its part of S, O, A, P."""
    division: Division = "subjective"
    soap: Soap | None = "subjective"
    within: Soap = "assessment"  # inside a joint assessment and plan
    bulleted = False
    lines: list[NoteLine] = []
    for text in note.split("\n"):
        alone, part = _heading(text)
        if part is not None:
            division, soap = part
            within, bulleted = "assessment", False
        elif soap is None:
            within, bulleted = _problem_line(text, within, bulleted)
        lines.append(NoteLine(text, division, soap or within, alone))
    return lines


def split_divisions(note: str) -> dict[Division, str]:
    """The note's text by ACI-Bench's divisions, headings included; '' where there is none."""
    lines = read_lines(note)
    return {d: _text(line.text for line in lines if line.division == d) for d in DIVISIONS}


def split_soap(note: str) -> dict[Soap, str]:
    """The note's text by S, O, A, P, headings included; '' where there is none."""
    lines = read_lines(note)
    return {s: _text(line.text for line in lines if line.soap == s) for s in SOAP}


def body(note: str) -> str:
    """The note's text without the lines that are headings alone."""
    return _text(line.text for line in read_lines(note) if not line.is_heading)


def soap_bodies(note: str) -> dict[Soap, str]:
    """As `split_soap`, without the lines that are headings alone."""
    lines = [line for line in read_lines(note) if not line.is_heading]
    return {s: _text(line.text for line in lines if line.soap == s) for s in SOAP}


def has_headings(note: str) -> bool:
    """Whether any line opens a known part."""
    return any(_heading(line)[1] is not None for line in note.split("\n"))


def _heading(line: str) -> tuple[bool, tuple[Division, Soap | None] | None]:
    """Whether the line is nothing but a heading, and the part that it opens, if any."""
    bare = line.strip().strip("#*").strip().rstrip(":").strip().strip("*")
    known = _KNOWN.get(re.sub(r"\s+", " ", bare).lower())
    # In lower case it is a sentence's end or a bullet's word, not a heading.
    if known is not None and bare[:1].isupper():
        return True, known
    inline = _INLINE.match(line)
    if inline:
        return False, _KNOWN.get(re.sub(r"\s+", " ", inline["name"]).lower())
    return False, None


def _problem_line(text: str, within: Soap, bulleted: bool) -> tuple[Soap, bool]:
    """The part of a line under a joint assessment and plan, given the line before it.

    `bulleted` says that the part's label was a bullet: then a line without one begins a new
    problem.
    """
    if not text.strip():
        return within, bulleted
    bullet = _BULLET.match(text)
    rest = text[bullet.end() :] if bullet else text
    has_bullet = bool(bullet and bullet.group().strip())
    if _PLAN_LABELS.match(rest):
        return "plan", has_bullet
    if _REASONING_LABELS.match(rest):
        return "assessment", has_bullet
    numbered = bool(re.match(r"\s*(?:\d{1,2}[.)]|#)", text))
    if within == "plan" and (numbered or (bulleted and not has_bullet)):
        return "assessment", False
    return within, bulleted


def _text(lines: Iterable[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
