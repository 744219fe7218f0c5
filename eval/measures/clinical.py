"""The clinical checks' verdicts on every statement of a note, and what the note leaves out.

They are the checks that mark statements in the page, run by Node. How well they find errors is
another question: `python -m eval checks` answers it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from model_build.checks import Checks, ChecksError, checks_digest, missing

from ..errors import EvalError
from .base import Column, Item, Measure, Progress, Values

# fmt: off
KINDS = (
    "medication", "dose", "frequency", "allergy", "problem", "laterality", "negation", "person",
    "vital", "result", "number", "duration", "date", "correction",
)
# fmt: on
DRUGS = frozenset(["medication", "allergy"])
_KEPT = ("text", "start", "end", "section", "verdict", "severity", "kind", "reason", "turns")


class Clinical(Measure):
    """Counts of the checks' verdicts.

    What is omitted is counted against the reference: the share of what both the visit and the
    reference hold that the note lacks.

    Args:
        checks: opens the checks' process; for tests.
    """

    name = "clinical"

    def __init__(self, checks: Callable[[], Checks] = Checks) -> None:
        self._checks = checks
        self._findings: dict[str, list[dict[str, Any]]] = {}

    def absent(self) -> str | None:
        """What the checks lack to run."""
        return missing()

    def settings(self) -> dict[str, Any]:
        """Hash of the checks and their word lists."""
        return {"checks_sha256": checks_digest()}

    def columns(self) -> dict[str, Column]:
        """See the labels; `clinical/KIND` counts unsupported claims of a kind."""
        return {
            "clinical_statements": Column("Statements", None, "count"),
            "clinical_major": Column("Statements with a major unsupported claim", "lower", "count"),
            "clinical_major_share": Column("The same, of all statements", "lower", "share"),
            "clinical_notes_major": Column(
                "Notes with a major unsupported claim", "lower", "share"
            ),
            "clinical_minor": Column("Statements with minor unsupported claims", "lower", "count"),
            "clinical_unchecked": Column("Statements with nothing to check", None, "share"),
            "clinical_drugs_omitted": Column("Medications and allergies omitted", "lower", "share"),
            "clinical_omitted": Column("Facts of any kind omitted", "lower", "share"),
        } | {f"clinical/{kind}": Column(f"Unsupported: {kind}", "lower", "count") for kind in KINDS}

    def findings(self) -> dict[str, list[dict[str, Any]]]:
        """The statements of each case that was scored last, with their verdicts."""
        return self._findings

    def score(self, items: Sequence[Item], progress: Progress) -> list[Values]:
        """Counts per note, shares from 0 to 1."""
        self._findings = {}
        scored = []
        try:
            with self._checks() as checks:
                for item in items:
                    scored.append(self._score(checks, item))
                    progress(1)
        except ChecksError as error:
            raise EvalError(str(error)) from None
        return scored

    def _score(self, checks: Checks, item: Item) -> Values:
        pair, note = item.pair, item.prediction.note
        answer = checks.check(pair.dialogue, note, pair.note)
        statements = answer["statements"]
        self._findings[pair.id] = [{key: s.get(key) for key in _KEPT} for s in statements]
        # What a note that says nothing leaves out is all that there is.
        held = checks.check(pair.dialogue, "", pair.note)["omissions"]
        lacking = answer["omissions"]
        return verdict_values(statements) | {
            "clinical_drugs_omitted": _share(
                sum(o["kind"] in DRUGS for o in lacking), sum(o["kind"] in DRUGS for o in held)
            ),
            "clinical_omitted": _share(len(lacking), len(held)),
        }


def verdict_values(statements: Sequence[dict[str, Any]]) -> Values:
    """The columns that the verdicts on a note's statements give."""
    count = len(statements)
    major = sum(is_major(s) for s in statements)
    unsupported = sum(s["verdict"] == "unsupported" for s in statements)
    unchecked = sum(s["verdict"] == "unchecked" for s in statements)
    claims = Counter(c["kind"] for s in statements for c in unsupported_claims(s))
    return {
        "clinical_statements": count,
        "clinical_major": major,
        "clinical_major_share": _share(major, count),
        "clinical_notes_major": float(major > 0),
        "clinical_minor": unsupported - major,
        "clinical_unchecked": _share(unchecked, count),
        **{f"clinical/{kind}": claims[kind] for kind in KINDS},
    }


def is_major(statement: dict[str, Any]) -> bool:
    """Whether a statement has a major unsupported claim."""
    return statement["verdict"] == "unsupported" and statement["severity"] == "major"


def unsupported_claims(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The unsupported claims of a statement, each of a known kind."""
    found = [c for c in statement["claims"] if c["verdict"] == "unsupported"]
    return [{**c, "kind": "problem" if c["kind"] == "symptom" else c["kind"]} for c in found]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
