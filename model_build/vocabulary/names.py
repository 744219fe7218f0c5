"""names.json: given names and surnames, for masking them in a transcript.

From the package names come the names of the 1990 U.S. Census with how common they are. What names a
drug, a disease, a symptom or a part of the body is left out, since masking that would change what a
note says; names that are ordinary words, or parts of a disease's name, as well stand apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .conditions import make_conditions
from .drugs import make_drugs
from .packages import (
    NAMES_PACKAGE,
    VocabularyError,
    about_own,
    about_package,
    own_list,
    package_folder,
)

_GIVEN_SHARE = 90.0  # per cent of the people counted who bear one of the names kept
_SURNAME_SHARE = 65.0


def make_names() -> dict[str, Any]:
    """The content of names.json, each list sorted and in lower case.

    `given`, `surnames`: names that are nothing else; `ambiguous_given`, `ambiguous_surnames`: names
    that are words as well, so that they count only where a title, a greeting or a capital says so.
    """
    own = own_list("names.json")
    folder = package_folder(NAMES_PACKAGE)
    given = {*own["given"]}
    for sex in ("female", "male"):
        given |= set(_census(folder / f"dist.{sex}.first", _GIVEN_SHARE))
    surnames = {*own["surnames"], *_census(folder / "dist.all.last", _SURNAME_SHARE)} - given
    clinical = list(_clinical_names())
    alone = {name for name in clinical if " " not in name}
    within = {word for name in clinical for word in re.findall(r"[a-z]+", name)}
    # Diseases are called after people: 'Smith-Magenis syndrome' makes a word of no common name.
    words = {*own["words"], *(within - {*own["given"], *own["surnames"]})}
    kept = {name for name in given | surnames if len(name) > 1} - alone - {*own["drop"]}
    return {
        "about": [
            about_package(
                NAMES_PACKAGE,
                "common given names and surnames of the 1990 U.S. Census",
                "MIT; the counts are a U.S. government work",
            ),
            about_own(own),
        ],
        "given": sorted((given & kept) - words),
        "surnames": sorted((surnames & kept) - words),
        "ambiguous_given": sorted(given & kept & words),
        "ambiguous_surnames": sorted(surnames & kept & words),
    }


def _census(path: Path, share: float) -> Iterator[str]:
    """The most common names of a file of lines `NAME frequency cumulative rank`."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        for line in lines:
            name, _, cumulative, _ = line.split()
            if float(cumulative) > share:
                return
            yield name.lower()
    except (OSError, ValueError) as error:
        raise VocabularyError(f"{path} is not the list that is expected: {error}") from None


def _clinical_names() -> Iterator[str]:
    """Every name of a drug, a class, a condition or a symptom."""
    drugs, conditions = make_drugs(), make_conditions()
    groups = [drugs[key] for key in ("drugs", "class_names", "classes")]
    groups += [conditions[key] for key in ("conditions", "symptoms")]
    for names in groups:
        for name, others in names.items():
            yield from (name, *others)
