"""codes.json: codes of ICD-10-CM with the words that lead to them.

From simple-icd-10-cm come the codes with their titles and inclusion terms. Codes of pregnancy, the
newborn, malformations, poisonings and external causes are left out, and so are those that only sort
what has no code of its own ('other', 'elsewhere classified') or that say what was absent: no
words of an assessment lead to them safely. Where the Alphabetic Index leads to a code in words that
its title lacks, the project's own list has them.
"""

from __future__ import annotations

import re
from typing import Any

from .packages import (
    ICD_PACKAGE,
    VocabularyError,
    about_own,
    about_package,
    own_list,
)

_CHAPTERS = re.compile(r"[A-N]|R(?![4-9]\d\.\w*\d{3})|S|T(?:1[5-9]|2[0-8]|3[0-4])|U07\.1|Z72\.0")
_LONGEST = 7  # with its dot; a seventh character tells the encounter, which a note does not
_SORTING = re.compile(
    r"\b(?:other|elsewhere|nec|without|not|sequelae?|underlying|multiple|externally|foreign"
    r"|in diseases|due to external|encounter|counseling|status|exposure|puncture|bite|crushing"
    r"|corrosion|amputation|subsequent|abnormal findings?|examination|screening|finding)\b"
    r"|excluding|except|\betc\b"
)


def make_codes() -> dict[str, Any]:
    """The content of codes.json: `codes` is [code, title, complete, names…] in the codes' order.

    `complete` is 1 where the code can be reported as it is, 0 where it needs further characters. A
    first name '!' says that the title's own words do not lead to the code.

    Raises:
        VocabularyError: where the own list names a code that ICD-10-CM does not have.
    """
    import simple_icd_10_cm as icd

    own = own_list("codes.json")
    names: dict[str, list[str]] = own["codes"]
    unknown = [code for code in names if not icd.is_valid_item(code)]
    if unknown:
        raise VocabularyError(f"ICD-10-CM has no code {', '.join(unknown)}")
    rows = []
    for code in icd.get_all_codes():
        if icd.is_chapter_or_block(code):
            continue
        title = icd.get_description(code)
        terms = [term for term in icd.get_inclusion_term(code) if usable(term)]
        wanted = _CHAPTERS.match(code) and len(code) <= _LONGEST and (usable(title) or terms)
        if code in names or wanted:
            only_names = [] if usable(title) else ["!"]
            words = dict.fromkeys((*names.get(code, ()), *terms))
            rows.append([code, title, int(icd.is_leaf(code)), *only_names, *words])
    return {
        "about": [
            about_package(
                ICD_PACKAGE,
                "titles and inclusion terms of ICD-10-CM (National Center for Health Statistics)",
                "MIT; ICD-10-CM is a U.S. government work",
            ),
            about_own(own),
        ],
        "codes": rows,
    }


def usable(term: str) -> bool:
    """Whether a title or inclusion term can be met by what an assessment says."""
    return not _SORTING.search(term.lower()) and len(term) < 90
