"""drugs.json: generic names with their brands and spoken names, classes, combinations.

From drug-named-entity-recognition come the drugs that MedlinePlus or the NHS describe for
patients, about 1,500 of its 20,000 entries: the others are substances of chemistry and trials that
nobody names in a visit. Names that no clinician says (systematic names, Latin and Spanish forms,
codes) are left out. The project's own list adds, corrects and drops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .packages import (
    DRUG_PACKAGE,
    Entry,
    about_own,
    about_package,
    own_list,
    package_entries,
)

# How a drug is given stands in MedlinePlus' and the NHS's titles; the drug is the same.
_FORM = re.compile(
    r"(?:,? (?:buccal|otic|patch(?:es)?|vaginal|sublingual|nasal(?: (?:solution|gel|powder))?"
    r"|viscous|implant|lozenges?|gum|spray|inhalers?|eye drops|injections?|capsules|cream"
    r"|intramuscular|subcutaneous|urogenital|intravesical|suppositories|resin|topical|acetate"
    r"|intrapleural|intrauterine system|pyelocalyceal|nasal spray and drops|supplements"
    r"|(?:oral|nasal) inhalation|ophthalmic))+$"
)
_BIOSIMILAR = re.compile(r"-[a-z]{4}$")
# Brands of one word; longer names hold the drug's own name, are systematic, or stand in our list.
_SAID = re.compile(r"[a-z][a-z'-]{4,23}")
_SYSTEMATIC = re.compile(
    r"hydroxy|methyl|ethyl|phenyl|chlor[oi]|fluoro|amino|benz[oy]|acet[yo]|carb[ao]|sulf[oa]n|thio"
    r"|anion|dihydro|^[dl]-|^\w-|um$|ium"
)


def make_drugs() -> dict[str, Any]:
    """The content of drugs.json.

    `drugs`: generic → other names; `combinations`: generic of several drugs → those; `classes`:
    class → its drugs; `class_names`: class → other names; `ambiguous`: names that mean something
    else as well (a laboratory test, a food, a word), so that they count as drugs only where they
    are taken or given.
    """
    own = own_list("drugs.json")
    dropped = set(own["drop"])
    entries = package_entries(DRUG_PACKAGE, "drug_ner_dictionary.pkl.bz2")
    owners = {name: drug for drug, names in own["drugs"].items() for name in (drug, *names)}
    drugs: dict[str, dict[str, None]] = {}
    for drug, names in _package_drugs(entries).items():
        # An own name for any of them makes it the own drug ('paracetamol', 'aspart').
        home = next((owners[n] for n in (drug, *names) if n in owners and n == drug), drug)
        kept = drugs.setdefault(home, {})
        kept.update(dict.fromkeys(n for n in (drug, *names) if owners.get(n, home) == home))
    for drug, names in own["drugs"].items():
        drugs.setdefault(drug, {}).update(dict.fromkeys(names))
    found = {
        drug: sorted(name for name in names if name != drug and name not in dropped)
        for drug, names in sorted(drugs.items())
        if drug not in dropped
    }
    found = _one_owner(found)
    return {
        "about": [
            about_package(
                DRUG_PACKAGE,
                "names of the drugs that MedlinePlus (U.S. National Library of Medicine) or the "
                "NHS describe, from MedlinePlus, NHS, MeSH, DrugBank Open Data and Wikipedia",
                "MIT; DrugBank Open Data CC0; MeSH and MedlinePlus U.S. government works; NHS Open "
                "Government Licence; of Wikipedia (CC BY-SA) single names only",
            ),
            about_own(own),
        ],
        "drugs": found,
        "combinations": _combinations(found),
        "classes": own["classes"],
        "class_names": own["class_names"],
        "ambiguous": sorted(own["ambiguous"]),
    }


def _package_drugs(entries: Mapping[str, Entry]) -> dict[str, dict[str, None]]:
    """Drugs for patients, forms of one drug together, with the names that are said."""
    drugs: dict[str, dict[str, None]] = {}
    for canonical, entry in entries.items():
        if not {"medline_plus_id", "nhs_url"} & set(entry.about):
            continue
        drug = base_name(canonical)
        if not re.search("[a-z]{3}", drug):
            continue
        names = drugs.setdefault(drug, {})
        names.update(dict.fromkeys(n for n in entry.names if is_said(n, drug)))
    return drugs


def base_name(canonical: str) -> str:
    """A title of MedlinePlus or the NHS as the drug's name alone."""
    name = re.sub(r" ?\([^)]*\)", "", canonical).strip(" ,")
    return _BIOSIMILAR.sub("", _FORM.sub("", name)).strip(" ,")


def is_said(name: str, drug: str) -> bool:
    """Whether a clinician would say a package's name of a drug; the drug's own name is none."""
    if not _SAID.fullmatch(name) or _SYSTEMATIC.search(name):
        return False
    # Latin and other languages' forms: 'metforminum', 'metformina', 'metformine'.
    return not (name.startswith(drug[:-2]) and abs(len(name) - len(drug)) <= 3)


def _one_owner(drugs: dict[str, list[str]]) -> dict[str, list[str]]:
    """A name belongs to one drug: never where it is a drug itself, rather to a combination's."""
    owner: dict[str, str] = {}
    for drug, names in drugs.items():
        for name in names:
            before = owner.get(name)
            if before is None or (" and " in drug and " and " not in before):
                owner[name] = drug
    return {
        drug: [name for name in names if owner[name] == drug and name not in drugs]
        for drug, names in drugs.items()
    }


def _combinations(drugs: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The drugs in every drug of several, as far as each is known."""
    known = {name: drug for drug, names in drugs.items() for name in (*names, drug)}
    found = {}
    for drug in drugs:
        parts = re.split(r", and |, | and ", drug)
        if len(parts) > 1 and all(part in known for part in parts):
            found[drug] = [known[part] for part in parts]
    return found
