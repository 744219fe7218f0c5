"""The published study's table of base and tuned model, with runs of ours beside it.

Thomas et al., 'Preserving Privacy, Increasing Accessibility, and Reducing Cost: An On-Device
Artificial Intelligence Model for Medical Transcription and Note Generation', arXiv 2507.03033:
Llama 3.2 1B before and after fine-tuning, on 140 modified visits of ACI-Bench and on 100 visits
in endocrinology. Only figures that its abstract prints stand here. A cell for which the same
quantity was not measured stays empty and says why; nothing of ours stands in for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..datasets import STUDY_IDS
from .results import Result

TITLE = "Beside the published study (Llama 3.2 1B; arXiv 2507.03033)"
VISITS_NOTE = (
    "The study used 140 modified visits of ACI-Bench; its abstract does not say which. 140 is the "
    "number of visits in valid and test1 to test3, and those are taken here, unmodified."
)
_VISITS = "judge_visits_with_major_hallucination"


@dataclass(frozen=True)
class Cell:
    """A figure as text, or why there is none."""

    text: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StudyRow:
    """One quantity: the study's base and tuned figures, and each run's."""

    label: str
    base: str
    tuned: str
    cells: list[Cell]


def study_rows(results: Sequence[Result]) -> list[StudyRow]:
    """The study's table with a cell for every run."""
    return [
        StudyRow("ROUGE-1", "0.346", "0.496", [_rouge(r) for r in results]),
        StudyRow("BERTScore F1", "0.832", "0.866", [_bertscore(r) for r in results]),
        StudyRow(
            "Visits with major hallucinations",
            "85 of 140 (61%)",
            "35 of 140 (25%)",
            [_visits(r) for r in results],
        ),
        StudyRow(
            "Factual correctness, 1-5",
            "2.81",
            "3.54",
            [_judged(r, "judge_factual_correctness") for r in results],
        ),
        StudyRow(
            "Composite, 1-5, on 100 endocrinology visits",
            "3.13",
            "4.43",
            [Cell(reason="The run is not on the study's endocrinology visits.")] * len(results),
        ),
    ]


def _off_the_study(result: Result) -> str:
    """Why a run cannot stand in the table at all, or ''."""
    others = [case for case in result.scores if case not in STUDY_IDS]
    return "The run is not on the study's visits." if others else ""


def _rouge(result: Result) -> Cell:
    if reason := _off_the_study(result):
        return Cell(reason=reason)
    value = result.mean("rouge1")
    if value is None:
        return Cell(reason=result.why_absent("rouge"))
    return Cell(f"{value['mean']:.3f} ({value['n']} visits)")


def _bertscore(result: Result) -> Cell:
    if reason := _off_the_study(result):
        return Cell(reason=reason)
    value = result.mean("bertscore_f1")
    if value is None:
        return Cell(reason=result.why_absent("bertscore"))
    encoder = result.summary["settings"].get("bertscore", {}).get("encoder", "")
    if "MiniLM" in encoder:
        what = f"Computed with {encoder} only, whose scores lie on another scale than the study's."
        return Cell(reason=what)
    return Cell(f"{value['mean']:.3f} ({encoder}, {value['n']} visits)")


def _visits(result: Result) -> Cell:
    if reason := _off_the_study(result):
        return Cell(reason=reason)
    value = result.mean(_VISITS)
    if value is None:
        return Cell(reason=result.why_absent("judge"))
    return Cell(f"{round(value['mean'] * value['n'])} of {value['n']} ({value['mean']:.0%})")


def _judged(result: Result, column: str) -> Cell:
    if reason := _off_the_study(result):
        return Cell(reason=reason)
    value = result.mean(column)
    if value is None:
        return Cell(reason=result.why_absent("judge"))
    return Cell(f"{value['mean']:.2f} ({value['n']} visits)")
