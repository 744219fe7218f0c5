"""Licences of public data, as whoever ships a model that was trained on it must name them."""

from collections.abc import Iterable

from .pairs import Pair

ACI_BENCH = "ACI-Bench (Yim et al., Scientific Data 10:586, 2023), CC BY 4.0"
MTS_DIALOG = "MTS-Dialog (Ben Abacha et al., EACL 2023), CC BY 4.0"

_ACI_BENCH_PARTS = frozenset(["aci", "virtassist", "virtscribe"])
"""Values of the column `dataset` in ACI-Bench's files."""


def licences_of(pairs: Iterable[Pair]) -> list[str]:
    """The public data among pairs, with its licence; known by the form of its files."""
    found = set()
    for pair in pairs:
        if pair.source in _ACI_BENCH_PARTS:
            found.add(ACI_BENCH)
        elif pair.section is not None:
            found.add(MTS_DIALOG)
    return sorted(found)
