"""A structured encounter, sampled from the knowledge tables."""

from .model import (
    SUBJECT,
    Background,
    Encounter,
    LabValue,
    Medication,
    Person,
    Problem,
    SaidItem,
    SymptomHere,
    Truth,
    Vital,
    with_unit,
)
from .sampler import sample_encounter

__all__ = [
    "SUBJECT",
    "Background",
    "Encounter",
    "LabValue",
    "Medication",
    "Person",
    "Problem",
    "SaidItem",
    "SymptomHere",
    "Truth",
    "Vital",
    "sample_encounter",
    "with_unit",
]
