"""How well the clinical checks work: on labelled statements, planted errors, untouched notes."""

from .evidence import score_evidence
from .labelled import score_set
from .planted import score_planted
from .readers import score_readers
from .references import score_references
from .results import Outcome, write_outcome

__all__ = ["Outcome", "score_evidence", "score_planted", "score_readers", "score_references"]
__all__ += ["score_set", "write_outcome"]
