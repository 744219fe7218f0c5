"""The house styles of notes: which sections in which order, and how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Style:
    """A house style: its sections in order, and how problems and findings are laid out."""

    name: str
    weight: float
    sections: tuple[str, ...]
    headings: dict[str, str] = field(default_factory=dict)
    colon: bool = False
    bullet: str = "• "
    ros: str = "Endorses"
    exam: str = "bullets"
    vitals: str = "spelled"
    numbered: bool = False
    labels: bool = True
    history_in_hpi: bool = True
    agreement: bool = False
    terse: bool = False


STYLES = (
    Style(
        "problem bullets", 0.26,
        ("cc", "hpi", "ros", "exam", "vitals", "results", "ap", "instructions"),
        {"exam": "PHYSICAL EXAMINATION", "vitals": "VITALS REVIEWED"}, agreement=True,
    ),
    Style(
        "section list", 0.2,
        ("cc", "past", "surgical", "social", "family", "medications", "allergies", "ros", "vitals",
         "exam", "results", "ap", "instructions"),
        {"exam": "PHYSICAL EXAM", "past": "MEDICAL HISTORY", "surgical": "SURGICAL HISTORY"},
        bullet="- ", ros="Reports", exam="blocks", vitals="short", numbered=True,
        history_in_hpi=False, agreement=True,
    ),
    Style(
        "prose plan", 0.2,
        ("cc", "hpi", "past", "surgical", "social", "family", "medications", "allergies", "ros",
         "vitals", "exam", "results", "assessment", "plan", "instructions"),
        {"exam": "PHYSICAL EXAM", "past": "MEDICAL HISTORY", "surgical": "SURGICAL HISTORY"},
        ros="Positive for", exam="capitals", vitals="short", numbered=True, labels=False,
        history_in_hpi=False,
    ),
    Style(
        "past history", 0.1,
        ("cc", "hpi", "past", "social", "family", "medications", "allergies", "exam", "vitals",
         "results", "assessment", "plan", "instructions"),
        {"past": "PAST HISTORY", "medications": "CURRENT MEDICATIONS", "exam": "PHYSICAL EXAM"},
        exam="plain", vitals="plain", labels=False, history_in_hpi=False,
    ),
    Style(
        "short letters", 0.06,
        ("cc", "hpi", "past", "medications", "allergies", "vitals", "exam", "results", "impression",
         "plan"),
        {"cc": "CC", "hpi": "HPI", "exam": "EXAM", "past": "PAST MEDICAL HISTORY",
         "medications": "CURRENT MEDICATIONS"},
        colon=True, exam="sentences", vitals="short", labels=False, numbered=True,
    ),
    Style(
        "soap", 0.08,
        ("subjective", "objective", "assessment", "plan"),
        exam="inline", vitals="line", labels=False, numbered=True, terse=True,
    ),
    Style(
        "clinic", 0.1,
        ("cc", "hpi", "past", "surgical", "medications", "allergies", "family", "social", "ros",
         "vitals", "exam", "results", "ap", "instructions"),
        {"past": "PAST MEDICAL HISTORY", "surgical": "PAST SURGICAL HISTORY",
         "exam": "PHYSICAL EXAMINATION", "ap": "ASSESSMENT AND PLAN", "instructions": "FOLLOW-UP"},
        ros="Positive for", vitals="bullets", labels=False, history_in_hpi=False,
    ),
)  # fmt: skip


HEADINGS = {
    "cc": "CHIEF COMPLAINT", "hpi": "HISTORY OF PRESENT ILLNESS", "ros": "REVIEW OF SYSTEMS",
    "exam": "PHYSICAL EXAM", "vitals": "VITALS", "results": "RESULTS", "ap": "ASSESSMENT AND PLAN",
    "instructions": "INSTRUCTIONS", "past": "MEDICAL HISTORY", "surgical": "SURGICAL HISTORY",
    "social": "SOCIAL HISTORY", "family": "FAMILY HISTORY", "medications": "MEDICATIONS",
    "allergies": "ALLERGIES", "assessment": "ASSESSMENT", "plan": "PLAN",
    "impression": "IMPRESSION", "subjective": "SUBJECTIVE", "objective": "OBJECTIVE",
}  # fmt: skip


def sample_style(rng: Random) -> Style:
    """One of the house styles, by weight."""
    return rng.choices(STYLES, [s.weight for s in STYLES])[0]
