"""What a model should write for each section, from a reference note.

A whole note is split into S, O, A, P (`data/sections.py`). The page puts a section's title above
its text, so headings that say the same ('SUBJECTIVE', 'ASSESSMENT AND PLAN', 'IMPRESSION') go; all
others ('HISTORY OF PRESENT ILLNESS', 'RESULTS') stay where the note has them.

Notes by problem hold the plan below each problem's name. The name stays in the assessment and is
repeated in the plan above that problem's lines, so both sections list the problems in one order.
On ACI-Bench's `train` notes, composed again from these texts, that costs 0.6 points of ROUGE-1 and
0.3 of ROUGE-L against a plan without names, which nobody could read.

A section that a whole note lacks is empty, and its target is the stop token alone. A pair of
MTS-Dialog is one section of a note: it trains that section, under the heading that whole notes
give it, and says nothing about the others.
"""

import re

from ..data import SOAP, Pair
from ..data.sections import MTS_SECTIONS, NoteLine, Soap, has_headings, read_lines
from .errors import TrainError

_OWN_TITLES = {
    *("subjective", "objective", "assessment", "plan", "impression", "impressions"),
    *("assessment and plan", "assessment & plan", "assessment/plan", "assessment / plan"),
    *("impression and plan", "a/p", "a&p"),
}

_MTS_TITLES = {
    "CC": "CHIEF COMPLAINT",
    "GENHX": "HISTORY OF PRESENT ILLNESS",
    "ROS": "REVIEW OF SYSTEMS",
    "PASTMEDICALHX": "PAST MEDICAL HISTORY",
    "PASTSURGICAL": "PAST SURGICAL HISTORY",
    "FAM/SOCHX": "FAMILY AND SOCIAL HISTORY",
    "GYNHX": "GYNECOLOGIC HISTORY",
    "OTHER_HISTORY": "HISTORY",
    "ALLERGY": "ALLERGIES",
    "MEDICATIONS": "MEDICATIONS",
    "IMMUNIZATIONS": "IMMUNIZATIONS",
    "EXAM": "PHYSICAL EXAMINATION",
    "PROCEDURES": "PROCEDURES",
    "EDCOURSE": "EMERGENCY COURSE",
    "IMAGING": "RESULTS",
    "LABS": "RESULTS",
}

_BULLET = re.compile(r"^\s*(?:[-•*–]\s*)+")
_NAME_WORDS = 12
"""Words that a problem's name has at most; a longer line is a sentence about it."""


def section_targets(pair: Pair) -> dict[Soap, str]:
    """Texts by section: all four for a whole note, one for a pair that is one section.

    Raises:
        TrainError: for a section's name that is not known, or a whole note without headings.
    """
    if pair.section is not None:
        known = MTS_SECTIONS.get(pair.section.strip().upper())
        if known is None:
            raise TrainError(
                f"the section '{pair.section}' is none of MTS-Dialog's ({', '.join(MTS_SECTIONS)})."
            )
        title = _MTS_TITLES.get(pair.section.strip().upper())
        return {known[1]: f"{title}\n\n{pair.note.strip()}" if title else pair.note.strip()}
    if not has_headings(pair.note):
        raise TrainError("the note has no headings, so it cannot be split into sections.")
    return _split(read_lines(pair.note))


def _split(lines: list[NoteLine]) -> dict[Soap, str]:
    texts: dict[Soap, list[str]] = {key: [] for key in SOAP}
    problem = ""  # named in the assessment, and not in the plan yet
    before: Soap = "subjective"
    for line in lines:
        if line.is_heading:
            problem = ""
            if _bare(line.text) in _OWN_TITLES:
                continue
        elif line.soap == "assessment" and _is_name(line.text):
            problem = _BULLET.sub("", line.text).strip()
        elif line.soap == "plan" and before == "assessment" and problem and line.text.strip():
            texts["plan"] += ["", problem] if any(texts["plan"][-1:]) else [problem]
            problem = ""
        if line.text.strip():
            before = line.soap
        texts[line.soap].append(line.text)
    return {key: "\n".join(text).strip() for key, text in texts.items()}


def _bare(heading: str) -> str:
    return re.sub(r"\s+", " ", heading.strip(" \t#*:").lower())


def _is_name(line: str) -> bool:
    """Whether a line of the assessment may be a problem's name: short, without a label."""
    words = _BULLET.sub("", line).split()
    return 0 < len(words) <= _NAME_WORDS and ":" not in line
