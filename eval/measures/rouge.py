"""ROUGE as ACI-Bench's and the study's tables have it.

`rouge-score` with stemming on, in lower case, F-measure, each case on its own and then the mean.
For ROUGE-Lsum each line of a note counts as a sentence, since ACI-Bench's evaluation script hands
the notes over with their line ends and without splitting sentences. (That script leaves stemming
off, which lowers ROUGE-1 by about two points and ROUGE-L by less than one.)

Sections are scored against the reference's section of the same name, heading included. A case
whose reference lacks a section does not count there; a note that lacks it gets 0. (ACI-Bench's
script compares a placeholder instead, which gives 1 where both lack it.)
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from model_build.data import DIVISIONS, SOAP, split_divisions, split_soap
from model_build.data.sections import has_headings

from .base import Column, Item, Measure, Progress, Values

TYPES = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    "rougeLsum": "ROUGE-Lsum",
}
Part = TypeVar("Part", bound=str)
_SECTION_TYPES = ("rouge1", "rouge2", "rougeL")


class Rouge(Measure):
    """ROUGE-1, -2, -L and -Lsum of whole notes, and the first three of their sections."""

    name = "rouge"

    def __init__(self) -> None:
        from rouge_score import rouge_scorer  # brings nltk along, which takes a second to import

        self._whole = rouge_scorer.RougeScorer(list(TYPES), use_stemmer=True)
        self._section = rouge_scorer.RougeScorer(list(_SECTION_TYPES), use_stemmer=True)

    def settings(self) -> dict[str, Any]:
        """Stemming, case and newline handling."""
        return {"stemming": True, "lower_case": True, "lsum_sentences": "lines"}

    def columns(self) -> dict[str, Column]:
        """`rouge1`, …, then `rouge1/subjective`, … and `rouge1/soap_plan`, …."""
        columns = {name: Column(label, "higher") for name, label in TYPES.items()}
        for name in _SECTION_TYPES:
            for part in DIVISIONS:
                label = f"{TYPES[name]}, division {part}"
                columns[f"{name}/{part}"] = Column(label, "higher")
            for letter in SOAP:
                label = f"{TYPES[name]}, {letter}"
                columns[f"{name}/soap_{letter}"] = Column(label, "higher")
        return columns

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Scores from 0 to 1."""
        scored = []
        for item in items:
            reference, note = item.pair.note, item.prediction.note
            whole = self._whole.score(reference, note)
            values: Values = {name: whole[name].fmeasure for name in TYPES}
            if item.pair.section is None and has_headings(reference):
                values |= self._parts("", split_divisions(reference), split_divisions(note))
                values |= self._parts("soap_", split_soap(reference), split_soap(note))
            else:  # one section, or a reference without headings, has no parts
                values |= {c: None for c in self.columns() if "/" in c}
            scored.append(values)
            progress(1)
        return scored

    def _parts(
        self, prefix: str, reference: Mapping[Part, str], note: Mapping[Part, str]
    ) -> Values:
        values: Values = {}
        for part, text in reference.items():
            scores = self._section.score(text, note[part]) if text else None
            for name in _SECTION_TYPES:
                values[f"{name}/{prefix}{part}"] = scores[name].fmeasure if scores else None
        return values
